/** Verify: says that a signature is the key's, or answers KMSInvalidSignatureException. */
import { verify } from '../../crypto/signature.ts'
import { Fault } from '../faults.ts'
import { keyOperation } from '../operation.ts'
import { readMessage, signingRow } from '../signing.ts'

export const Verify = keyOperation('Verify', {
  ...signingRow,

  async run(call, key) {
    const { algorithm, message } = readMessage(key, call.input)
    const valid = await verify(key.current, algorithm, message, call.input.Signature)
    if (!valid) throw new Fault('KMSInvalidSignatureException')
    call.endDryRun()
    return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: algorithm }
  },
})
