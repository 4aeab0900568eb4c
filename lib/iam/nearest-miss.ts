/**
 * The nearest miss of a denied request: the smallest change that would have allowed it. Attempts are
 * decided again by the same decision, the smallest first, so that what is named really allows; the
 * search is bounded, and a request that it finds no way for has no nearest miss.
 */
import { Attempt } from './attempt.ts'
import type { Explanation } from './explain.ts'
import type { HintFacts } from './measurement-mistakes.ts'
import { optionsFor } from './nearest-options.ts'
import { neededChanges, type NeededChange } from './nearest-words.ts'
import { layersOf, type PolicySet } from './policy-set.ts'
import type { AccessRequest } from './request.ts'
import { WhatIf } from './what-if.ts'

export type { NeededChange } from './nearest-words.ts'

export interface NearestMiss {
  /** All of them together would have allowed the request. */
  readonly changes: readonly NeededChange[]
}

/** Ours: attempts that are decided, fewer of them under many statements, and changes of one. */
const maxDecided = 64
const leastDecided = 8
const maxStatementsJudged = 8_000
const maxChanges = 6

/** Null for a request that is allowed, and where no attempt allows it. */
export function nearestMiss(
  request: AccessRequest,
  policies: PolicySet,
  explanation: Explanation,
  facts: HintFacts,
): NearestMiss | null {
  if (explanation.effect === 'ALLOW') return null
  const whatIf = new WhatIf(request, policies, explanation)
  const open = [Attempt.none()]
  for (let rest = attemptsFor(policies); rest > 0; rest--) {
    const attempt = takeCheapest(open)
    if (!attempt) return null
    const changed = whatIf.with(attempt.changes)
    const verdict = changed.verdict()
    if (verdict.effect === 'ALLOW') {
      return { changes: neededChanges(attempt.needs, request, facts) }
    }
    const options = optionsFor({ attempt, changed, facts }, verdict)
    open.push(...options.filter(({ needs }) => needs.length <= maxChanges))
  }
  return null
}

function attemptsFor(policies: PolicySet): number {
  let statements = 0
  for (const layer of layersOf(policies)) {
    for (const { document } of layer.policies) statements += document.statements.length
  }
  const affordable = Math.floor(maxStatementsJudged / Math.max(statements, 1))
  return Math.min(maxDecided, Math.max(leastDecided, affordable))
}

/** Of equally cheap ones the first by name: the order of a policy's statements does not decide. */
function takeCheapest(open: Attempt[]): Attempt | undefined {
  let best = 0
  for (const [index, attempt] of open.entries()) {
    const other = open[best]
    if (other && isBefore(attempt, other)) best = index
  }
  return open.splice(best, 1)[0]
}

/** Sums of the same costs in another order differ by less. */
const leastDifference = 1e-6

function isBefore(one: Attempt, other: Attempt): boolean {
  const difference = one.cost - other.cost
  if (Math.abs(difference) > leastDifference) return difference < 0
  return one !== other && one.name < other.name
}
