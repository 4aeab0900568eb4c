import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { clientsOf, describedIn, newMultiRegionKey, west } from '../../support/regions.ts'
import { arnOf, arns, keyIds, useKms } from '../../support/scene.ts'

describe('CancelKeyDeletion', () => {
  const kms = useKms(['symmetric'])

  async function doomedKey(input: object = {}): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey', input)
    const KeyId = KeyMetadata!.KeyId!
    await call(kms.root, 'ScheduleKeyDeletion', { KeyId })
    return KeyId
  }

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, 'CancelKeyDeletion', {}, missing('keyId'))
    })

    it('refuses a key that is not pending deletion', async () => {
      await refused(kms.root, 'CancelKeyDeletion', { KeyId: keyIds.symmetric }, [
        'KMSInvalidStateException',
        `${arns.symmetric} is not pending deletion.`,
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, 'CancelKeyDeletion', { key: doomedKey, input: (KeyId) => ({ KeyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, 'CancelKeyDeletion', async () => ({ KeyId: await doomedKey() }))
  })

  describe('result', () => {
    it('is the key’s ARN alone', async () => {
      const KeyId = await doomedKey()
      const got = await answer(kms.root, 'CancelKeyDeletion', { KeyId })
      assert.deepEqual(membersOf(got), ['KeyId'])
      assert.equal(got.output.KeyId, arnOf(KeyId))
    })

    it('is a disabled key without a deletion date, which works once it is enabled', async () => {
      const KeyId = await doomedKey()
      await call(kms.root, 'CancelKeyDeletion', { KeyId })
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
      assert.equal(KeyMetadata?.KeyState, 'Disabled')
      assert.equal('DeletionDate' in KeyMetadata, false)
      await call(kms.root, 'EnableKey', { KeyId })
      await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
    })

    it('waits for its material again when it had none', async () => {
      const KeyId = await doomedKey({ Origin: 'EXTERNAL' })
      await call(kms.root, 'CancelKeyDeletion', { KeyId })
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
      assert.equal(KeyMetadata?.KeyState, 'PendingImport')
    })

    it('of a primary that waits for its replicas’ deletion is a disabled key too', async () => {
      const KeyId = await newMultiRegionKey(kms, [west])
      await call(kms.root, 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
      await call(kms.root, 'CancelKeyDeletion', { KeyId })
      const { KeyState, ...rest } = await describedIn(kms.root, KeyId)
      assert.equal(KeyState, 'Disabled')
      assert.equal('PendingDeletionWindowInDays' in rest, false)
      // Its replica's end is not its own any more.
      await call(clientsOf(kms)[west], 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
      await kms.control('PUT', '/_/clock', { advanceSeconds: 40 * 86_400 })
      try {
        const left = await describedIn(kms.root, KeyId)
        assert.equal(left.KeyState, 'Disabled')
        assert.deepEqual(left.MultiRegionConfiguration?.ReplicaKeys, [])
      } finally {
        await kms.control('PUT', '/_/clock', { reset: true })
      }
    })
  })
})
