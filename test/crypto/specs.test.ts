import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { macAlgorithms, oaepAlgorithms, signingAlgorithms } from '../../lib/crypto/algorithms.ts'
import { specs, type KeySpec } from '../../lib/crypto/specs.ts'

const constraintsUrl = new URL('../../../shared/model/constraints.json', import.meta.url)

interface Constraints {
  shapes: Record<string, { enum?: string[] }>
}

function enumOf(name: string): string[] {
  const { shapes } = JSON.parse(readFileSync(constraintsUrl, 'utf8')) as Constraints
  return shapes[name]?.enum ?? assert.fail(`no enum ${name}`)
}

const names = Object.keys(specs) as KeySpec[]
const comeLater = /^SM2|^ML_/

describe('specs', () => {
  it('lists the algorithms of RSA keys in the order of AWS', () => {
    assert.deepEqual(specs.RSA_2048.usages, {
      ENCRYPT_DECRYPT: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
      SIGN_VERIFY: [
        'RSASSA_PKCS1_V1_5_SHA_256',
        'RSASSA_PKCS1_V1_5_SHA_384',
        'RSASSA_PKCS1_V1_5_SHA_512',
        'RSASSA_PSS_SHA_256',
        'RSASSA_PSS_SHA_384',
        'RSASSA_PSS_SHA_512',
      ],
    })
  })

  it('agrees to keys on the NIST curves only', () => {
    const agreeing = names.filter((name) => specs[name].usages.KEY_AGREEMENT)
    assert.deepEqual(agreeing, ['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'])
  })

  it('has a default usage for symmetric encryption keys only', () => {
    const withDefault = names.filter((name) => specs[name].defaultUsage !== undefined)
    assert.deepEqual(withDefault, ['SYMMETRIC_DEFAULT'])
    assert.equal(specs.SYMMETRIC_DEFAULT.defaultUsage, 'ENCRYPT_DECRYPT')
  })

  it('allows a default usage and every algorithm that a row names', () => {
    const known: Record<string, object> = {
      ENCRYPT_DECRYPT: { SYMMETRIC_DEFAULT: {}, ...oaepAlgorithms },
      SIGN_VERIFY: signingAlgorithms,
      GENERATE_VERIFY_MAC: macAlgorithms,
      KEY_AGREEMENT: { ECDH: {} },
    }
    for (const name of names) {
      for (const [usage, algorithms] of Object.entries(specs[name].usages)) {
        assert.ok(algorithms.length > 0)
        for (const algorithm of algorithms) assert.ok(algorithm in known[usage]!, algorithm)
      }
    }
  })

  const hasModel = existsSync(constraintsUrl)
  ;(hasModel ? describe : describe.skip)(
    hasModel ? 'beside the model of AWS' : 'beside the model of AWS (skipped: no ../shared)',
    () => {
      const later = (name: string) => comeLater.test(name)

      it('has every key spec but those that come later', () => {
        const want = enumOf('KeySpec').filter((name) => !later(name))
        assert.deepEqual([...names].sort(), want.sort())
      })

      it('makes data key pairs of every spec but those that come later', () => {
        const want = enumOf('DataKeyPairSpec').filter((name) => !later(name))
        assert.deepEqual(names.filter((name) => specs[name].dataKeyPair).sort(), want.sort())
      })
    },
  )
})
