/**
 * UpdateCustomKeyStore: another name, password, cluster or proxy. Most of them need a key store that
 * is disconnected, and a proxy has to answer as it will be called from now on.
 */
import type { CustomKeyStoreRecord, Reader } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { areRelated } from '../key-stores/cloudhsm.ts'
import {
  changedBacking,
  changesProxy,
  needsDisconnected,
} from '../key-stores/custom-key-store-input.ts'
import {
  checkUnique,
  requireConnection,
  requireCustomKeyStore,
  xksProber,
} from '../key-stores/custom-key-stores.ts'
import { Fault } from '../faults.ts'
import { operation } from '../operation.ts'
import { checkHealth } from '../key-stores/xks-api.ts'
import { answeredFor } from '../key-stores/xks-failures.ts'

export const UpdateCustomKeyStore = operation('UpdateCustomKeyStore', {
  async run(call) {
    await call.authorize({ action: 'kms:UpdateCustomKeyStore', key: null })
    const wanted = await changed(call, call.store)
    if (changesProxy(call.input)) await checkProxy(call, wanted)
    await call.store.transact(async (writer) => {
      writer.putCustomKeyStore(await changed(call, writer))
    })
    return {}
  },
})

type UpdateCall = Call<'UpdateCustomKeyStore'>

async function changed({ input, scope }: UpdateCall, reader: Reader) {
  const record = await requireCustomKeyStore(reader, scope, input.CustomKeyStoreId)
  const backing = changedBacking(record, input)
  if (needsDisconnected(input)) requireConnection(record, 'DISCONNECTED')
  else requireConnection(record, 'CONNECTED', 'DISCONNECTED')
  checkRelated(record, backing)
  const wanted = { ...record, name: input.NewCustomKeyStoreName ?? record.name, backing }
  await checkUnique(reader, wanted)
  return wanted
}

function checkRelated(
  { backing: before }: CustomKeyStoreRecord,
  after: CustomKeyStoreRecord['backing'],
): void {
  if (before.type !== 'AWS_CLOUDHSM' || after.type !== 'AWS_CLOUDHSM') return
  if (areRelated(before.clusterId, after.clusterId)) return
  throw new Fault(
    'CloudHsmClusterNotRelatedException',
    'The CloudHSM cluster does not share a backup history with the original cluster.',
  )
}

/** A private endpoint is reached when the key store is connected, and not before. */
async function checkProxy(call: UpdateCall, { backing, connection }: CustomKeyStoreRecord) {
  if (backing.type !== 'EXTERNAL_KEY_STORE') return
  if (backing.connectivity !== 'PUBLIC_ENDPOINT' && connection.state !== 'CONNECTED') return
  await answeredFor('store', checkHealth(xksProber(call, backing)))
}
