/** ConnectCustomKeyStore: begins to connect a key store to its cluster or its proxy. */
import { startConnecting } from '../key-stores/connecting.ts'
import { operation } from '../operation.ts'

export const ConnectCustomKeyStore = operation('ConnectCustomKeyStore', {
  async run(call) {
    await call.authorize({ action: 'kms:ConnectCustomKeyStore', key: null })
    await startConnecting(call, call.input.CustomKeyStoreId)
    return {}
  },
})
