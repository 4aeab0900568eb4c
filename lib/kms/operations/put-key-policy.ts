/** PutKeyPolicy: puts another key policy in the place of the old one. */
import { changeKey } from '../change.ts'
import { keyOperation } from '../operation.ts'
import { checkLockout, checkPrincipals, readKeyPolicy, requirePolicyName } from '../policy.ts'

export const PutKeyPolicy = keyOperation('PutKeyPolicy', {
  conditions: ({ BypassPolicyLockoutSafetyCheck }) => ({
    'kms:BypassPolicyLockoutSafetyCheck':
      BypassPolicyLockoutSafetyCheck === undefined
        ? undefined
        : String(BypassPolicyLockoutSafetyCheck),
  }),

  async run(call, key) {
    const { Policy, PolicyName, BypassPolicyLockoutSafetyCheck } = call.input
    requirePolicyName(PolicyName)
    const policy = readKeyPolicy(Policy)
    checkPrincipals(call, policy)
    if (!BypassPolicyLockoutSafetyCheck) await checkLockout(call, key, policy)
    await changeKey(call, key, null, (record) => ({ ...record, policy: Policy }))
    return {}
  },
})
