/** PutKeyPolicy: puts another key policy in the place of the old one. */
import { changeKey } from '../change.ts'
import { keyOperation } from '../operation.ts'
import { acceptKeyPolicy, requirePolicyName } from '../policy.ts'

export const PutKeyPolicy = keyOperation('PutKeyPolicy', {
  conditions: ({ BypassPolicyLockoutSafetyCheck }) => ({
    'kms:BypassPolicyLockoutSafetyCheck':
      BypassPolicyLockoutSafetyCheck === undefined
        ? undefined
        : String(BypassPolicyLockoutSafetyCheck),
  }),

  async run(call, key) {
    const { Policy: text, PolicyName, BypassPolicyLockoutSafetyCheck: bypass } = call.input
    requirePolicyName(PolicyName)
    await acceptKeyPolicy(call, key, { text, bypass, resource: key.arn })
    await changeKey(call, key, null, (record) => ({ ...record, policy: text }))
    return {}
  },
})
