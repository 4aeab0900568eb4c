/** GetKeyPolicy: the key policy, as it was given. */
import { requirePolicyName } from '../policy.ts'
import { keyOperation } from '../operation.ts'

export const GetKeyPolicy = keyOperation('GetKeyPolicy', {
  run({ input }, key) {
    requirePolicyName(input.PolicyName)
    return { Policy: key.record.policy, PolicyName: 'default' }
  },
})
