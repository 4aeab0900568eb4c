/** DeleteCustomKeyStore: forgets a key store that is disconnected and has no keys. */
import { requireConnection, requireCustomKeyStore } from '../key-stores/custom-key-stores.ts'
import { Fault } from '../faults.ts'
import { operation } from '../operation.ts'

export const DeleteCustomKeyStore = operation('DeleteCustomKeyStore', {
  async run(call) {
    await call.authorize({ action: 'kms:DeleteCustomKeyStore', key: null })
    const { CustomKeyStoreId: id } = call.input
    await call.store.transact(async (writer) => {
      const record = await requireCustomKeyStore(writer, call.scope, id)
      requireConnection(record, 'DISCONNECTED')
      if ((await writer.keysOfCustomKeyStore(record, id)).length > 0) {
        throw new Fault(
          'CustomKeyStoreHasCMKsException',
          `The custom key store ${id} contains KMS keys.`,
        )
      }
      writer.deleteCustomKeyStore(record)
    })
    return {}
  },
})
