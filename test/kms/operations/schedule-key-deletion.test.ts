import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, membersOf, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, closedPolicy, noKeyPolicy } from '../../support/policies.ts'
import { clientsOf, describedIn, newMultiRegionKey, west } from '../../support/regions.ts'
import { arnOf, parentArn, useKms } from '../../support/scene.ts'

const name = 'ScheduleKeyDeletion'
const dayMs = 86_400_000

describe(name, () => {
  const kms = useKms()

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, name, {}, missing('keyId'))
    })

    it('refuses a waiting period that is not of 7 to 30 days', async () => {
      const KeyId = await newKey()
      for (const PendingWindowInDays of [1, 6, 31, 365]) {
        await refused(kms.root, name, { KeyId, PendingWindowInDays }, [
          'ValidationException',
          'PendingWindowInDays must be between 7 and 30',
        ])
      }
      for (const [PendingWindowInDays, text] of [
        [0, 'greater than or equal to 1'],
        [366, 'less than or equal to 365'],
      ] as const) {
        const words = `Value '${PendingWindowInDays}' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value ${text}`
        await refused(kms.root, name, { KeyId, PendingWindowInDays }, constraint(words))
      }
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
      assert.equal(KeyMetadata?.KeyState, 'Enabled')
    })

    it('refuses a key that is pending deletion', async () => {
      const KeyId = await newKey()
      await call(kms.root, name, { KeyId })
      await refused(kms.root, name, { KeyId }, [
        'KMSInvalidStateException',
        `${arnOf(KeyId)} is pending deletion.`,
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, { key: newKey, input: (KeyId) => ({ KeyId, PendingWindowInDays: 7 }) })

    it('hears of the waiting period, also of the one that is not said', async () => {
      const KeyId = await newKey()
      const Condition = {
        NumericGreaterThanEquals: { 'kms:ScheduleKeyDeletionPendingWindowInDays': '30' },
      }
      const Policy = closedPolicy(allow(`kms:${name}`, parentArn, { Condition }))
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
      const words = noKeyPolicy(`kms:${name}`, arnOf(KeyId))
      await refused(kms.parent, name, { KeyId, PendingWindowInDays: 29 }, words)
      await call(kms.parent, name, { KeyId })
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ KeyId: await newKey() }))
  })

  describe('result', () => {
    it('has AWS’s members and no other, and waits 30 days unless told', async () => {
      const KeyId = await newKey()
      const before = Date.now()
      const got = await answer(kms.root, name, { KeyId })
      const members = ['DeletionDate', 'KeyId', 'KeyState', 'PendingWindowInDays']
      assert.deepEqual(membersOf(got), members)
      const { DeletionDate, ...rest } = got.output
      assert.equal(rest.KeyId, arnOf(KeyId))
      assert.equal(rest.KeyState, 'PendingDeletion')
      assert.equal(rest.PendingWindowInDays, 30)
      const waitMs = Number(DeletionDate) - before
      assert.ok(Math.abs(waitMs - 30 * dayMs) < 60_000, String(waitMs))
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
      assert.ok(KeyMetadata)
      assert.deepEqual(KeyMetadata.DeletionDate, DeletionDate)
      assert.equal(KeyMetadata.KeyState, 'PendingDeletion')
      assert.equal(KeyMetadata.Enabled, false)
    })

    it('has no date for a primary with replicas, whose waiting period has not begun', async () => {
      const at = clientsOf(kms)
      const KeyId = await newMultiRegionKey(kms, [west])
      const { body } = await answer(kms.root, name, { KeyId, PendingWindowInDays: 7 })
      const want = {
        KeyId: arnOf(KeyId),
        KeyState: 'PendingReplicaDeletion',
        PendingWindowInDays: 7,
      }
      assert.deepEqual(body, want)
      const primary = await describedIn(kms.root, KeyId)
      assert.equal(primary.KeyState, 'PendingReplicaDeletion')
      assert.equal(primary.Enabled, false)
      assert.equal(primary.PendingDeletionWindowInDays, 7)
      assert.equal('DeletionDate' in primary, false)
      await refused(kms.root, name, { KeyId }, [
        'KMSInvalidStateException',
        `${arnOf(KeyId)} is pending replica deletion.`,
      ])
      assert.equal((await describedIn(at[west], KeyId)).KeyState, 'Enabled')
      const replica = await call(at[west], name, { KeyId, PendingWindowInDays: 7 })
      assert.equal(replica.KeyState, 'PendingDeletion')
      assert.ok(replica.DeletionDate)
    })

    it('has a date for a primary without replicas', async () => {
      const KeyId = await newMultiRegionKey(kms)
      const { KeyState, DeletionDate } = await call(kms.root, name, { KeyId })
      assert.equal(KeyState, 'PendingDeletion')
      assert.ok(DeletionDate)
    })

    it('of a primary and its replica at once is one of each, whichever is first', async () => {
      const at = clientsOf(kms)
      const KeyId = await newMultiRegionKey(kms, [west])
      const calls = [kms.root, at[west]].map((one) => call(one, name, { KeyId }))
      const states = (await Promise.all(calls)).map(({ KeyState }) => KeyState)
      // A replica that is pending deletion is still there.
      assert.deepEqual(states, ['PendingReplicaDeletion', 'PendingDeletion'])
    })
  })
})
