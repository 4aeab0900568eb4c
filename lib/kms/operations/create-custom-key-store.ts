/**
 * CreateCustomKeyStore: a key store in front of an AWS CloudHSM cluster or an external key store
 * proxy. It is not connected yet; a proxy with a public endpoint has to be there already.
 */
import { randomBytes } from 'node:crypto'
import { checkUnique, xksProber } from '../key-stores/custom-key-stores.ts'
import { newBacking } from '../key-stores/custom-key-store-input.ts'
import { operation } from '../operation.ts'
import { requireQuota } from '../quotas.ts'
import { checkHealth } from '../key-stores/xks-api.ts'
import { answeredFor } from '../key-stores/xks-failures.ts'

export const CreateCustomKeyStore = operation('CreateCustomKeyStore', {
  async run(call) {
    await call.authorize({ action: 'kms:CreateCustomKeyStore', key: null })
    const { account, region } = call.scope
    const backing = newBacking(call.input, account, region)
    const record = {
      account,
      region,
      id: `cks-${randomBytes(9).toString('hex').slice(1)}`,
      name: call.input.CustomKeyStoreName,
      createdMs: call.nowMs,
      connection: { state: 'DISCONNECTED' },
      backing,
    } as const
    await checkUnique(call.store, record)
    if (backing.type === 'EXTERNAL_KEY_STORE' && backing.connectivity === 'PUBLIC_ENDPOINT') {
      await answeredFor('store', checkHealth(xksProber(call, backing)))
    }
    await call.store.transact(async (writer) => {
      await checkUnique(writer, record)
      await requireQuota(call, 'customKeyStores', async () => {
        return (await writer.customKeyStores(call.scope, { limit: Infinity })).length
      })
      writer.putCustomKeyStore(record)
    })
    return { CustomKeyStoreId: record.id }
  },
})
