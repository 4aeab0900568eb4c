import assert from 'node:assert/strict'
import { answer, call, missing, refused } from '../../support/call.ts'
import {
  clusterInput,
  connect,
  connectedCluster,
  create,
  createKey,
  disconnect,
  newClusterId,
  patient,
} from '../../support/custom-key-stores.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { noIdentityPolicy } from '../../support/policies.ts'
import { useKms } from '../../support/scene.ts'

const name = 'DeleteCustomKeyStore'

describe(name, () => {
  const kms = useKms([], {}, patient)

  describe('input', () => {
    it('requires a key store that there is', async () => {
      await refused(kms.root, name, {}, missing('customKeyStoreId'))
      const CustomKeyStoreId = 'cks-00000000000000000'
      await refused(kms.root, name, { CustomKeyStoreId }, [
        'CustomKeyStoreNotFoundException',
        `The custom key store ${CustomKeyStoreId} was not found.`,
      ])
    })

    it('refuses a key store that is not disconnected', async () => {
      const failing = { CloudHsmClusterId: newClusterId('gone') }
      const failed = await create(kms, clusterInput(failing))
      await connect(kms, failed, 'FAILED')
      for (const [CustomKeyStoreId, state] of [
        [await connectedCluster(kms), 'CONNECTED'],
        [failed, 'FAILED'],
      ] as const) {
        await refused(kms.root, name, { CustomKeyStoreId }, [
          'CustomKeyStoreInvalidStateException',
          `The custom key store ${CustomKeyStoreId} is ${state}: this needs DISCONNECTED.`,
        ])
      }
    })

    it('refuses a key store with keys, until their waiting period has ended', async () => {
      const CustomKeyStoreId = await connectedCluster(kms)
      const KeyId = await createKey(kms, CustomKeyStoreId)
      await disconnect(kms, CustomKeyStoreId)
      const words = [
        'CustomKeyStoreHasCMKsException',
        `The custom key store ${CustomKeyStoreId} contains KMS keys.`,
      ] as const
      await refused(kms.root, name, { CustomKeyStoreId }, words)
      await call(kms.root, 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
      await refused(kms.root, name, { CustomKeyStoreId }, words)
      await kms.control('PUT', '/_/clock', { advanceSeconds: 8 * 86_400 })
      await call(kms.root, name, { CustomKeyStoreId })
      await kms.control('PUT', '/_/clock', { reset: true })
    })
  })

  describe('access', () => {
    it('refuses a role whose identity policies do not allow it', async () => {
      const CustomKeyStoreId = await create(kms, clusterInput())
      const words = noIdentityPolicy(`kms:${name}`, '*')
      await refused(kms.parent, name, { CustomKeyStoreId }, words)
      await call(kms.admin, name, { CustomKeyStoreId })
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({
      CustomKeyStoreId: await create(kms, clusterInput()),
    }))
  })

  describe('result', () => {
    it('is empty, and what only one key store may have is free again', async () => {
      const input = clusterInput()
      const CustomKeyStoreId = await create(kms, input)
      const got = await answer(kms.root, name, { CustomKeyStoreId })
      assert.equal(got.text, '{}')
      await refused(kms.root, 'DescribeCustomKeyStores', { CustomKeyStoreId }, [
        'CustomKeyStoreNotFoundException',
        `The custom key store ${CustomKeyStoreId} was not found.`,
      ])
      assert.notEqual(await create(kms, input), CustomKeyStoreId)
    })
  })
})
