import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { encodePkcs1, encodePss, isPkcs1, isPss, type Hash } from '../../lib/crypto/emsa.ts'

const hashes: Hash[] = ['sha256', 'sha384', 'sha512']

for (const hash of hashes) {
  const digest = createHash(hash).update('message').digest()
  const otherDigest = createHash(hash).update('Message').digest()
  const salt = Buffer.alloc(digest.length, 9)

  for (const [name, block, holds] of [
    ['isPss', encodePss(hash, digest, salt, 256), isPss],
    ['isPkcs1', encodePkcs1(hash, digest, 256), isPkcs1],
  ] as const) {
    describe(`${name} with ${hash}`, () => {
      it('accepts the block that was made of the digest', () => {
        assert.equal(block.length, 256)
        assert.equal(holds(hash, digest, block), true)
      })

      it('refuses the block of another digest', () => {
        assert.equal(holds(hash, otherDigest, block), false)
      })

      it('refuses a block in which any bit is another', () => {
        for (let bit = 0; bit < block.length * 8; bit++) {
          const changed = Buffer.from(block)
          changed[bit >> 3]! ^= 1 << (bit & 7)
          assert.equal(holds(hash, digest, changed), false, `bit ${bit}`)
        }
      })
    })
  }

  describe(`isPss with ${hash}`, () => {
    it('refuses a salt that is shorter or longer than the digest', () => {
      for (const length of [0, digest.length - 1, digest.length + 1]) {
        const block = encodePss(hash, digest, Buffer.alloc(length, 9), 256)
        assert.equal(isPss(hash, digest, block), false)
      }
    })
  })
}
