/** GenerateDataKey: a new data key, in plaintext and encrypted under the KMS key. */
import { systemRandom } from '../../crypto/random.ts'
import { encryptUnder } from '../ciphertext.ts'
import { dataKeyConditions, dataKeyLength, dataKeyMode } from '../data-keys.ts'
import { keyOperation } from '../operation.ts'

export const GenerateDataKey = keyOperation('GenerateDataKey', {
  aliases: true,
  states: 'cryptographic',
  usage: 'ENCRYPT_DECRYPT',
  recipient: { secret: 'Plaintext', omits: ['KeyMaterialId'] },
  conditions: ({ EncryptionContext }) => dataKeyConditions(EncryptionContext),

  run(call, key) {
    const mode = dataKeyMode(key, call.input.EncryptionContext)
    const length = dataKeyLength(call.input)
    call.endDryRun()
    const dataKey = systemRandom(length)
    return {
      CiphertextBlob: encryptUnder(key, mode, dataKey),
      Plaintext: dataKey,
      KeyId: key.arn,
      KeyMaterialId: key.currentMaterialId,
    }
  },
})
