import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { macAlgorithms, oaepAlgorithms, signingAlgorithms } from '../../lib/crypto/algorithms.ts'

const constraintsUrl = new URL('../../../shared/model/constraints.json', import.meta.url)
const hasModel = existsSync(constraintsUrl)

function enumOf(name: string): string[] {
  const { shapes } = JSON.parse(readFileSync(constraintsUrl, 'utf8')) as {
    shapes: Record<string, { enum?: string[] }>
  }
  return shapes[name]?.enum ?? assert.fail(`no enum ${name}`)
}

describe('algorithms', () => {
  it('take digests as long as their hash makes them', () => {
    for (const { hash, digestBytes } of Object.values(signingAlgorithms)) {
      assert.equal(digestBytes, createHash(hash).digest().length)
    }
    for (const { hash, hashBytes } of Object.values(oaepAlgorithms)) {
      assert.equal(hashBytes, createHash(hash).digest().length)
    }
  })

  it('take messages and digests, except under Ed25519, where each takes one of them', () => {
    for (const [name, { messageTypes }] of Object.entries(signingAlgorithms)) {
      const ofEd25519 = { ED25519_SHA_512: ['RAW'], ED25519_PH_SHA_512: ['DIGEST'] }[name]
      assert.deepEqual(messageTypes, ofEd25519 ?? ['RAW', 'DIGEST'], name)
    }
  })

  const title = 'beside the model of AWS'
  ;(hasModel ? describe : describe.skip)(
    hasModel ? title : `${title} (skipped: no ../shared)`,
    () => {
      for (const [shape, table] of [
        ['SigningAlgorithmSpec', signingAlgorithms],
        ['EncryptionAlgorithmSpec', { SYMMETRIC_DEFAULT: {}, ...oaepAlgorithms }],
        ['MacAlgorithmSpec', macAlgorithms],
      ] as const) {
        it(`are every ${shape} but those of SM2 and ML-DSA, which come later`, () => {
          const want = enumOf(shape).filter((name) => !/^SM2|^ML_/.test(name))
          assert.deepEqual(Object.keys(table).sort(), want.sort())
        })
      }
    },
  )
})
