import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { dataKeyBytes, generateDataKeyPair } from '../../lib/crypto/datakey.ts'
import { materialFromBytes } from '../../lib/crypto/material.ts'
import { specs, type KeySpec } from '../../lib/crypto/specs.ts'

describe('dataKeyBytes', () => {
  it('has the lengths of AES keys', () => {
    assert.deepEqual(dataKeyBytes, { AES_256: 32, AES_128: 16 })
  })
})

describe('generateDataKeyPair', function () {
  this.timeout(60_000)

  for (const spec of Object.keys(specs) as KeySpec[]) {
    // Two more sizes of RSA would be seconds more of the same.
    if (!specs[spec].dataKeyPair || /^RSA_[34]/.test(spec)) continue
    it(`makes a ${spec} pair whose halves belong together`, async () => {
      const { privateKey, publicKey } = await generateDataKeyPair(spec)
      assert.deepEqual(await publicHalf(spec, privateKey), publicKey)
    })
  }
})

/** As node:crypto has it, where it has such keys. */
async function publicHalf(spec: KeySpec, privateKey: Buffer): Promise<Buffer> {
  if (specs[spec].material.kind === 'ml-kem') {
    return materialFromBytes(spec, privateKey).publicKeyInfo()
  }
  const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
  return createPublicKey(key).export({ type: 'spki', format: 'der' })
}
