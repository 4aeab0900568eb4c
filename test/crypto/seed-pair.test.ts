import assert from 'node:assert/strict'
import { parameterSets, type ParameterSet } from '../../lib/crypto/parameter-sets.ts'
import { encodePublicKey, encodeSeed } from '../../lib/crypto/seed-encoding.ts'
import { SeedPair } from '../../lib/crypto/seed-pair.ts'

describe('SeedPair', () => {
  for (const set of Object.keys(parameterSets) as ParameterSet[]) {
    it(`makes the same keys of the same seed, once: ${set}`, async () => {
      const seed = Buffer.alloc(parameterSets[set].seedBytes, 9)
      const pair = new SeedPair(set, seed)
      assert.equal(pair.keys(), pair.keys())
      const keys = await pair.keys()
      assert.equal(keys.publicKey.length, parameterSets[set].publicKeyBytes)
      assert.deepEqual(await new SeedPair(set, seed).keys(), keys)
      assert.deepEqual(pair.pkcs8(), encodeSeed(set, seed))
      assert.deepEqual(await pair.spki(), encodePublicKey(set, keys.publicKey))
    })
  }

  it('tries again after keys could not be made', async () => {
    const pair = new SeedPair('ML-KEM-512', Buffer.alloc(63))
    const first = pair.keys()
    await assert.rejects(first, { name: 'RangeError' })
    assert.notEqual(pair.keys(), first)
    await assert.rejects(pair.keys(), { name: 'RangeError' })
  })
})
