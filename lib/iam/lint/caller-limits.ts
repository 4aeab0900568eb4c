/**
 * Whether a condition of an Allow for everyone says who may call. It has to compare what only some
 * callers have: a condition that holds for whoever lacks the key limits nobody.
 */
import type { RequestContext } from '../request.ts'
import type { ConditionView } from './statement-view.ts'

/** Source: IAM user guide, "AWS global condition context keys". */
const callerKeys =
  /^(?:aws:(?:principal(?:arn|account|orgid|orgpaths|tag\/.*|servicename|servicenameslist)|userid|username|source(?:arn|account|orgid|orgpaths|vpc|vpce|identity)|vpce(?:account|orgid|orgpaths)|ec2instancesourcevpc|federatedprovider)|kms:calleraccount|ec2:sourceinstancearn)$/

/** The keys that every call has, so that IfExists does not matter. */
const alwaysThere = new Set(['aws:principalarn', 'aws:principalaccount', 'kms:calleraccount'])

export function limitsCaller({ condition, name }: ConditionView): boolean {
  const { lowerCaseKey } = condition
  if (!callerKeys.test(lowerCaseKey) || name.operator.negated) return false
  if (name.operator.name === 'Null') return false
  const passesWithout = condition.holds(context(undefined)) && !alwaysThere.has(lowerCaseKey)
  return (
    !passesWithout && !condition.holds(context('arn:x:x:x:x:any')) && !condition.holds(context('0'))
  )
}

function context(value: string | undefined): RequestContext {
  return { get: () => value, entries: () => [] }
}
