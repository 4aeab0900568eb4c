/**
 * Ways to make a grant apply that a denied request did not come under: another caller, one more
 * operation, or an encryption context and a source that satisfy its constraints.
 */
import { costs, type Attempt, type ContextEntry } from './attempt.ts'
import {
  constraintChecks,
  operationOf,
  retirersOf,
  type ConstraintCheck,
  type Grant,
} from './grant.ts'
import { plainNeed, principalWays, type Denied } from './nearest-principals.ts'
import type { Need } from './nearest-words.ts'
import { matchName } from './principals.ts'

export function grantWays(denied: Denied, grant: Grant): Attempt[] {
  const { changed, attempt } = denied
  const { request } = changed
  const need = (element: string, expected: readonly string[]): Need => ({
    ...plainNeed(element, expected),
    policyType: 'GRANT',
    policy: grant.grantId,
    index: 0,
  })
  const operation = operationOf(request)
  if (operation === 'RetireGrant') {
    const names = retirersOf(grant, request)
    return principalWays(denied, names, need('RetiringPrincipal', names))
  }
  const isNamed = matchName(grant.granteePrincipal, request.principal) !== 'NONE'
  const names = [grant.granteePrincipal]
  const starts = isNamed ? [attempt] : principalWays(denied, names, need('GranteePrincipal', names))
  return starts.flatMap((start) => {
    let next: Attempt | null = start
    if (!grant.operations.includes(operation)) {
      const lacks: Need = {
        ...need('Operations', grant.operations),
        of: 'POLICY',
        words: operation,
      }
      next = next.withHolding({ ...lacks, actual: request.action }, grant, costs.element)
    }
    for (const check of constraintChecks(grant, request)) {
      if (check.matched || !next) continue
      next = next.withContext(
        { ...need('Constraints', []), ...constraintNeed(check) },
        entriesOf(check, grant, denied),
      )
    }
    return next && next !== attempt ? [next] : []
  })
}

function constraintNeed({ operator, key, expected, actual }: ConstraintCheck) {
  const verb = {
    EncryptionContextEquals: 'be',
    EncryptionContextSubset: 'include',
    SourceArn: 'be',
  }
  return { operator, key, expected, actual, words: `${verb[operator]} ${expected.join(', ')}` }
}

/** The condition keys that satisfy a constraint. */
function entriesOf(
  { operator, key, expected }: ConstraintCheck,
  grant: Grant,
  { changed }: Denied,
): ContextEntry[] {
  if (operator === 'SourceArn') return [[key.toLowerCase(), expected[0]]]
  const wanted = Object.entries(grant.constraints?.[lowerFirst(operator)] ?? {})
  const entries = wanted.map(([name, value]): ContextEntry => [
    `kms:encryptioncontext:${name.toLowerCase()}`,
    value,
  ])
  if (operator === 'EncryptionContextSubset') return entries
  const names = [changed.request.context.get('kms:encryptioncontextkeys') ?? []].flat()
  const kept = new Set(entries.map(([name]) => name))
  const gone = names
    .map((name) => `kms:encryptioncontext:${name.toLowerCase()}`)
    .filter((name) => !kept.has(name))
  return [...entries, ...gone.map((name): ContextEntry => [name, undefined])]
}

function lowerFirst(operator: 'EncryptionContextEquals' | 'EncryptionContextSubset') {
  return operator === 'EncryptionContextEquals'
    ? 'encryptionContextEquals'
    : 'encryptionContextSubset'
}
