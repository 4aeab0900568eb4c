/** GenerateDataKeyPairWithoutPlaintext: a new key pair, its private key only encrypted. */
import { dataKeyConditions, dataKeyRow, makeDataKeyPair } from '../data-keys.ts'
import { keyOperation } from '../operation.ts'

export const GenerateDataKeyPairWithoutPlaintext = keyOperation(
  'GenerateDataKeyPairWithoutPlaintext',
  {
    ...dataKeyRow,
    conditions: dataKeyConditions,
    run: async (call, key) => (await makeDataKeyPair(call, key)).answer,
  },
)
