/** The rules, in the order of the list in docs/policy-lint.md: the gravest mistakes first. */
import { conditionRules } from './conditions.ts'
import { measurementRules } from './measurements.ts'
import { nameRules } from './names.ts'
import { powerRules } from './powers.ts'
import { registerRules } from './registers.ts'
import type { Rule } from './rule.ts'
import { unattestedRules } from './unattested.ts'

export const rules: readonly Rule[] = [
  ...unattestedRules,
  ...powerRules,
  ...registerRules,
  ...measurementRules,
  ...nameRules,
  ...conditionRules,
]
