import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { aliasOf, arnOf, keyIds, useKms } from '../../support/scene.ts'

const name = 'GetKeyLastUsage'

describe(name, () => {
  const kms = useKms(['symmetric', 'other', 'signing', 'hmac'])

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  const lastUse = async (KeyId: string) => (await call(kms.root, name, { KeyId })).KeyLastUsage

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, name, {}, missing('keyId'))
    })

    it('takes no alias', async () => {
      const KeyId = aliasOf('symmetric')
      await refused(kms.root, name, { KeyId }, [
        'InvalidArnException',
        'Key Aliases are not supported for this operation.',
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, { key: newKey, input: (KeyId) => ({ KeyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ KeyId: await newKey() }))
  })

  describe('result', () => {
    it('has an empty usage of a key that was never used', async () => {
      const KeyId = await newKey()
      const { body } = await answer(kms.root, name, { KeyId })
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
      const created = +KeyMetadata!.CreationDate! / 1000
      assert.deepEqual(body, {
        KeyId: arnOf(KeyId),
        KeyLastUsage: {},
        TrackingStartDate: created,
        KeyCreationDate: created,
      })
    })

    it('is the last operation, with its time, request and event', async () => {
      const KeyId = await newKey()
      await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
      const { requestId } = await answer(kms.root, 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' })
      const { Timestamp, CloudTrailEventId, ...rest } = (await lastUse(KeyId))!
      assert.deepEqual(rest, { Operation: 'GenerateDataKey', KmsRequestId: requestId })
      assert.ok(Math.abs(+Timestamp! - Date.now()) < 60_000)
      assert.match(CloudTrailEventId!, /^[0-9a-f-]{36}$/)
    })

    it('counts both keys of ReEncrypt', async () => {
      const [from, to] = [await newKey(), await newKey()]
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', {
        KeyId: from,
        Plaintext: Buffer.of(1),
      })
      await call(kms.root, 'ReEncrypt', { CiphertextBlob, DestinationKeyId: to })
      for (const KeyId of [from, to]) assert.equal((await lastUse(KeyId))?.Operation, 'ReEncrypt')
    })

    it('counts every kind of key', async () => {
      const signing = { Message: Buffer.of(1), SigningAlgorithm: 'ECDSA_SHA_256' }
      const mac = { Message: Buffer.of(1), MacAlgorithm: 'HMAC_SHA_256' }
      await call(kms.root, 'Sign', { KeyId: keyIds.signing, ...signing })
      await call(kms.root, 'GenerateMac', { KeyId: keyIds.hmac, ...mac })
      assert.equal((await lastUse(keyIds.signing))?.Operation, 'Sign')
      assert.equal((await lastUse(keyIds.hmac))?.Operation, 'GenerateMac')
    })

    it('counts no refused, dry or other call', async () => {
      const KeyId = await newKey()
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', {
        KeyId: keyIds.other,
        Plaintext: Buffer.of(1),
      })
      await refused(kms.root, 'Decrypt', { KeyId, CiphertextBlob }, [
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      ])
      const dry = { KeyId, Plaintext: Buffer.of(1), DryRun: true }
      await refused(kms.root, 'Encrypt', dry, [
        'DryRunOperationException',
        'The request would have succeeded, but the DryRun option is set.',
      ])
      await call(kms.root, 'DescribeKey', { KeyId })
      await call(kms.root, 'RotateKeyOnDemand', { KeyId })
      assert.deepEqual(await lastUse(KeyId), {})
    })
  })
})
