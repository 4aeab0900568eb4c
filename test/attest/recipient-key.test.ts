import assert from 'node:assert/strict'
import { describePublicKey, recipientKey } from '../../lib/attest/recipient-key.ts'
import { vectors } from '../support/vectors.ts'

/** Keys made by openssl, and the same written wrongly. */
const rows = vectors('recipient-keys.json') as {
  name: string
  code: string | null
  base64: string
  what: string
}[]

describe('recipientKey', () => {
  for (const { name, code, base64, what } of rows) {
    const publicKey = Buffer.from(base64, 'base64')
    if (code === null) {
      it(`takes ${name}`, () => {
        const { key, spki, bits } = recipientKey({ publicKey })
        assert.equal(key.asymmetricKeyDetails?.modulusLength, bits)
        assert.deepEqual(Buffer.from(spki), publicKey)
        assert.deepEqual(key.export({ type: 'spki', format: 'der' }), publicKey)
        assert.equal(describePublicKey(publicKey), what)
      })
    } else {
      it(`refuses ${name}: ${code}`, () => {
        assert.throws(() => recipientKey({ publicKey }), {
          name: 'TrustError',
          code,
          message: `the public key is not an RSA key of 2048, 3072 or 4096 bits in a SubjectPublicKeyInfo: ${what}`,
        })
        assert.equal(describePublicKey(publicKey), what)
      })
    }
  }

  it('refuses a document without a key', () => {
    assert.throws(() => recipientKey({ publicKey: null }), {
      name: 'TrustError',
      code: 'RECIPIENT_KEY_ABSENT',
      message: 'the document has no public key',
    })
  })

  it('reads a key once, and keeps a copy of its bytes', () => {
    const [usable] = rows
    assert.ok(usable)
    const publicKey = Buffer.from(usable.base64, 'base64')
    const first = recipientKey({ publicKey })
    publicKey.fill(0)
    assert.equal(recipientKey({ publicKey: Buffer.from(usable.base64, 'base64') }), first)
    assert.deepEqual(Buffer.from(first.spki), Buffer.from(usable.base64, 'base64'))
  })
})
