import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { arns, keyIds, useKms } from '../../support/scene.ts'

const KeyId = keyIds.symmetric
const name = 'GenerateDataKeyWithoutPlaintext'

describe(name, () => {
  const kms = useKms(['symmetric', 'rsa'])

  describe('input', () => {
    it('requires exactly one of KeySpec and NumberOfBytes', async () => {
      for (const input of [{ KeyId }, { KeyId, KeySpec: 'AES_256', NumberOfBytes: 32 }]) {
        await refused(kms.root, name, input, [
          'ValidationException',
          'Please specify either number of bytes or key spec.',
        ])
      }
    })

    it('refuses an asymmetric key', async () => {
      await refused(kms.root, name, { KeyId: keyIds.rsa, KeySpec: 'AES_256' }, [
        'InvalidKeyUsageException',
        'Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.',
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: (keyId) => ({ KeyId: keyId, KeySpec: 'AES_256' }),
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId, KeySpec: 'AES_256' }))
  })

  describe('result', () => {
    it('has AWS’s members, without the data key', async () => {
      const got = await answer(kms.root, name, { KeyId, KeySpec: 'AES_256' })
      assert.deepEqual(membersOf(got), ['CiphertextBlob', 'KeyId', 'KeyMaterialId'])
      assert.equal(got.output.KeyId, arns.symmetric)
    })

    it('decrypts to a data key of the length asked for', async () => {
      for (const [input, bytes] of [
        [{ KeySpec: 'AES_256' }, 32],
        [{ KeySpec: 'AES_128' }, 16],
        [{ NumberOfBytes: 1000 }, 1000],
      ] as const) {
        const EncryptionContext = { a: 'b' }
        const { CiphertextBlob } = await call(kms.root, name, {
          KeyId,
          EncryptionContext,
          ...input,
        })
        const opened = await call(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext })
        assert.equal(opened.Plaintext?.length, bytes)
      }
    })
  })
})
