import assert from 'node:assert/strict'
import { decapsulate, encapsulate, encapsulateTo } from '../../lib/crypto/kem.ts'
import { generateMaterial, importMaterial } from '../../lib/crypto/material.ts'
import {
  describeWithPostQuantumOpenssl,
  openssl,
  opensslFiles,
  privatePem,
  publicPem,
} from './openssl.ts'

const rows = [
  ['ML_KEM_512', 'ML-KEM-512', 768],
  ['ML_KEM_768', 'ML-KEM-768', 1088],
  ['ML_KEM_1024', 'ML-KEM-1024', 1568],
] as const

describe('encapsulate and decapsulate', () => {
  for (const [spec, set, bytes] of rows) {
    it(`give both sides the same 32 bytes: ${spec}`, async () => {
      const key = await generateMaterial(spec)
      const [one, other] = [await encapsulate(key), await encapsulate(key)]
      assert.notDeepEqual(one.sharedSecret, other.sharedSecret)
      for (const { ciphertext, sharedSecret } of [one, other]) {
        assert.equal(ciphertext.length, bytes)
        assert.equal(sharedSecret.length, 32)
        assert.deepEqual(await decapsulate(key, ciphertext), sharedSecret)
      }
    })

    it(`take their randomness from the given source: ${spec}`, async () => {
      const { publicKey } = await (await generateMaterial(spec)).seedPair.keys()
      const made = () => encapsulateTo(set, publicKey, (length) => Buffer.alloc(length, 4))
      assert.deepEqual(await made(), await made())
    })

    it(`refuse a ciphertext of another length, and no other: ${spec}`, async () => {
      const [key, stranger] = [await generateMaterial(spec), await generateMaterial(spec)]
      const { ciphertext, sharedSecret } = await encapsulate(key)
      for (const length of [0, 1, bytes - 1, bytes + 1, 768 + 1088]) {
        assert.equal(await decapsulate(key, Buffer.alloc(length)), null)
      }
      const changed = Buffer.from(ciphertext)
      changed[7]! ^= 1
      for (const rejected of [
        await decapsulate(key, changed),
        await decapsulate(stranger, ciphertext),
      ]) {
        assert.equal(rejected?.length, 32)
        assert.notDeepEqual(rejected, sharedSecret)
      }
      assert.deepEqual(await decapsulate(key, changed), await decapsulate(key, changed))
    })
  }

  it('are not for other keys', async () => {
    const key = await generateMaterial('ML_DSA_44')
    await assert.rejects(encapsulate(key), { message: 'no ML-KEM with ML_DSA_44' })
    await assert.rejects(decapsulate(key, Buffer.alloc(768)), {
      message: 'no ML-KEM with ML_DSA_44',
    })
  })
})

describeWithPostQuantumOpenssl('ML-KEM beside openssl', () => {
  for (const [spec, set] of rows) {
    it(`opens openssl's ciphertexts, with openssl's keys: ${spec}`, async () => {
      const made = openssl(['genpkey', '-algorithm', set, '-outform', 'DER'], {})
      const key = await importMaterial(spec, made)
      const args = [
        '-encap',
        '-pubin',
        '-inkey',
        'key.pem',
        '-out',
        'ciphertext',
        '-secret',
        'secret',
      ]
      const [ciphertext, secret] = opensslFiles(
        ['pkeyutl', ...args],
        { 'key.pem': await publicPem(key) },
        ['ciphertext', 'secret'],
      )
      assert.deepEqual(await decapsulate(key, ciphertext), secret)
    })

    it(`makes ciphertexts that openssl opens, with its own keys: ${spec}`, async () => {
      const key = await generateMaterial(spec)
      const { ciphertext, sharedSecret } = await encapsulate(key)
      const args = ['-decap', '-inkey', 'key.pem', '-in', 'ciphertext', '-secret', 'secret']
      const [opened] = opensslFiles(
        ['pkeyutl', ...args],
        { 'key.pem': privatePem(key), ciphertext },
        ['secret'],
      )
      assert.deepEqual(opened, sharedSecret)
    })
  }
})
