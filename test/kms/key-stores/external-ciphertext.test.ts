import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  readExternalCiphertext,
  writeExternalCiphertext,
} from '../../../lib/kms/key-stores/external-ciphertext.ts'

const bytes = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array))

const sealed = fc.record({
  initializationVector: fc.oneof(bytes(12), bytes(16)),
  metadata: bytes(0, 20),
  authenticationTag: bytes(16),
  ciphertext: bytes(1, 40),
})

describe('an external ciphertext', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(sealed, (given) => {
        assert.deepEqual(readExternalCiphertext(writeExternalCiphertext(given)), { ...given })
      }),
    )
  })

  it('is the only form of what it says', () => {
    fc.assert(
      fc.property(bytes(0, 80), (given) => {
        const read = readExternalCiphertext(given)
        if (read) assert.deepEqual(writeExternalCiphertext(read), given)
      }),
    )
  })

  const given = {
    initializationVector: Buffer.alloc(12),
    metadata: Buffer.alloc(0),
    authenticationTag: Buffer.alloc(16),
    ciphertext: Buffer.alloc(1),
  }
  const whole = writeExternalCiphertext(given)

  it('is refused in another form', () => {
    const changed = Buffer.from(whole)
    changed[0] = 2
    assert.equal(readExternalCiphertext(changed), null)
  })

  it('is refused with a vector of 13 bytes', () => {
    const initializationVector = Buffer.alloc(13)
    const long = writeExternalCiphertext({ ...given, initializationVector })
    assert.equal(readExternalCiphertext(long), null)
  })

  it('is refused with 21 bytes of metadata', () => {
    const long = writeExternalCiphertext({ ...given, metadata: Buffer.alloc(21) })
    assert.equal(readExternalCiphertext(long), null)
  })

  it('is refused where anything is missing at its end', () => {
    for (let length = 0; length < whole.length; length++) {
      assert.equal(readExternalCiphertext(whole.subarray(0, length)), null)
    }
  })
})
