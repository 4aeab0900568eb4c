import assert from 'node:assert/strict'
import { macAlgorithms, oaepAlgorithms, signingAlgorithms } from '../../lib/crypto/algorithms.ts'
import { shapeOf } from '../../lib/kms/model/shapes.ts'
import { isOffered, keyUsages, specs, type KeySpec } from '../../lib/crypto/specs.ts'

function enumOf(name: string): string[] {
  return [...(shapeOf(name).enum ?? assert.fail(`no enum ${name}`))]
}

const names = Object.keys(specs) as KeySpec[]

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

  it('agrees to keys on the NIST curves and SM2 only', () => {
    const agreeing = names.filter((name) => specs[name].usages.KEY_AGREEMENT)
    assert.deepEqual(agreeing, ['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521', 'SM2'])
  })

  it('has a default usage for symmetric encryption keys only', () => {
    const withDefault = names.filter((name) => specs[name].defaultUsage !== undefined)
    assert.deepEqual(withDefault, ['SYMMETRIC_DEFAULT'])
    assert.equal(specs.SYMMETRIC_DEFAULT.defaultUsage, 'ENCRYPT_DECRYPT')
  })

  it('allows a default usage and every algorithm that a row names', () => {
    const known: Record<string, object> = {
      ENCRYPT_DECRYPT: { SYMMETRIC_DEFAULT: {}, ...oaepAlgorithms, SM2PKE: {} },
      SIGN_VERIFY: signingAlgorithms,
      GENERATE_VERIFY_MAC: macAlgorithms,
      KEY_AGREEMENT: { ECDH: {} },
      ENCAPSULATE_DECAPSULATE: { ML_KEM: {} },
    }
    for (const name of names) {
      for (const [usage, algorithms] of Object.entries(specs[name].usages)) {
        assert.ok(algorithms.length > 0)
        for (const algorithm of algorithms) assert.ok(algorithm in known[usage]!, algorithm)
      }
    }
  })

  describe('beside the model of AWS', () => {
    it('has every key spec', () => {
      assert.deepEqual([...names].sort(), enumOf('KeySpec').sort())
    })

    it('makes data key pairs of every spec that AWS does', () => {
      const pairs = names.filter((name) => specs[name].dataKeyPair)
      assert.deepEqual(pairs.sort(), enumOf('DataKeyPairSpec').sort())
    })

    it('has every key usage', () => {
      assert.deepEqual([...keyUsages].sort(), enumOf('KeyUsageType').sort())
    })
  })
})

describe('isOffered', () => {
  const china = ['cn-north-1', 'cn-northwest-1']
  const others = ['us-east-1', 'ap-northeast-1', 'us-gov-west-1']

  it('has SM2 in China alone, and ML-KEM everywhere else', () => {
    for (const spec of names) {
      const inChina = !spec.startsWith('ML_KEM')
      const elsewhere = spec !== 'SM2'
      for (const region of china) assert.equal(isOffered(spec, region), inChina, spec)
      for (const region of others) assert.equal(isOffered(spec, region), elsewhere, spec)
    }
  })
})
