/**
 * Decapsulate: the shared secret of a ciphertext that Encapsulate made. Only a ciphertext of another
 * length is refused; a damaged one gives a secret that nobody else has.
 */
import { decapsulate } from '../../crypto/kem.ts'
import { Fault } from '../faults.ts'
import { keyOperation, requireAlgorithm } from '../operation.ts'

export const Decapsulate = keyOperation('Decapsulate', {
  aliases: true,
  states: 'cryptographic',
  usage: 'ENCAPSULATE_DECAPSULATE',

  async run(call, key) {
    const { EncapsulationAlgorithm, SharedSecretCiphertextBlob } = call.input
    requireAlgorithm(key, EncapsulationAlgorithm)
    const sharedSecret = await decapsulate(key.current, SharedSecretCiphertextBlob)
    if (!sharedSecret) throw new Fault('InvalidCiphertextException')
    call.endDryRun()
    return { KeyId: key.arn, SharedSecret: sharedSecret, EncapsulationAlgorithm }
  },
})
