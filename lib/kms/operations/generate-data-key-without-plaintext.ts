/** GenerateDataKeyWithoutPlaintext: a new data key, encrypted under the KMS key and never shown. */
import { dataKeyConditions, dataKeyRow, makeDataKey } from '../data-keys.ts'
import { keyOperation } from '../operation.ts'

export const GenerateDataKeyWithoutPlaintext = keyOperation('GenerateDataKeyWithoutPlaintext', {
  ...dataKeyRow,
  conditions: dataKeyConditions,
  run: (call, key) => makeDataKey(call, key).answer,
})
