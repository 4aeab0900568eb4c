import assert from 'node:assert/strict'
import { generateMaterial } from '../../lib/crypto/material.ts'
import { messageRepresentative, signMlDsa, verifyMlDsa } from '../../lib/crypto/ml-dsa.ts'
import { mlDsaParameterSets, type MlDsaParameterSet } from '../../lib/crypto/parameter-sets.ts'
import { systemRandom } from '../../lib/crypto/random.ts'
import { SeedPair } from '../../lib/crypto/seed-pair.ts'
import { sign, verify } from '../../lib/crypto/signature.ts'
import {
  describeWithPostQuantumOpenssl,
  openssl,
  opensslAgrees,
  privatePem,
  publicPem,
} from './openssl.ts'

const rows = ['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87'] as const
const text = Buffer.from('a message that is signed')

describe('signMlDsa and verifyMlDsa', () => {
  for (const set of Object.keys(mlDsaParameterSets) as MlDsaParameterSet[]) {
    it(`hedge with the given random bytes alone, and refuse other lengths: ${set}`, async () => {
      const pair = new SeedPair(set, Buffer.alloc(32, 1))
      const { publicKey } = await pair.keys()
      const mu = messageRepresentative(publicKey, text)
      const one = await signMlDsa(pair, mu, (bytes) => Buffer.alloc(bytes, 1))
      assert.deepEqual(await signMlDsa(pair, mu, (bytes) => Buffer.alloc(bytes, 1)), one)
      assert.notDeepEqual(await signMlDsa(pair, mu, systemRandom), one)
      assert.equal(one.length, mlDsaParameterSets[set].signatureBytes)
      assert.equal(await verifyMlDsa(set, publicKey, mu, one), true)
      for (const wrong of [one.subarray(1), Buffer.concat([one, one.subarray(0, 1)])]) {
        assert.equal(await verifyMlDsa(set, publicKey, mu, wrong), false)
      }
    })
  }
})

describeWithPostQuantumOpenssl('ML-DSA beside openssl', () => {
  for (const spec of rows) {
    it(`agrees in keys and signatures: ${spec}`, async () => {
      const key = await generateMaterial(spec)
      const publicKey = await publicPem(key)
      const derived = openssl(['pkey', '-in', 'key.pem', '-pubout'], { 'key.pem': privatePem(key) })
      assert.equal(derived.toString(), publicKey)

      const message = { type: 'RAW', bytes: text } as const
      const theirs = openssl(
        ['pkeyutl', '-sign', '-inkey', 'key.pem', '-rawin', '-in', 'message'],
        {
          'key.pem': privatePem(key),
          message: text,
        },
      )
      assert.equal(await verify(key, 'ML_DSA_SHAKE_256', message, theirs), true)

      const sig = await sign(key, 'ML_DSA_SHAKE_256', message)
      const args = ['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pem', '-rawin', '-in', 'message']
      const files = { 'key.pem': publicKey, message: text }
      assert.equal(opensslAgrees([...args, '-sigfile', 'sig'], { ...files, sig }), true)
      sig[100]! ^= 1
      assert.equal(opensslAgrees([...args, '-sigfile', 'sig'], { ...files, sig }), false)
    })
  }
})
