/**
 * Why a case was decided as it was, in one line: the statement that allowed or denied, or the
 * condition that came nearest to allowing. Where neither is to blame, it is AWS's own text.
 */
import type { Verdict } from '../iam/authorize.ts'
import type { Explanation, Evaluation } from '../iam/explain.ts'
import { failingCondition, type FailingCondition } from '../iam/hints.ts'
import type { ContextValue } from '../iam/request.ts'

/** `message` is AWS's text of a refusal. */
export function reasonOf(explanation: Explanation, verdict: Verdict, message: string): string {
  if (verdict.effect === 'ALLOW') return allowReason(explanation, verdict)
  const failing = failingCondition(explanation)
  if (verdict.effect === 'EXPLICIT_DENY') return denyReason(explanation, verdict, failing)
  return failing ? `${statementOf(failing)} wants ${conditionOf(failing)}` : message
}

function allowReason({ evaluations }: Explanation, verdict: Verdict): string {
  if (verdict.decidedBy === 'GRANT') return `grant ${String(verdict.grantId)} allows it`
  for (const evaluation of evaluations) {
    if (evaluation.policyType !== verdict.decidedBy) continue
    const allowing = evaluation.statements.find(
      ({ applies, effect }) => applies && effect === 'Allow',
    )
    if (allowing) return `${nameOf(evaluation, allowing)} allows it`
  }
  return "the account's root user needs no policy"
}

function denyReason(
  { evaluations }: Explanation,
  verdict: Verdict,
  failing: FailingCondition | null,
): string {
  const evaluation = evaluations.find(
    ({ policyType, policy }) => policyType === verdict.decidedBy && policy === verdict.policy,
  )
  const statement = evaluation?.statements.find(({ index }) => index === verdict.statement)
  if (!evaluation || !statement) throw new Error('a denial by no statement')
  const condition = failing ? `: ${conditionOf(failing)}` : ''
  return `${nameOf(evaluation, statement)} denies it${condition}`
}

function nameOf(
  { policyType, policy }: Pick<Evaluation, 'policyType' | 'policy'>,
  { sid, index }: { readonly sid: string | null; readonly index: number },
): string {
  return statementOf({ policyType, policy, statement: sid ?? String(index) })
}

function statementOf({
  policyType,
  policy,
  statement,
}: Pick<FailingCondition, 'policyType' | 'policy' | 'statement'>): string {
  if (policyType === 'GRANT') return `grant ${policy}`
  const where = policyType === 'RESOURCE_BASED_POLICY' ? 'the key policy' : policy
  return `statement ${statement} of ${where}`
}

function conditionOf({ operator, key, expected, actual }: FailingCondition): string {
  const has = actual === null ? 'none' : printed(actual)
  return `${operator} ${key} ${printed(expected)}; the request has ${has}`
}

function printed(value: ContextValue): string {
  return (typeof value === 'string' ? [value] : value).map(shortened).join(', ')
}

/** Of a digest the two ends are enough to tell it by. */
function shortened(text: string): string {
  return text.length > 64 ? `${text.slice(0, 16)}…${text.slice(-8)}` : text
}
