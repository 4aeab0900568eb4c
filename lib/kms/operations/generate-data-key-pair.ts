/** GenerateDataKeyPair: a new key pair, its private key in plaintext and encrypted. */
import { dataKeyConditions, dataKeyRow, makeDataKeyPair } from '../data-keys.ts'
import { keyOperation } from '../operation.ts'
import { refuseInCustomKeyStore } from '../rotation.ts'

export const GenerateDataKeyPair = keyOperation('GenerateDataKeyPair', {
  ...dataKeyRow,
  match: (_input, key) => refuseInCustomKeyStore(key),
  recipient: { secret: 'PrivateKeyPlaintext' },
  conditions: dataKeyConditions,

  async run(call, key) {
    const { privateKey, answer } = await makeDataKeyPair(call, key)
    return { ...answer, PrivateKeyPlaintext: privateKey }
  },
})
