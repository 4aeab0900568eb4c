/** GenerateDataKey: a new data key, in plaintext and encrypted under the KMS key. */
import { dataKeyConditions, dataKeyRow, makeDataKey } from '../data-keys.ts'
import { keyOperation } from '../operation.ts'

export const GenerateDataKey = keyOperation('GenerateDataKey', {
  ...dataKeyRow,
  recipient: { secret: 'Plaintext', omits: ['KeyMaterialId'] },
  conditions: dataKeyConditions,

  run(call, key) {
    const { plaintext, answer } = makeDataKey(call, key)
    return { ...answer, Plaintext: plaintext }
  },
})
