/**
 * Which statement of the key policy a case hangs on: the one that allowed or denied it, or the one
 * that came nearest to allowing it. Other policies and grants have none.
 */
import { failingCondition } from '../iam/hints.ts'
import type { CaseResult } from './run.ts'

/** Its index; undefined where the key policy did not decide. */
export function decidingStatement({
  decision: { verdict },
  explanation,
}: Pick<CaseResult, 'decision' | 'explanation'>): number | undefined {
  const keyPolicy = explanation.evaluations.find(
    ({ policyType }) => policyType === 'RESOURCE_BASED_POLICY',
  )
  if (verdict.effect === 'EXPLICIT_DENY') {
    return verdict.decidedBy === 'RESOURCE_BASED_POLICY' ? verdict.statement : undefined
  }
  if (verdict.effect === 'ALLOW') {
    if (verdict.decidedBy === 'GRANT') return undefined
    return keyPolicy?.statements.find(({ applies, effect }) => applies && effect === 'Allow')?.index
  }
  const failing = failingCondition(explanation, verdict)
  if (failing?.policyType === 'RESOURCE_BASED_POLICY') {
    const { statement } = failing
    return keyPolicy?.statements.find(({ sid, index }) => (sid ?? String(index)) === statement)
      ?.index
  }
  const needed = explanation.nearestMiss?.changes.find(
    ({ policyType, index }) => policyType === 'RESOURCE_BASED_POLICY' && index !== null,
  )
  return needed?.index ?? undefined
}
