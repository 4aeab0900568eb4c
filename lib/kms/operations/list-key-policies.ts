/** ListKeyPolicies: a key has one policy, and its name is `default`. */
import { keyOperation } from '../operation.ts'

export const ListKeyPolicies = keyOperation('ListKeyPolicies', {
  run: () => ({ PolicyNames: ['default'], Truncated: false }),
})
