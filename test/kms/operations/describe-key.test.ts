import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { account, aliasOf, arns, keyIds, useKms } from '../../support/scene.ts'

describe('DescribeKey', () => {
  const kms = useKms(['symmetric'])

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, 'DescribeKey', {}, missing('keyId'))
    })
  })

  describe('access', () => {
    testAccess(kms, 'DescribeKey', {
      key: () => keyIds.symmetric,
      input: (KeyId) => ({ KeyId }),
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, 'DescribeKey', () => ({ KeyId: keyIds.symmetric }))
  })

  describe('result', () => {
    it('is the key’s metadata, with AWS’s members and no other', async () => {
      const got = await answer(kms.root, 'DescribeKey', { KeyId: aliasOf('symmetric') })
      assert.deepEqual(membersOf(got), ['KeyMetadata'])
      const { CreationDate, CurrentKeyMaterialId, ...rest } = got.body.KeyMetadata as Record<
        string,
        unknown
      >
      assert.deepEqual(rest, {
        AWSAccountId: account,
        KeyId: keyIds.symmetric,
        Arn: arns.symmetric,
        Enabled: true,
        Description: '',
        KeyUsage: 'ENCRYPT_DECRYPT',
        KeyState: 'Enabled',
        Origin: 'AWS_KMS',
        KeyManager: 'CUSTOMER',
        CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
        KeySpec: 'SYMMETRIC_DEFAULT',
        EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
        MultiRegion: false,
      })
      assert.match(String(CurrentKeyMaterialId), /^[0-9a-f]{64}$/)
      // Epoch seconds on the wire.
      assert.ok(Math.abs(Number(CreationDate) - Date.now() / 1000) < 60)
    })

    it('is what CreateKey answered', async () => {
      const { KeyMetadata } = await call(kms.root, 'CreateKey', { Description: 'a key' })
      const { KeyId } = KeyMetadata!
      assert.deepEqual((await call(kms.root, 'DescribeKey', { KeyId })).KeyMetadata, KeyMetadata)
    })
  })
})
