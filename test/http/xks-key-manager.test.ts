import assert from 'node:assert/strict'
import { createDecipheriv } from 'node:crypto'
import fc from 'fast-check'
import { boundData, ExternalKey } from '../../lib/http/xks-key-manager.ts'

const secret = Buffer.alloc(32, 9)
const key = new ExternalKey({ secret })
const additional = Buffer.from('additional')
const plaintext = Buffer.from('plaintext')

describe('boundData', () => {
  it('has two bytes of length, the data, one byte of length and the metadata', () => {
    const bound = boundData(Buffer.alloc(258, 1), Buffer.of(7, 7, 7))
    const want = Buffer.concat([Buffer.of(1, 2), Buffer.alloc(258, 1), Buffer.of(3, 7, 7, 7)])
    assert.deepEqual(bound, want)
  })

  it('is different for different data', () => {
    const some = fc.uint8Array({ maxLength: 4 }).map((array) => Buffer.from(array))
    fc.assert(
      fc.property(some, some, some, some, (a, b, c, d) => {
        const same = boundData(a, b).equals(boundData(c, d))
        assert.equal(same, a.equals(c) && b.equals(d))
      }),
    )
  })
})

describe('ExternalKey', () => {
  it('refuses what is not 32 bytes', () => {
    assert.throws(() => new ExternalKey({ secret: Buffer.alloc(16) }), {
      message: 'an external key has 32 bytes',
    })
  })

  it('encrypts with AES-256-GCM, a vector of 12 bytes and a tag of 16', () => {
    const sealed = key.encrypt(plaintext, additional)
    assert.equal(sealed.initializationVector.length, 12)
    const decipher = createDecipheriv('aes-256-gcm', secret, sealed.initializationVector, {
      authTagLength: 16,
    })
    decipher.setAAD(boundData(additional, sealed.metadata))
    decipher.setAuthTag(sealed.authenticationTag)
    const opened = Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()])
    assert.deepEqual(opened, plaintext)
  })

  it('decrypts what it encrypted, and nothing that differs from it', () => {
    const sealed = key.encrypt(plaintext, additional)
    assert.deepEqual(key.decrypt(sealed, additional), plaintext)
    assert.equal(key.decrypt(sealed, Buffer.from('Additional')), null)
    const changes = {
      ciphertext: Buffer.from('qlaintext'),
      metadata: Buffer.from('form=2'),
      initializationVector: Buffer.alloc(12),
      authenticationTag: Buffer.alloc(16),
    }
    for (const [name, value] of Object.entries(changes)) {
      assert.equal(key.decrypt({ ...sealed, [name]: value }, additional), null, name)
    }
    const short = sealed.authenticationTag.subarray(0, 12)
    assert.equal(key.decrypt({ ...sealed, authenticationTag: short }, additional), null)
    const other = new ExternalKey({ secret: Buffer.alloc(32, 8) })
    assert.equal(other.decrypt(sealed, additional), null)
  })
})
