/** GenerateRandom: random bytes, made without any key; in a cluster, where one is named. */
import { randomBytes } from 'node:crypto'
import type { Call } from '../call.ts'
import { requireConnection, requireCustomKeyStore } from '../key-stores/custom-key-stores.ts'
import { Fault } from '../faults.ts'
import { operation } from '../operation.ts'

export const GenerateRandom = operation('GenerateRandom', {
  recipient: { secret: 'Plaintext' },

  async run(call) {
    const { NumberOfBytes, CustomKeyStoreId } = call.input
    if (NumberOfBytes === undefined) {
      throw new Fault('ValidationException', 'NumberOfBytes is required.')
    }
    await call.authorize({ action: 'kms:GenerateRandom', key: null })
    if (CustomKeyStoreId !== undefined) await checkCluster(call, CustomKeyStoreId)
    return { Plaintext: randomBytes(NumberOfBytes) }
  },
})

/** A cluster makes random bytes as well; an external key store has nothing to make them with. */
async function checkCluster({ store, scope }: Call, id: string): Promise<void> {
  const found = await requireCustomKeyStore(store, scope, id)
  if (found.backing.type === 'EXTERNAL_KEY_STORE') {
    throw new Fault(
      'UnsupportedOperationException',
      'GenerateRandom is not supported in an external key store.',
    )
  }
  requireConnection(found, 'CONNECTED')
}
