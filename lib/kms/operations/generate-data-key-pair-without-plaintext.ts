/** GenerateDataKeyPairWithoutPlaintext: a new key pair, its private key only encrypted. */
import { dataKeyConditions, dataKeyRow, makeDataKeyPair } from '../data-keys.ts'
import { keyOperation } from '../operation.ts'
import { refuseInCustomKeyStore } from '../rotation.ts'

export const GenerateDataKeyPairWithoutPlaintext = keyOperation(
  'GenerateDataKeyPairWithoutPlaintext',
  {
    ...dataKeyRow,
    match: (_input, key) => refuseInCustomKeyStore(key),
    conditions: dataKeyConditions,
    run: async (call, key) => (await makeDataKeyPair(call, key)).answer,
  },
)
