import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, membersOf, refused } from '../../support/call.ts'
import { allow, noKeyPolicy, policyOf } from '../../support/policies.ts'
import { onlyTheImage, testRecipient } from '../../support/recipient-shelf.ts'
import { aliasOf, arnOf, arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const KeyId = keyIds.symmetric
const attestedId = '00000000-0000-4000-8000-0000000000aa'

describe('GenerateDataKey', () => {
  const kms = useKms(['symmetric', 'rsa', 'hmac'], {
    keys: [
      {
        id: attestedId,
        policy: JSON.parse(
          policyOf(
            allow('kms:Decrypt', 'arn:aws:iam::111122223333:root'),
            allow('kms:GenerateDataKey', parentArn, { Condition: onlyTheImage }),
          ),
        ) as object,
      },
    ],
  })

  describe('input', () => {
    it('requires exactly one of KeySpec and NumberOfBytes', async () => {
      for (const input of [{ KeyId }, { KeyId, KeySpec: 'AES_256', NumberOfBytes: 32 }]) {
        await refused(kms.root, 'GenerateDataKey', input, [
          'ValidationException',
          'Please specify either number of bytes or key spec.',
        ])
      }
    })

    it('refuses 0 bytes and 1025', async () => {
      for (const [bytes, text] of [
        [0, 'greater than or equal to 1'],
        [1025, 'less than or equal to 1024'],
      ] as const) {
        const words = `Value '${bytes}' at 'numberOfBytes' failed to satisfy constraint: Member must have value ${text}`
        const input = { KeyId, NumberOfBytes: bytes }
        await refused(kms.root, 'GenerateDataKey', input, constraint(words))
      }
    })

    it('refuses a KeySpec that AWS lacks', async () => {
      const words =
        "Value 'AES_192' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [AES_256, AES_128]"
      await refused(kms.root, 'GenerateDataKey', { KeyId, KeySpec: 'AES_192' }, constraint(words))
    })

    it('refuses a key that is no symmetric encryption key', async () => {
      await refused(kms.root, 'GenerateDataKey', { KeyId: keyIds.hmac, KeySpec: 'AES_256' }, [
        'InvalidKeyUsageException',
        `${arns.hmac} key usage is GENERATE_VERIFY_MAC which is not valid for GenerateDataKey.`,
      ])
      await refused(kms.root, 'GenerateDataKey', { KeyId: keyIds.rsa, KeySpec: 'AES_256' }, [
        'InvalidKeyUsageException',
        'Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.',
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, 'GenerateDataKey', {
      key: () => KeyId,
      input: (keyId) => ({ KeyId: keyId, KeySpec: 'AES_256' }),
    })
  })

  describe('recipient', () => {
    testRecipient(kms, 'GenerateDataKey', {
      client: () => kms.parent,
      denial: noKeyPolicy('kms:GenerateDataKey', arnOf(attestedId)),
      input: () => ({ KeyId: attestedId, KeySpec: 'AES_256' }),
      members: ['CiphertextBlob', 'KeyId'],
      secret: 'Plaintext',
      async check(opened, { CiphertextBlob }) {
        const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob })
        assert.deepEqual(opened, Buffer.from(Plaintext!))
      },
      secrets: [1, 1000, 1001, 1024].map((bytes) => ({
        bytes,
        input: () => ({ KeyId: attestedId, NumberOfBytes: bytes }),
      })),
    })
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const input = { KeyId: aliasOf('symmetric'), KeySpec: 'AES_256' }
      const got = await answer(kms.root, 'GenerateDataKey', input)
      const members = ['CiphertextBlob', 'KeyId', 'KeyMaterialId', 'Plaintext']
      assert.deepEqual(membersOf(got), members)
      assert.equal(got.output.KeyId, arns.symmetric)
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
      assert.equal(got.output.KeyMaterialId, KeyMetadata?.CurrentKeyMaterialId)
    })

    it('is as long as asked for, and the ciphertext is that of the plaintext', async () => {
      for (const [input, bytes] of [
        [{ KeySpec: 'AES_256' }, 32],
        [{ KeySpec: 'AES_128' }, 16],
        [{ NumberOfBytes: 1 }, 1],
        [{ NumberOfBytes: 1024 }, 1024],
      ] as const) {
        const EncryptionContext = { purpose: 'test' }
        const given = { KeyId, EncryptionContext, ...input }
        const { Plaintext, CiphertextBlob } = await call(kms.root, 'GenerateDataKey', given)
        assert.equal(Plaintext?.length, bytes)
        const opened = await call(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext })
        assert.deepEqual(opened.Plaintext, Plaintext)
        await refused(kms.root, 'Decrypt', { CiphertextBlob }, ['InvalidCiphertextException', null])
      }
    })

    it('is another data key every time', async () => {
      const seen = new Set<string>()
      for (let round = 0; round < 20; round++) {
        const { Plaintext } = await call(kms.root, 'GenerateDataKey', { KeyId, NumberOfBytes: 16 })
        seen.add(Buffer.from(Plaintext!).toString('hex'))
      }
      assert.equal(seen.size, 20)
    })
  })
})
