import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createPublicKey, sign, verify } from 'node:crypto'
import { once } from 'node:events'
import { generateRsaKey } from '../../lib/crypto/rsa-key.ts'
import { describeWithOpenssl, openssl } from './openssl.ts'

describe('generateRsaKey', function () {
  this.timeout(60_000)

  for (const bits of [2048, 3072, 4096]) {
    it(`makes a pair of ${bits} bits`, async () => {
      const key = await generateRsaKey(bits)
      assert.equal(key.asymmetricKeyDetails?.modulusLength, bits)
      assert.equal(key.asymmetricKeyDetails.publicExponent, 65537n)
      const message = Buffer.from('message')
      const signature = sign('sha256', message, key)
      assert.ok(verify('sha256', message, createPublicKey(key), signature))
    })
  }

  it('always has as many bits as it is asked for, and other primes', async () => {
    const keys = await Promise.all(Array.from({ length: 40 }, () => generateRsaKey(512)))
    for (const key of keys) assert.equal(key.asymmetricKeyDetails?.modulusLength, 512)
    const primes = keys.flatMap((key) => {
      const { p, q } = key.export({ format: 'jwk' })
      return [p, q]
    })
    assert.equal(new Set(primes).size, 80)
  })

  it('leaves the event loop free', async () => {
    let longest = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 1)
    await generateRsaKey(4096)
    clearInterval(timer)
    assert.ok(longest < 200, `${longest} ms`)
  })

  it('does not hold up a process that ends', async () => {
    const module = new URL('../../lib/crypto/rsa-key.ts', import.meta.url).href
    const script = `
      import { generateRsaKey } from ${JSON.stringify(module)}
      for (let i = 0; i < 12; i++) void generateRsaKey(4096)
      setTimeout(() => { console.log('ending'); process.exit(0) }, 300)`
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(child.stdout, 'data')
    const begun = performance.now()
    assert.deepEqual(await once(child, 'exit'), [0, null])
    // OpenSSL's generation of twelve takes more than ten seconds.
    assert.ok(performance.now() - begun < 4_000, `${performance.now() - begun} ms`)
  })

  describeWithOpenssl('to openssl', () => {
    it('is a valid key', async () => {
      for (let round = 0; round < 5; round++) {
        const pem = (await generateRsaKey(2048)).export({ type: 'pkcs8', format: 'pem' })
        const said = openssl(['pkey', '-in', 'key.pem', '-check', '-noout'], { 'key.pem': pem })
        assert.match(said.toString(), /Key is valid/)
      }
    })
  })
})
