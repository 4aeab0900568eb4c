/**
 * Whether a condition of an Allow for everyone says who may call. It has to compare what only some
 * callers have: a condition that a stranger meets limits nobody, and one that holds for whoever lacks
 * the key neither.
 */
import { isMultivalued } from '../condition-keys.ts'
import type { ContextValue, RequestContext } from '../request.ts'
import { contextOf, nothing } from './contexts.ts'
import type { ConditionView } from './statement-view.ts'
import { strangersValues } from './strangers.ts'

/** Source: IAM user guide, "AWS global condition context keys". */
const callerKeys =
  /^(?:aws:(?:principal(?:arn|account|orgid|orgpaths|tag\/.*|servicename|servicenameslist)|userid|username|source(?:arn|account|orgid|orgpaths|vpc|vpce|identity)|vpce(?:account|orgid|orgpaths)|ec2instancesourcevpc|federatedprovider)|kms:calleraccount|ec2:sourceinstancearn)$/

/** The keys that every call has, so that IfExists does not matter. */
const alwaysThere = new Set(['aws:principalarn', 'aws:principalaccount', 'kms:calleraccount'])

export function limitsCaller({ condition, name }: ConditionView): boolean {
  const { lowerCaseKey, expected } = condition
  if (!callerKeys.test(lowerCaseKey) || name.operator.negated) return false
  if (name.operator.name === 'Null') return false
  const passesWithout = condition.holds(nothing) && !alwaysThere.has(lowerCaseKey)
  if (passesWithout) return false
  return !strangersValues(lowerCaseKey, expected).some((value) =>
    condition.holds(strangersContext(lowerCaseKey, value)),
  )
}

/** A policy variable is of the stranger's, who sets it as it is wanted, or of the key's. */
function strangersContext(lowerCaseKey: string, value: string): RequestContext {
  const own: ContextValue = isMultivalued(lowerCaseKey) ? [value] : value
  return contextOf((key) => {
    if (key === lowerCaseKey) return own
    return key.startsWith('aws:resource') ? "the key's own" : value
  })
}
