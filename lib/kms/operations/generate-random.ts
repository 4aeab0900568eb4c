/** GenerateRandom: random bytes, made without any key. */
import { randomBytes } from 'node:crypto'
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
    if (CustomKeyStoreId !== undefined) throw new Fault('CustomKeyStoreNotFoundException')
    return { Plaintext: randomBytes(NumberOfBytes) }
  },
})
