import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, membersOf, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { aliasOf, arns, keyIds, useKms } from '../../support/scene.ts'

const Plaintext = Buffer.from('plaintext')
const KeyId = keyIds.symmetric

describe('Encrypt', () => {
  const kms = useKms(['symmetric', 'rsa', 'signing'])

  describe('input', () => {
    it('refuses a plaintext of no byte and of 4097', async () => {
      for (const [bytes, text] of [
        [0, 'greater than or equal to 1'],
        [4097, 'less than or equal to 4096'],
      ] as const) {
        await refused(
          kms.root,
          'Encrypt',
          { KeyId, Plaintext: Buffer.alloc(bytes) },
          constraint(
            `Value at 'plaintext' failed to satisfy constraint: Member must have length ${text}`,
          ),
        )
      }
    })

    it('requires a key and a plaintext', async () => {
      await refused(kms.root, 'Encrypt', { Plaintext }, missing('keyId'))
      await refused(kms.root, 'Encrypt', { KeyId }, missing('plaintext'))
    })

    it('refuses more than an RSA key has room for', async () => {
      for (const [EncryptionAlgorithm, most] of [
        ['RSAES_OAEP_SHA_256', 190],
        ['RSAES_OAEP_SHA_1', 214],
      ] as const) {
        const input = { KeyId: keyIds.rsa, EncryptionAlgorithm }
        await call(kms.root, 'Encrypt', { ...input, Plaintext: Buffer.alloc(most) })
        await refused(kms.root, 'Encrypt', { ...input, Plaintext: Buffer.alloc(most + 1) }, [
          'ValidationException',
          `Algorithm ${EncryptionAlgorithm} and key spec RSA_2048 cannot encrypt data larger than ${most} bytes.`,
        ])
      }
    })

    it('refuses an algorithm of another kind of key', async () => {
      for (const [name, EncryptionAlgorithm, spec] of [
        ['symmetric', 'RSAES_OAEP_SHA_256', 'SYMMETRIC_DEFAULT'],
        ['rsa', 'SYMMETRIC_DEFAULT', 'RSA_2048'],
        ['rsa', 'SM2PKE', 'RSA_2048'],
      ] as const) {
        await refused(
          kms.root,
          'Encrypt',
          { KeyId: keyIds[name], Plaintext, EncryptionAlgorithm },
          [
            'InvalidKeyUsageException',
            `Algorithm ${EncryptionAlgorithm} is incompatible with key spec ${spec}.`,
          ],
        )
      }
    })

    it('refuses a key of another usage, before the algorithm', async () => {
      await refused(kms.root, 'Encrypt', { KeyId: keyIds.signing, Plaintext }, [
        'InvalidKeyUsageException',
        `${arns.signing} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
      ])
    })

    it('refuses an encryption context with an asymmetric algorithm', async () => {
      const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
      const input = { KeyId: keyIds.rsa, Plaintext, EncryptionAlgorithm }
      await refused(kms.root, 'Encrypt', { ...input, EncryptionContext: { a: 'b' } }, [
        'ValidationException',
        'EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.',
      ])
      await call(kms.root, 'Encrypt', { ...input, EncryptionContext: {} })
    })

    it('refuses more than 1024 bytes under an SM2 key', async () => {
      const china = kms.client({ region: 'cn-north-1' })
      const given = { KeySpec: 'SM2', KeyUsage: 'ENCRYPT_DECRYPT' }
      const { KeyMetadata } = await call(china, 'CreateKey', given)
      const input = { KeyId: KeyMetadata!.KeyId!, EncryptionAlgorithm: 'SM2PKE' }
      await call(china, 'Encrypt', { ...input, Plaintext: Buffer.alloc(1024) })
      await refused(china, 'Encrypt', { ...input, Plaintext: Buffer.alloc(1025) }, [
        'ValidationException',
        'Algorithm SM2PKE and key spec SM2 cannot encrypt data larger than 1024 bytes.',
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, 'Encrypt', {
      key: () => KeyId,
      input: (keyId) => ({ KeyId: keyId, Plaintext }),
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, 'Encrypt', () => ({ KeyId, Plaintext: 'AA==' }))
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const got = await answer(kms.root, 'Encrypt', { KeyId: aliasOf('symmetric'), Plaintext })
      assert.deepEqual(membersOf(got), ['CiphertextBlob', 'EncryptionAlgorithm', 'KeyId'])
      assert.equal(got.output.KeyId, arns.symmetric)
      assert.equal(got.output.EncryptionAlgorithm, 'SYMMETRIC_DEFAULT')
    })

    it('is another ciphertext every time, and decrypts to the plaintext', async () => {
      const blobs = new Set<string>()
      for (let round = 0; round < 3; round++) {
        const { CiphertextBlob } = await call(kms.root, 'Encrypt', { KeyId, Plaintext })
        blobs.add(Buffer.from(CiphertextBlob!).toString('base64'))
        const opened = await call(kms.root, 'Decrypt', { CiphertextBlob })
        assert.deepEqual(Buffer.from(opened.Plaintext!), Plaintext)
      }
      assert.equal(blobs.size, 3)
      for (const blob of blobs) assert.match(blob, /^AQICAH/)
    })

    it('takes 4096 bytes, within AWS’s limit of a ciphertext', async () => {
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', {
        KeyId,
        Plaintext: Buffer.alloc(4096, 7),
      })
      assert.ok(CiphertextBlob!.length <= 6144)
      const { Plaintext: opened } = await call(kms.root, 'Decrypt', { CiphertextBlob })
      assert.deepEqual(Buffer.from(opened!), Buffer.alloc(4096, 7))
    })

    it('under an RSA key is as long as the modulus', async () => {
      const EncryptionAlgorithm = 'RSAES_OAEP_SHA_1'
      const input = { KeyId: keyIds.rsa, EncryptionAlgorithm }
      const sealed = await call(kms.root, 'Encrypt', { ...input, Plaintext })
      assert.equal(sealed.CiphertextBlob!.length, 256)
      assert.equal(sealed.EncryptionAlgorithm, EncryptionAlgorithm)
      const { CiphertextBlob } = sealed
      const opened = await call(kms.root, 'Decrypt', { ...input, CiphertextBlob })
      assert.deepEqual(Buffer.from(opened.Plaintext!), Plaintext)
    })
  })
})
