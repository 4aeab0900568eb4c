/** GenerateDataKeyWithoutPlaintext: a new data key, encrypted under the KMS key and never shown. */
import { dataKeyConditions, dataKeyRow, makeDataKey, whenThere } from '../data-keys.ts'
import { keyOperation } from '../operation.ts'

export const GenerateDataKeyWithoutPlaintext = keyOperation('GenerateDataKeyWithoutPlaintext', {
  ...dataKeyRow,
  conditions: dataKeyConditions,
  run: (call, key) => whenThere(makeDataKey(call, key), ({ answer }) => answer),
})
