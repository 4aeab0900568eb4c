/** GenerateDataKeyWithoutPlaintext: a new data key, encrypted under the KMS key and never shown. */
import { systemRandom } from '../../crypto/random.ts'
import { encryptUnder } from '../ciphertext.ts'
import { dataKeyConditions, dataKeyLength, dataKeyMode } from '../data-keys.ts'
import { keyOperation } from '../operation.ts'

export const GenerateDataKeyWithoutPlaintext = keyOperation('GenerateDataKeyWithoutPlaintext', {
  aliases: true,
  states: 'cryptographic',
  usage: 'ENCRYPT_DECRYPT',
  conditions: ({ EncryptionContext }) => dataKeyConditions(EncryptionContext),

  run(call, key) {
    const mode = dataKeyMode(key, call.input.EncryptionContext)
    const length = dataKeyLength(call.input)
    call.endDryRun()
    return {
      CiphertextBlob: encryptUnder(key, mode, systemRandom(length)),
      KeyId: key.arn,
      KeyMaterialId: key.currentMaterialId,
    }
  },
})
