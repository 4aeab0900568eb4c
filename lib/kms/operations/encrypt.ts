/** Encrypt: up to 4096 bytes under a KMS key; under an RSA or SM2 key as much as it leaves room for. */
import { checkMode, checkPlaintext, encryptUnder, modeOf } from '../ciphertext.ts'
import { keyOperation } from '../operation.ts'

export const Encrypt = keyOperation('Encrypt', {
  aliases: true,
  states: 'cryptographic',
  usage: 'ENCRYPT_DECRYPT',

  conditions: ({ EncryptionAlgorithm = 'SYMMETRIC_DEFAULT', EncryptionContext }) => ({
    encryptionContext: EncryptionContext,
    'kms:EncryptionAlgorithm': EncryptionAlgorithm,
  }),

  async run(call, key) {
    const { Plaintext, EncryptionAlgorithm, EncryptionContext } = call.input
    const mode = modeOf(EncryptionAlgorithm, EncryptionContext)
    checkMode(key, mode)
    checkPlaintext(key, mode, Plaintext)
    call.endDryRun()
    return {
      CiphertextBlob: await encryptUnder(call, key, mode, Plaintext),
      KeyId: key.arn,
      EncryptionAlgorithm: mode.algorithm,
    }
  },
})
