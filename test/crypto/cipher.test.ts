import assert from 'node:assert/strict'
import { oaepAlgorithms, type OaepAlgorithm } from '../../lib/crypto/algorithms.ts'
import { decryptAsymmetric, encryptAsymmetric, maxPlaintextBytes } from '../../lib/crypto/cipher.ts'
import { generateMaterial, type Material } from '../../lib/crypto/material.ts'
import { describeWithOpenssl, openssl, privatePem, publicPem } from './openssl.ts'

const algorithms = Object.keys(oaepAlgorithms) as OaepAlgorithm[]

describe('RSAES-OAEP', function () {
  this.timeout(60_000)

  let material: Material
  before(async () => {
    material = await generateMaterial('RSA_2048')
  })

  it('has the limits that AWS documents', () => {
    for (const [spec, ...limits] of [
      ['RSA_2048', 214, 190],
      ['RSA_3072', 342, 318],
      ['RSA_4096', 470, 446],
    ] as const) {
      assert.deepEqual(
        algorithms.map((algorithm) => maxPlaintextBytes({ spec }, algorithm)),
        limits,
      )
    }
  })

  for (const algorithm of algorithms) {
    it(`decrypts what it encrypted with ${algorithm}, from nothing to the limit`, async () => {
      for (const length of [0, 1, maxPlaintextBytes(material, algorithm)]) {
        const plaintext = Buffer.alloc(length, 5)
        const ciphertext = await encryptAsymmetric(material, algorithm, plaintext)
        assert.equal(ciphertext.length, 256)
        assert.deepEqual(await decryptAsymmetric(material, algorithm, ciphertext), plaintext)
      }
    })
  }

  it('refuses another algorithm, another key, and changed, short and long ciphertexts', async () => {
    const ciphertext = await encryptAsymmetric(
      material,
      'RSAES_OAEP_SHA_256',
      Buffer.from('plaintext'),
    )
    const changed = Buffer.from(ciphertext)
    changed[128]! ^= 1
    const open = (bytes: Buffer) => decryptAsymmetric(material, 'RSAES_OAEP_SHA_256', bytes)
    assert.equal(await decryptAsymmetric(material, 'RSAES_OAEP_SHA_1', ciphertext), null)
    const other = await generateMaterial('RSA_2048')
    assert.equal(await decryptAsymmetric(other, 'RSAES_OAEP_SHA_256', ciphertext), null)
    assert.equal(await open(changed), null)
    assert.equal(await open(ciphertext.subarray(1)), null)
    assert.equal(await open(Buffer.concat([ciphertext, Buffer.alloc(1)])), null)
    assert.equal(await open(Buffer.alloc(256, 0xff)), null)
    assert.equal(await open(Buffer.alloc(0)), null)
  })

  describeWithOpenssl('beside openssl', () => {
    const plaintext = Buffer.from('from one to the other')

    for (const algorithm of algorithms) {
      const { hash } = oaepAlgorithms[algorithm]
      const oaep = [
        ['-pkeyopt', 'rsa_padding_mode:oaep'],
        ['-pkeyopt', `rsa_oaep_md:${hash}`],
        ['-pkeyopt', `rsa_mgf1_md:${hash}`],
      ].flat()

      it(`decrypts openssl's ciphertext with ${algorithm}`, async () => {
        const ciphertext = openssl(
          ['pkeyutl', '-encrypt', '-pubin', '-inkey', 'key.pem', '-in', 'plaintext', ...oaep],
          { 'key.pem': await publicPem(material), plaintext },
        )
        assert.deepEqual(await decryptAsymmetric(material, algorithm, ciphertext), plaintext)
      })

      it(`makes ciphertexts that openssl decrypts with ${algorithm}`, async () => {
        const decrypted = openssl(
          ['pkeyutl', '-decrypt', '-inkey', 'key.pem', '-in', 'ciphertext', ...oaep],
          {
            'key.pem': privatePem(material),
            ciphertext: await encryptAsymmetric(material, algorithm, plaintext),
          },
        )
        assert.deepEqual(decrypted, plaintext)
      })
    }
  })
})
