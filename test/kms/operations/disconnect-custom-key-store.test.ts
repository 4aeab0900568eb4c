import assert from 'node:assert/strict'
import { answer, call, missing, refused } from '../../support/call.ts'
import {
  clusterInput,
  connect,
  connectedCluster,
  create,
  describeOne,
  patient,
  proxyInput,
  startScripted,
  whenItIs,
  type ScriptedProxy,
} from '../../support/custom-key-stores.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { noIdentityPolicy } from '../../support/policies.ts'
import { useKms } from '../../support/scene.ts'

const name = 'DisconnectCustomKeyStore'

describe(name, () => {
  const kms = useKms([], {}, patient)
  let scripted: ScriptedProxy
  before(async () => {
    scripted = await startScripted()
  })
  after(() => scripted.close())

  describe('input', () => {
    it('requires a key store that there is', async () => {
      await refused(kms.root, name, {}, missing('customKeyStoreId'))
      const CustomKeyStoreId = 'cks-00000000000000000'
      await refused(kms.root, name, { CustomKeyStoreId }, [
        'CustomKeyStoreNotFoundException',
        `The custom key store ${CustomKeyStoreId} was not found.`,
      ])
    })

    it('refuses a key store that is not connected, or is on its way there', async () => {
      const CustomKeyStoreId = await create(kms, clusterInput())
      const words = (state: string) =>
        [
          'CustomKeyStoreInvalidStateException',
          `The custom key store ${CustomKeyStoreId} is ${state}: this needs CONNECTED or CONNECTING or FAILED.`,
        ] as const
      await refused(kms.root, name, { CustomKeyStoreId }, words('DISCONNECTED'))
      await connect(kms, CustomKeyStoreId)
      await call(kms.root, name, { CustomKeyStoreId })
      await refused(kms.root, name, { CustomKeyStoreId }, words('DISCONNECTING'))
    })
  })

  describe('access', () => {
    it('refuses a role whose identity policies do not allow it', async () => {
      const CustomKeyStoreId = await connectedCluster(kms)
      const words = noIdentityPolicy(`kms:${name}`, '*')
      await refused(kms.parent, name, { CustomKeyStoreId }, words)
      await call(kms.admin, name, { CustomKeyStoreId })
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ CustomKeyStoreId: await connectedCluster(kms) }))
  })

  describe('result', () => {
    it('is empty, and comes before the cluster is done', async () => {
      const CustomKeyStoreId = await connectedCluster(kms)
      const got = await answer(kms.root, name, { CustomKeyStoreId })
      assert.equal(got.text, '{}')
      const { ConnectionState } = await describeOne(kms, CustomKeyStoreId)
      assert.equal(ConnectionState, 'DISCONNECTING')
      await refused(kms.root, 'ConnectCustomKeyStore', { CustomKeyStoreId }, [
        'CustomKeyStoreInvalidStateException',
        `The custom key store ${CustomKeyStoreId} is DISCONNECTING: this needs CONNECTED or CONNECTING or DISCONNECTED.`,
      ])
      await whenItIs(kms, CustomKeyStoreId, 'DISCONNECTED')
    })

    it('does not ask a proxy for leave', async () => {
      const CustomKeyStoreId = await create(kms, proxyInput(scripted.url))
      await connect(kms, CustomKeyStoreId)
      scripted.asked.length = 0
      await call(kms.root, name, { CustomKeyStoreId })
      await whenItIs(kms, CustomKeyStoreId, 'DISCONNECTED')
      assert.deepEqual(scripted.asked, [])
    })
  })
})
