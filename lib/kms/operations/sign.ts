/** Sign: a signature of a message, or of its digest, with a private key that nobody sees. */
import { sign } from '../../crypto/signature.ts'
import { keyOperation } from '../operation.ts'
import { readMessage, signingRow } from '../signing.ts'

export const Sign = keyOperation('Sign', {
  ...signingRow,

  async run(call, key) {
    const { algorithm, message } = readMessage(key, call.input)
    call.endDryRun()
    return {
      KeyId: key.arn,
      Signature: await sign(key.current, algorithm, message),
      SigningAlgorithm: algorithm,
    }
  },
})
