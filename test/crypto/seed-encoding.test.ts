import assert from 'node:assert/strict'
import { derElement, derOctetString, derOid, derSequence } from '../../lib/codec/der-writer.ts'
import { parameterSets, type ParameterSet } from '../../lib/crypto/parameter-sets.ts'
import { decodeSeed, encodePublicKey, encodeSeed } from '../../lib/crypto/seed-encoding.ts'

const sets = Object.keys(parameterSets) as ParameterSet[]
const seedOf = (set: ParameterSet) => Buffer.alloc(parameterSets[set].seedBytes, 7)

const encoding = {
  code: 'MATERIAL_ENCODING',
  message: 'key material: want a private key in PKCS#8 DER',
}

describe('encodeSeed', () => {
  it('has the form of the examples: RFC 9881 appendix C.1, RFC 9935 appendix C.1', () => {
    const bytes = (set: ParameterSet) => encodeSeed(set, seedOf(set)).toString('hex')
    assert.equal(
      bytes('ML-DSA-44'),
      `3034020100300b060960864801650304031104228020${'07'.repeat(32)}`,
    )
    assert.equal(
      bytes('ML-KEM-512'),
      `3054020100300b060960864801650304040104428040${'07'.repeat(64)}`,
    )
  })
})

describe('encodePublicKey', () => {
  it('is the key as it is, and the algorithm without parameters', () => {
    const spki = encodePublicKey('ML-KEM-512', Buffer.alloc(800, 5)).toString('hex')
    assert.equal(spki, `30820332300b06096086480165030404010382032100${'05'.repeat(800)}`)
  })
})

describe('decodeSeed', () => {
  for (const set of sets) {
    it(`reads what encodeSeed wrote, and refuses every shortening: ${set}`, () => {
      const pkcs8 = encodeSeed(set, seedOf(set))
      assert.deepEqual(decodeSeed(set, pkcs8), { seed: seedOf(set) })
      for (let length = 0; length < pkcs8.length; length++) {
        assert.throws(() => decodeSeed(set, pkcs8.subarray(0, length)), encoding)
      }
      assert.throws(() => decodeSeed(set, Buffer.concat([pkcs8, Buffer.alloc(1)])), encoding)
    })
  }

  const info = (privateKey: Buffer, version = 0) =>
    derSequence(
      Buffer.of(2, 1, version),
      derSequence(derOid(parameterSets['ML-DSA-44'].oid)),
      derOctetString(privateKey),
    )
  const seed = derElement(0x80, seedOf('ML-DSA-44'))

  it('reads a seed with its expanded key', () => {
    const [own, expandedKey] = [seedOf('ML-DSA-44'), Buffer.alloc(2560, 1)]
    const both = derSequence(derOctetString(own), derOctetString(expandedKey))
    assert.deepEqual(decodeSeed('ML-DSA-44', info(both)), { seed: own, expandedKey })
    const more = derSequence(derOctetString(own), derOctetString(expandedKey), seed)
    assert.throws(() => decodeSeed('ML-DSA-44', info(more)), encoding)
  })

  it('refuses an expanded key alone, a seed of another length, and another version', () => {
    const alone = info(derOctetString(Buffer.alloc(2560, 1)))
    assert.throws(() => decodeSeed('ML-DSA-44', alone), encoding)
    for (const bytes of [31, 33, 64]) {
      const other = info(derElement(0x80, Buffer.alloc(bytes)))
      assert.throws(() => decodeSeed('ML-DSA-44', other), encoding)
    }
    assert.throws(() => decodeSeed('ML-DSA-44', info(seed, 1)), encoding)
    assert.deepEqual(decodeSeed('ML-DSA-44', info(seed)).seed, seedOf('ML-DSA-44'))
  })

  it('refuses bytes behind the seed', () => {
    assert.throws(
      () => decodeSeed('ML-DSA-44', info(Buffer.concat([seed, Buffer.of(5, 0)]))),
      encoding,
    )
  })

  it('refuses a key of another parameter set', () => {
    assert.throws(() => decodeSeed('ML-DSA-65', info(seed)), {
      code: 'MATERIAL_SPEC',
      message: 'key material: the private key is not of ML-DSA-65',
    })
  })
})
