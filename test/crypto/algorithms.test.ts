import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { shapeOf } from '../../lib/kms/model/shapes.ts'
import { macAlgorithms, oaepAlgorithms, signingAlgorithms } from '../../lib/crypto/algorithms.ts'

function enumOf(name: string): string[] {
  return [...(shapeOf(name).enum ?? assert.fail(`no enum ${name}`))]
}

describe('algorithms', () => {
  it('take digests as long as their hash makes them', () => {
    for (const { scheme, hash, digestBytes } of Object.values(signingAlgorithms)) {
      // SHAKE256 makes digests of any length; FIPS 204, section 6.2 wants 64 bytes for μ.
      const want = scheme === 'ML-DSA' ? 64 : createHash(hash).digest().length
      assert.equal(digestBytes, want)
    }
    for (const { hash, hashBytes } of Object.values(oaepAlgorithms)) {
      assert.equal(hashBytes, createHash(hash).digest().length)
    }
  })

  it('take messages and digests, except those that AWS names', () => {
    const others: Record<string, string[]> = {
      ED25519_SHA_512: ['RAW'],
      ED25519_PH_SHA_512: ['DIGEST'],
      ML_DSA_SHAKE_256: ['RAW', 'EXTERNAL_MU'],
    }
    for (const [name, { messageTypes }] of Object.entries(signingAlgorithms)) {
      assert.deepEqual(messageTypes, others[name] ?? ['RAW', 'DIGEST'], name)
    }
  })

  for (const [shape, table] of [
    ['SigningAlgorithmSpec', signingAlgorithms],
    ['EncryptionAlgorithmSpec', { SYMMETRIC_DEFAULT: {}, ...oaepAlgorithms, SM2PKE: {} }],
    ['MacAlgorithmSpec', macAlgorithms],
    ['KeyAgreementAlgorithmSpec', { ECDH: {} }],
    ['EncapsulationAlgorithmSpec', { ML_KEM: {} }],
  ] as const) {
    it(`are every ${shape} of AWS's model`, () => {
      assert.deepEqual(Object.keys(table).sort(), enumOf(shape).sort())
    })
  }
})
