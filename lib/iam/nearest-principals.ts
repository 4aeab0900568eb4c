/**
 * The other callers that a policy, one of its conditions or a grant names, as ways to make a denied
 * request allowed.
 */
import type { Attempt } from './attempt.ts'
import { ChangedContext, principalNamed } from './changed-request.ts'
import type { Condition } from './condition.ts'
import type { HintFacts } from './measurement-mistakes.ts'
import type { Need } from './nearest-words.ts'
import type { Changed } from './what-if.ts'

/** A denied request with some changes, and what is known beside it. */
export interface Denied {
  readonly attempt: Attempt
  readonly changed: Changed
  readonly facts: HintFacts
}

/** Ours: of the principals that one element names, so many are tried. */
const maxPrincipals = 4

/** The same request by each of them. */
export function principalWays(
  { attempt, changed }: Denied,
  names: readonly string[],
  need: Need,
): Attempt[] {
  const sessionName = sessionNameOf(changed)
  return names.slice(0, maxPrincipals).flatMap((name) => {
    const actual = changed.request.principal.arn
    const next = attempt.withPrincipal({ ...need, expected: [name], actual }, name, sessionName)
    return next ? [next] : []
  })
}

/** The first caller of those that a condition names with which it holds, or does not hold. */
export function callerWay(
  denied: Denied,
  need: Need,
  condition: Condition,
  holds: boolean,
): Attempt | null {
  const { attempt, changed } = denied
  const sessionName = sessionNameOf(changed)
  const name = condition.expected.slice(0, maxPrincipals).find((one) => {
    const principal = principalNamed(one, sessionName)
    if (!principal) return false
    const context = new ChangedContext(changed.original.context, { ...attempt.changes, principal })
    return condition.holds(context) === holds
  })
  if (name === undefined) return null
  return principalWays(denied, [name], { ...need, element: 'Principal' })[0] ?? null
}

function sessionNameOf({ request: { principal } }: Changed): string {
  const { arn, type } = principal
  return type === 'AssumedRole' ? arn.slice(arn.lastIndexOf('/') + 1) : 'session'
}

/** Of which the rest is to be said. */
export function plainNeed(element: string, expected: readonly string[]): Need {
  return {
    of: 'REQUEST',
    policyType: 'RESOURCE_BASED_POLICY',
    policy: null,
    sid: null,
    index: null,
    element,
    operator: null,
    key: null,
    expected,
    actual: null,
    words: '',
  }
}
