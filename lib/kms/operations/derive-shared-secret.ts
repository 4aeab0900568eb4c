/** DeriveSharedSecret: the raw ECDH secret of the KMS key and another party's public key. */
import { deriveSharedSecret } from '../../crypto/agreement.ts'
import { DecodeError } from '../../errors.ts'
import { Fault } from '../faults.ts'
import { keyOperation, requireAlgorithm } from '../operation.ts'

export const DeriveSharedSecret = keyOperation('DeriveSharedSecret', {
  aliases: true,
  states: 'cryptographic',
  usage: 'KEY_AGREEMENT',
  recipient: { secret: 'SharedSecret' },
  conditions: ({ KeyAgreementAlgorithm }) => ({
    'kms:KeyAgreementAlgorithm': KeyAgreementAlgorithm,
  }),

  async run(call, key) {
    const { KeyAgreementAlgorithm, PublicKey } = call.input
    requireAlgorithm(key, KeyAgreementAlgorithm)
    const secret = await deriveSharedSecret(key.current, PublicKey).catch((error: unknown) => {
      // AWS says no more of a bad public key (recorded).
      if (error instanceof DecodeError) throw new Fault('ValidationException')
      throw error
    })
    call.endDryRun()
    return { KeyId: key.arn, SharedSecret: secret, KeyAgreementAlgorithm, KeyOrigin: key.origin }
  },
})
