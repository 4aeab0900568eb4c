/** GenerateDataKeyPair: a new key pair, its private key in plaintext and encrypted. */
import { dataKeyConditions, dataKeyRow, makeDataKeyPair } from '../data-keys.ts'
import { keyOperation } from '../operation.ts'

export const GenerateDataKeyPair = keyOperation('GenerateDataKeyPair', {
  ...dataKeyRow,
  recipient: { secret: 'PrivateKeyPlaintext' },
  conditions: dataKeyConditions,

  async run(call, key) {
    const { privateKey, answer } = await makeDataKeyPair(call, key)
    return { ...answer, PrivateKeyPlaintext: privateKey }
  },
})
