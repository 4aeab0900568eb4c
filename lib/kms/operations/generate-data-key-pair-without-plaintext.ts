/** GenerateDataKeyPairWithoutPlaintext: a new key pair, its private key only encrypted. */
import { generateDataKeyPair } from '../../crypto/datakey.ts'
import { encryptUnder } from '../ciphertext.ts'
import { dataKeyConditions, dataKeyMode, pairSpec } from '../data-keys.ts'
import { keyOperation } from '../operation.ts'

export const GenerateDataKeyPairWithoutPlaintext = keyOperation(
  'GenerateDataKeyPairWithoutPlaintext',
  {
    aliases: true,
    states: 'cryptographic',
    usage: 'ENCRYPT_DECRYPT',
    conditions: ({ EncryptionContext, KeyPairSpec }) =>
      dataKeyConditions(EncryptionContext, KeyPairSpec),

    async run(call, key) {
      const { EncryptionContext, KeyPairSpec } = call.input
      const mode = dataKeyMode(key, EncryptionContext)
      const spec = pairSpec(KeyPairSpec)
      call.endDryRun()
      const { privateKey, publicKey } = await generateDataKeyPair(spec)
      return {
        PrivateKeyCiphertextBlob: encryptUnder(key, mode, privateKey),
        PublicKey: publicKey,
        KeyId: key.arn,
        KeyPairSpec,
        KeyMaterialId: key.currentMaterialId,
      }
    },
  },
)
