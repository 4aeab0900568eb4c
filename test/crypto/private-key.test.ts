import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import {
  checkPair,
  generatePrivateKey,
  readPrivateKey,
  withoutItsEncoding,
  type PairShape,
} from '../../lib/crypto/private-key.ts'
import { specs, type KeySpec } from '../../lib/crypto/specs.ts'

const pairs = (Object.keys(specs) as KeySpec[]).flatMap((spec) => {
  const { material } = specs[spec]
  // Larger RSA keys would be seconds more of the same.
  return 'curve' in material || material.kind === 'ed25519' || spec === 'RSA_2048'
    ? [[spec, material as PairShape] as const]
    : []
})

describe('private keys', function () {
  this.timeout(60_000)

  for (const [spec, shape] of pairs) {
    it(`are pairs, and are read as they were written: ${spec}`, async () => {
      const key = await generatePrivateKey(shape)
      await checkPair(key)
      const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
      assert.ok(readPrivateKey(spec, shape, pkcs8).equals(key))
      assert.deepEqual(withoutItsEncoding(key).export({ type: 'pkcs8', format: 'der' }), pkcs8)
    })
  }

  for (const [spec, shape] of pairs) {
    if (!('curve' in shape)) continue
    it(`are no pair with the public half of another: ${spec}`, async () => {
      const [own, other] = await Promise.all([generatePrivateKey(shape), generatePrivateKey(shape)])
      const mixed = own.export({ type: 'pkcs8', format: 'der' })
      const theirs = other.export({ type: 'pkcs8', format: 'der' })
      theirs.copy(mixed, mixed.length - 2 * shape.fieldBytes, mixed.length - 2 * shape.fieldBytes)
      const key = createPrivateKey({ key: mixed, format: 'der', type: 'pkcs8' })
      await assert.rejects(checkPair(key), {
        code: 'MATERIAL_PAIR',
        message: 'key material: the private and public key are not a pair',
      })
    })
  }
})
