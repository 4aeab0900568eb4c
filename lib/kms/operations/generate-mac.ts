/** GenerateMac: the HMAC of a message under an HMAC key. */
import { generateMac } from '../../crypto/mac.ts'
import { keyOperation, requireAlgorithm } from '../operation.ts'

export const GenerateMac = keyOperation('GenerateMac', {
  aliases: true,
  states: 'cryptographic',
  usage: 'GENERATE_VERIFY_MAC',
  conditions: ({ MacAlgorithm }) => ({ 'kms:MacAlgorithm': MacAlgorithm }),

  run(call, key) {
    const { MacAlgorithm, Message } = call.input
    requireAlgorithm(key, MacAlgorithm)
    call.endDryRun()
    return { Mac: generateMac(key.current, MacAlgorithm, Message), MacAlgorithm, KeyId: key.arn }
  },
})
