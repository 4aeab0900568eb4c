/** VerifyMac: says that an HMAC is the key's, or answers KMSInvalidMacException. */
import { verifyMac } from '../../crypto/mac.ts'
import { Fault } from '../faults.ts'
import { keyOperation, requireAlgorithm } from '../operation.ts'

export const VerifyMac = keyOperation('VerifyMac', {
  aliases: true,
  states: 'cryptographic',
  usage: 'GENERATE_VERIFY_MAC',
  conditions: ({ MacAlgorithm }) => ({ 'kms:MacAlgorithm': MacAlgorithm }),

  run(call, key) {
    const { Mac, MacAlgorithm, Message } = call.input
    requireAlgorithm(key, MacAlgorithm)
    if (!verifyMac(key.current, MacAlgorithm, Message, Mac)) {
      throw new Fault('KMSInvalidMacException')
    }
    call.endDryRun()
    return { KeyId: key.arn, MacValid: true, MacAlgorithm }
  },
})
