/** DescribeCustomKeyStores: the key stores of the caller's account in the Region, or one of them. */
import type { CustomKeyStoreRecord } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { listEntry, requireCustomKeyStore } from '../key-stores/custom-key-stores.ts'
import { Fault } from '../faults.ts'
import { operation } from '../operation.ts'
import { listPage } from '../paging.ts'

export const DescribeCustomKeyStores = operation('DescribeCustomKeyStores', {
  async run(call) {
    await call.authorize({ action: 'kms:DescribeCustomKeyStores', key: null })
    const one = await named(call)
    if (one) return { CustomKeyStores: [listEntry(one)], Truncated: false }
    const { items, rest } = await listPage(
      call,
      'DescribeCustomKeyStores',
      { usual: 100, most: 1000 },
      (page) => call.store.customKeyStores(call.scope, page),
      ({ id }) => id,
    )
    return { CustomKeyStores: items.map(listEntry), ...rest }
  },
})

async function named({
  input,
  store,
  scope,
}: Call<'DescribeCustomKeyStores'>): Promise<CustomKeyStoreRecord | undefined> {
  const { CustomKeyStoreId: id, CustomKeyStoreName: name } = input
  if (id !== undefined && name !== undefined) {
    throw new Fault(
      'ValidationException',
      'You can specify CustomKeyStoreId or CustomKeyStoreName, but not both.',
    )
  }
  if (id !== undefined) return requireCustomKeyStore(store, scope, id)
  if (name === undefined) return undefined
  const all = await store.customKeyStores(scope, { limit: Infinity })
  const found = all.find((record) => record.name === name)
  if (found) return found
  throw new Fault('CustomKeyStoreNotFoundException', `The custom key store ${name} was not found.`)
}
