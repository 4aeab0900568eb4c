/**
 * What could be tried next for a request that is still denied: ways to make a Deny not apply, and
 * ways to make one of the statements or grants apply that would allow it.
 */
import { costs, type Attempt } from './attempt.ts'
import { ChangedContext, canonicalKey, isOfCaller } from './changed-request.ts'
import { changeCondition, listed } from './condition-change.ts'
import type { Condition } from './condition.ts'
import { isSameAccount } from './decision.ts'
import type { Statement } from './document.ts'
import { resourcePolicy } from './hints.ts'
import { grantWays } from './nearest-grants.ts'
import { callerWay, plainNeed, principalWays, type Denied } from './nearest-principals.ts'
import { slipOfAction, slipOfCondition } from './nearest-slips.ts'
import { pricedAllow, pricedWaiver } from './nearest-unattested.ts'
import { canHaveKey, canHaveValue, isDerived } from './nearest-values.ts'
import type { Need } from './nearest-words.ts'
import { layersOf, type AttachedPolicy, type PolicyType, type Verdict } from './policy-set.ts'
import type { ContextValue } from './request.ts'
import type { StatementPart } from './what-if.ts'

/** Ours: of the statements and grants of one type, so many are tried, the nearest first. */
const maxStatements = 24

interface Located {
  readonly type: PolicyType
  readonly policy: AttachedPolicy
  readonly statement: Statement
}

export function optionsFor(denied: Denied, verdict: Verdict): Attempt[] {
  if (verdict.effect === 'EXPLICIT_DENY') return waysAround(denied, verdict)
  if (verdict.decidedBy === 'GRANT') return []
  const type = verdict.decidedBy
  const isOfCallerOrKey = !ceilings.has(type)
  const types: PolicyType[] =
    isOfCallerOrKey && type !== 'RESOURCE_BASED_POLICY' ? [type, 'RESOURCE_BASED_POLICY'] : [type]
  const near = types
    .flatMap((one) => allowsOf(denied, one))
    .sort((a, b) => failureCount(denied, a) - failureCount(denied, b))
    .slice(0, maxStatements)
  const options = near.flatMap((located) => waysToApply(denied, located))
  if (isOfCallerOrKey) {
    options.push(
      ...denied.changed.grants
        .slice(0, maxStatements)
        .flatMap((grant) => grantWays(denied, grant))
        .map((way) => pricedAllow(denied, 'RESOURCE_BASED_POLICY', null, way)),
    )
  }
  const written = denied.attempt.withAllowing(policyNeed(denied, type), type)
  return written ? [...options, pricedAllow(denied, type, null, written)] : options
}

/** Types that only ever limit: only their own statements help. */
const ceilings: ReadonlySet<PolicyType> = new Set<PolicyType>([
  'RESOURCE_CONTROL_POLICY',
  'SERVICE_CONTROL_POLICY',
  'VPC_ENDPOINT_POLICY',
])

function statementsOf({ changed }: Denied, wanted: PolicyType): Located[] {
  return layersOf(changed.policies).flatMap(({ type, policies }) =>
    type === wanted
      ? policies.flatMap((policy) =>
          policy.document.statements.map((statement) => ({ type, policy, statement })),
        )
      : [],
  )
}

function allowsOf(denied: Denied, type: PolicyType): Located[] {
  return statementsOf(denied, type).filter(({ statement }) => statement.effect === 'Allow')
}

function failureCount({ changed }: Denied, { statement }: Located): number {
  const { principal, parts } = changed.failures(statement)
  return parts.length + (principal ? 1 : 0)
}

/** Every element that does not match would have to; one way for each principal that it names. */
function waysToApply(denied: Denied, located: Located): Attempt[] {
  const failures = denied.changed.failures(located.statement)
  const { principal } = located.statement
  const starts =
    failures.principal && principal
      ? principalWays(
          denied,
          principal.expected,
          elementNeed(located, 'Principal', principal.expected),
        )
      : [denied.attempt]
  // Whether a key is there at all is asked last: another condition may say what it has to be.
  const parts = [...failures.parts].sort((a, b) => Number(isNull(a)) - Number(isNull(b)))
  return starts.flatMap((start) => {
    let attempt = start
    for (const part of parts) attempt = withPart(denied, attempt, located, part)
    if (attempt === denied.attempt) return []
    return [pricedAllow(denied, located.type, located.statement, attempt)]
  })
}

function isNull(part: StatementPart): boolean {
  return 'operator' in part && /^null$/i.test(part.operator)
}

function withPart(
  denied: Denied,
  attempt: Attempt,
  located: Located,
  part: StatementPart,
): Attempt {
  const { request } = denied.changed
  if ('operator' in part) {
    const ofRequest = withConditionChanged(denied, attempt, located, part, true)
    if (ofRequest) return ofRequest
    const need = conditionNeed(located, part, denied, 'POLICY')
    const slip = slipOfCondition(part, request)
    if (slip === null) return attempt.withHolding(need, part, costs.conditionOfPolicy)
    return attempt.withSlip({ ...need, words: slip }, part)
  }
  const isResource = 'variableKeys' in part
  const element = `${part.negated ? 'Not' : ''}${isResource ? 'Resource' : 'Action'}`
  const actual = isResource ? request.resource : request.action
  const need = { ...elementNeed(located, element, part.expected), of: 'POLICY' as const, actual }
  const slip = isResource || part.negated ? null : slipOfAction(part.expected, request)
  if (slip === null) return attempt.withHolding(need, part, costs.element)
  return attempt.withSlip({ ...need, words: slip }, part)
}

/** Null where no value of the request's could do it, or only one that no such request can have. */
function withConditionChanged(
  denied: Denied,
  attempt: Attempt,
  located: Located,
  condition: Condition,
  holds: boolean,
): Attempt | null {
  const { lowerCaseKey: key } = condition
  const { changes } = attempt
  const { original } = denied.changed
  const base = original.context
  const now = new ChangedContext(base, changes)
  // An earlier change may have done it.
  if (condition.holds(now) === holds) return attempt
  const { takesRecipient } = denied.facts
  if (!canHaveKey(original.action, condition.key, takesRecipient)) return null
  if (changes.principal && isOfCaller(key)) return null
  const need = conditionNeed(located, condition, denied, 'REQUEST')
  if (isDerived(key)) return callerWay({ ...denied, attempt }, need, condition, holds)
  const contextWith = (value: ContextValue | undefined): ChangedContext =>
    new ChangedContext(base, {
      ...changes,
      context: new Map(changes.context).set(canonicalKey(key), value),
    })
  const canHave = (value: ContextValue): boolean => canHaveValue(key, value)
  const change = changeCondition(condition, holds, now.get(key), contextWith, canHave)
  return change && attempt.withCondition({ ...need, words: change.words }, key, change)
}

/** A Deny that applies: any of its elements would have to fail, or the statement would have to go. */
function waysAround(denied: Denied, verdict: Verdict): Attempt[] {
  const located = statementsOf(denied, verdict.decidedBy as PolicyType).find(
    ({ policy, statement }) =>
      policy.name === verdict.policy &&
      statement.index === verdict.statement &&
      statement.effect === 'Deny' &&
      denied.changed.applies(statement),
  )
  if (!located) return []
  const { statement } = located
  const { principal, conditions } = statement
  const options = conditions.flatMap((condition) => {
    const way = withConditionChanged(denied, denied.attempt, located, condition, false)
    return way && way !== denied.attempt ? [way] : []
  })
  if (principal?.negated) {
    const need = elementNeed(located, 'NotPrincipal', principal.expected)
    options.push(...principalWays(denied, principal.expected, need))
  }
  const need = { ...elementNeed(located, 'Statement', []), of: 'POLICY' as const }
  return [
    ...options,
    pricedWaiver(
      denied,
      statement,
      denied.attempt.withWaived({ ...need, words: reasonOf(statement, denied) }, statement),
    ),
  ]
}

/** Why a Deny applies, as far as conditions say it. */
function reasonOf({ conditions }: Statement, { changed }: Denied): string {
  if (conditions.length === 0) return `it denies ${changed.request.action} without a condition`
  const wanted = conditions.map(
    (condition) => `${condition.operator} ${condition.key} ${listed(condition, true)}`,
  )
  return `${wanted.join(' and ')} ${wanted.length === 1 ? 'holds' : 'hold'}`
}

function policyNeed({ changed }: Denied, policyType: PolicyType): Need {
  const { request, policies } = changed
  const { principal, action } = request
  const isLeftToAccount = policies.keyPolicy !== null && isSameAccount(request)
  const words: Partial<Record<PolicyType, string>> = {
    RESOURCE_BASED_POLICY: `to ${principal.roleArn ?? principal.arn}`,
    ...(isLeftToAccount && {
      IDENTITY_BASED_POLICY: `(the ${resourcePolicy(action)} leaves it to the account)`,
    }),
  }
  return { ...plainNeed('Policy', []), of: 'POLICY', policyType, words: words[policyType] ?? '' }
}

function conditionNeed(
  located: Located,
  { operator, key, lowerCaseKey, expected }: Condition,
  { changed }: Denied,
  of: Need['of'],
): Need {
  const actual = changed.request.context.get(lowerCaseKey) ?? null
  return { ...elementNeed(located, 'Condition', expected), of, operator, key, actual }
}

function elementNeed(
  { type, policy, statement }: Located,
  element: string,
  expected: readonly string[],
): Need {
  const { sid, index } = statement
  return { ...plainNeed(element, expected), policyType: type, policy: policy.name, sid, index }
}
