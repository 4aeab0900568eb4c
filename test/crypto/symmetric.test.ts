import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import {
  associatedData,
  nonceBytes,
  openSymmetric,
  sealSymmetric,
} from '../../lib/crypto/symmetric.ts'

const key = createSecretKey(Buffer.alloc(32, 1))
const nonce = Buffer.alloc(nonceBytes, 2)
const header = Buffer.alloc(58, 3)

describe('sealSymmetric', () => {
  it('is AES-256-GCM: test case 18 of its specification, whose nonce has 60 bytes', () => {
    const hex = (text: string) => Buffer.from(text, 'hex')
    const [ciphertext, tag] = sealSymmetric(
      createSecretKey(hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308')),
      hex(
        '9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b',
      ),
      hex('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
      hex(
        'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
      ),
    )
    assert.equal(
      ciphertext.toString('hex'),
      '5a8def2f0c9e53f1f75d7853659e2a20eeb2b22aafde6419a058ab4f6f746bf40fc0c3b780f244452da3ebf1c5d82cdea2418997200ef82e44ae7e3f',
    )
    assert.equal(tag.toString('hex'), 'a44a8266ee1c8eb0c8b5d4cf5ae9f19a')
  })
})

describe('openSymmetric', () => {
  it('opens what sealSymmetric made, whatever its length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (plaintext) => {
        const sealed = Buffer.concat(sealSymmetric(key, nonce, header, plaintext))
        assert.deepEqual(openSymmetric(key, nonce, header, sealed), Buffer.from(plaintext))
      }),
      { numRuns: 50 },
    )
  })

  it('refuses another key, nonce, associated data, and every changed or missing byte', () => {
    const sealed = Buffer.concat(sealSymmetric(key, nonce, header, Buffer.from('plaintext')))
    const otherKey = createSecretKey(Buffer.alloc(32, 9))
    assert.equal(openSymmetric(otherKey, nonce, header, sealed), null)
    assert.equal(openSymmetric(key, Buffer.alloc(nonceBytes, 9), header, sealed), null)
    assert.equal(openSymmetric(key, nonce, Buffer.alloc(58, 9), sealed), null)
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at]! ^= 0x40
      assert.equal(openSymmetric(key, nonce, header, changed), null)
      assert.equal(openSymmetric(key, nonce, header, sealed.subarray(0, at)), null)
    }
  })
})

describe('associatedData', () => {
  const encode = (context: Record<string, string>) =>
    associatedData(header, context).toString('hex')

  it('is the header alone for an empty context', () => {
    assert.deepEqual(associatedData(header, {}), header)
  })

  it('is another one when a character moves from a value to its key', () => {
    assert.notEqual(encode({ a: 'bc' }), encode({ ab: 'c' }))
  })

  it('is another one when one pair becomes two', () => {
    assert.notEqual(encode({ a: 'b', c: 'd' }), encode({ a: 'bcd' }))
    assert.notEqual(encode({ '': '' }), encode({}))
  })

  it('is another one for texts that are the same in UTF-8', () => {
    assert.notEqual(encode({ a: '\ud800' }), encode({ a: '\ufffd' }))
    assert.notEqual(encode({ a: '\ud800' }), encode({ a: '\ud801' }))
  })

  it('keeps case and does not normalize', () => {
    assert.notEqual(encode({ Tenant: 'a' }), encode({ tenant: 'a' }))
    assert.notEqual(encode({ a: '\u00e9' }), encode({ a: 'e\u0301' }))
  })

  it('is the same exactly for the same contexts, in any order', () => {
    const context = fc.dictionary(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.string({ maxLength: 4 }),
      { maxKeys: 4 },
    )
    fc.assert(
      fc.property(context, context, (one, other) => {
        const reversed = Object.fromEntries(Object.entries(one).reverse())
        assert.equal(encode(one), encode(reversed))
        const same = (pairs: Record<string, string>) => JSON.stringify(Object.entries(pairs).sort())
        assert.equal(encode(one) === encode(other), same(one) === same(other))
      }),
    )
  })
})
