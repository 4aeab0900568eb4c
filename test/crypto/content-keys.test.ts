import assert from 'node:assert/strict'
import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { newContentKey, takeContentKey, type ContentKey } from '../../lib/crypto/content-keys.ts'
import { systemRandom } from '../../lib/crypto/random.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

function opens({ contentKey, encryptedKey }: ContentKey): void {
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const opened = privateDecrypt({ key: privateKey, padding, oaepHash: 'sha256' }, encryptedKey)
  assert.ok(opened.equals(contentKey))
  assert.equal(contentKey.length, 32)
}

describe('newContentKey', () => {
  it('encrypts what the random source gives', () => {
    const made = newContentKey(publicKey, (bytes) => Buffer.alloc(bytes, 7))
    assert.deepEqual(Buffer.from(made.contentKey), Buffer.alloc(32, 7))
    opens(made)
  })
})

describe('takeContentKey', () => {
  it('gives a key that was never given before, made ahead or not', async () => {
    const seen = new Set<string>()
    let madeHere = 0
    const random = (bytes: number) => {
      madeHere += 1
      return systemRandom(bytes)
    }
    // Until so many were given, and some of them were made ahead; the test's time is the limit.
    while (seen.size < 300 || madeHere === seen.size) {
      const before = seen.size
      const taken = takeContentKey(publicKey, random)
      seen.add(Buffer.from(taken.contentKey).toString('hex'))
      assert.equal(seen.size, before + 1)
      if (seen.size % 25 === 0) {
        opens(taken)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
  })
})
