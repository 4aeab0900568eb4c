/** GenerateDataKey: a new data key, in plaintext and encrypted under the KMS key. */
import { dataKeyConditions, dataKeyRow, makeDataKey, whenThere } from '../data-keys.ts'
import { keyOperation } from '../operation.ts'

export const GenerateDataKey = keyOperation('GenerateDataKey', {
  ...dataKeyRow,
  recipient: { secret: 'Plaintext', omits: ['KeyMaterialId'] },
  conditions: dataKeyConditions,

  run(call, key) {
    return whenThere(makeDataKey(call, key), ({ plaintext, answer }) => ({
      ...answer,
      Plaintext: plaintext,
    }))
  },
})
