import assert from 'node:assert/strict'
import type { KMSClient } from '@aws-sdk/client-kms'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { clientsOf, newMultiRegionKey, west } from '../../support/regions.ts'
import { arnOf, keyIds, useKms } from '../../support/scene.ts'

const name = 'GetKeyRotationStatus'

describe(name, () => {
  const kms = useKms(['hmac', 'signing'])

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, name, {}, missing('keyId'))
    })
  })

  describe('access', () => {
    testAccess(kms, name, { key: newKey, input: (KeyId) => ({ KeyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ KeyId: await newKey() }))
  })

  describe('result', () => {
    it('is false without a date where rotation is off, or never on', async () => {
      const { KeyMetadata } = await call(kms.root, 'CreateKey', { Origin: 'EXTERNAL' })
      for (const KeyId of [await newKey(), KeyMetadata!.KeyId!, keyIds.hmac, keyIds.signing]) {
        const { body } = await answer(kms.root, name, { KeyId })
        assert.deepEqual(body, { KeyId: arnOf(KeyId), KeyRotationEnabled: false })
      }
    })

    it('says the period and the next date', async () => {
      const KeyId = await newKey()
      await call(kms.root, 'EnableKeyRotation', { KeyId, RotationPeriodInDays: 100 })
      const { NextRotationDate, ...rest } = await call(kms.root, name, { KeyId })
      const days = (+NextRotationDate! - Date.now()) / 86_400_000
      assert.ok(days > 99.99 && days <= 100, String(days))
      assert.equal(rest.KeyRotationEnabled, true)
      assert.equal(rest.RotationPeriodInDays, 100)
    })

    it('stays on while a key is disabled, and is off while it is pending deletion', async () => {
      const KeyId = await newKey()
      const isOn = async () => (await call(kms.root, name, { KeyId })).KeyRotationEnabled
      await call(kms.root, 'EnableKeyRotation', { KeyId })
      await call(kms.root, 'DisableKey', { KeyId })
      assert.equal(await isOn(), true)
      await call(kms.root, 'ScheduleKeyDeletion', { KeyId })
      assert.equal(await isOn(), false)
      await call(kms.root, 'CancelKeyDeletion', { KeyId })
      assert.equal(await isOn(), true)
    })

    it('of a replica is its primary’s, and its own only once it is pending deletion', async () => {
      const KeyId = await newMultiRegionKey(kms, [west])
      const replica = clientsOf(kms)[west]
      const statusIn = async (client: KMSClient) => {
        const { KeyId: _, ...status } = (await answer(client, name, { KeyId })).body
        return status
      }
      await call(kms.root, 'EnableKeyRotation', { KeyId })
      const primarys = await statusIn(kms.root)
      assert.equal(primarys.KeyRotationEnabled, true)
      assert.deepEqual(await statusIn(replica), primarys)
      await call(kms.root, 'ScheduleKeyDeletion', { KeyId })
      // PendingReplicaDeletion: AWS goes on showing it.
      assert.deepEqual([await statusIn(kms.root), await statusIn(replica)], [primarys, primarys])
      await call(replica, 'ScheduleKeyDeletion', { KeyId })
      assert.deepEqual(await statusIn(replica), { KeyRotationEnabled: false })
      assert.deepEqual(await statusIn(kms.root), primarys)
    })
  })
})
