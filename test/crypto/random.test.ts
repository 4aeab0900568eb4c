import assert from 'node:assert/strict'
import { systemRandom } from '../../lib/crypto/random.ts'

describe('systemRandom', () => {
  it('gives as many bytes as wanted, more than a block too', () => {
    for (const bytes of [0, 1, 28, 4095, 4096, 4097, 10_000]) {
      assert.equal(systemRandom(bytes).length, bytes)
    }
  })

  it('gives no bytes twice', () => {
    const drawn = Array.from({ length: 2000 }, () => systemRandom(16).toString('hex'))
    assert.equal(new Set(drawn).size, drawn.length)
  })

  it('gives bytes that stay as they are when more are drawn', () => {
    const drawn = systemRandom(32)
    const copy = Buffer.from(drawn)
    for (let count = 0; count < 1000; count++) systemRandom(32)
    assert.deepEqual(drawn, copy)
  })
})
