import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { offload } from '../../lib/crypto/offload.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A number that is less than the modulus. */
function block(last: number): Buffer {
  const bytes = Buffer.alloc(256)
  bytes[255] = last
  return bytes
}

describe('offload', () => {
  it('leaves the event loop free', async () => {
    await offload('rsaPrivate', privateKey, block(1))
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) => offload('rsaPrivate', privateKey, block(index))),
    )
    clearInterval(timer)
    assert.equal(new Set(results.map((one) => Buffer.from(one).toString('hex'))).size, 100)
    assert.ok(turns >= 5, `${turns} turns`)
  })

  it('rejects with what a primitive throws, and goes on', async () => {
    await assert.rejects(offload('rsaPrivate', privateKey, Buffer.alloc(10)), {
      message: /data too small for key size/,
    })
    const again = await offload('rsaPrivate', privateKey, block(2))
    assert.equal(again.length, 256)
  })

  it('does not keep a process alive that has got its answer', () => {
    const module = new URL('../../lib/crypto/offload.ts', import.meta.url).href
    const script = `
      import { generateKeyPairSync } from 'node:crypto'
      import { offload } from ${JSON.stringify(module)}
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const block = Buffer.alloc(256, 1)
      console.log((await offload('rsaPrivate', privateKey, block)).length)`
    const file = `data:text/javascript,${encodeURIComponent(script)}`
    const stdout = execFileSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', `await import(${JSON.stringify(file)})`],
      { timeout: 15_000, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    assert.equal(stdout.toString(), '256\n')
  })
})
