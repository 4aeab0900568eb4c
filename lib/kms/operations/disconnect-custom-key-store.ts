/** DisconnectCustomKeyStore: the keys of a key store are Unavailable until it is connected again. */
import { startDisconnecting } from '../key-stores/connecting.ts'
import { operation } from '../operation.ts'

export const DisconnectCustomKeyStore = operation('DisconnectCustomKeyStore', {
  async run(call) {
    await call.authorize({ action: 'kms:DisconnectCustomKeyStore', key: null })
    await startDisconnecting(call, call.input.CustomKeyStoreId)
    return {}
  },
})
