/** Encapsulate: a new shared secret, and the ciphertext that the ML-KEM key's owner gets it from. */
import { encapsulate } from '../../crypto/kem.ts'
import { keyOperation, requireAlgorithm } from '../operation.ts'

export const Encapsulate = keyOperation('Encapsulate', {
  aliases: true,
  states: 'cryptographic',
  usage: 'ENCAPSULATE_DECAPSULATE',

  async run(call, key) {
    const { EncapsulationAlgorithm } = call.input
    requireAlgorithm(key, EncapsulationAlgorithm)
    call.endDryRun()
    const { sharedSecret, ciphertext } = await encapsulate(key.current)
    return {
      KeyId: key.arn,
      SharedSecret: sharedSecret,
      SharedSecretCiphertextBlob: ciphertext,
      EncapsulationAlgorithm,
    }
  },
})
