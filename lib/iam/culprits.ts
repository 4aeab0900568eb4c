/**
 * Of all the conditions in an explanation, those that a refusal hangs on: what kept an Allow from
 * applying that fits otherwise, and what made a Deny apply.
 */
import { parseOperator } from './condition.ts'
import type {
  ElementExplanation,
  Evaluation,
  Explanation,
  StatementExplanation,
} from './explain.ts'
import { limits, type Verdict } from './policy-set.ts'

/** A condition or a grant's constraint, with the place where it stands. */
export interface Culprit {
  readonly evaluation: Evaluation
  readonly statement: StatementExplanation
  readonly operator: string
  readonly key: string
  readonly expected: readonly string[]
  readonly actual: ElementExplanation['actual']
}

/** What the log prints of a refusal: the one condition that came nearest to allowing. */
export interface FailingCondition {
  readonly policyType: Evaluation['policyType']
  readonly policy: string
  /** The statement's Sid, or its index. */
  readonly statement: string
  readonly operator: string
  readonly key: string
  readonly expected: readonly string[]
  readonly actual: ElementExplanation['actual']
}

export function culpritsOf({ effect, evaluations }: Explanation): Culprit[] {
  if (effect === 'ALLOW') return []
  return evaluations.flatMap((evaluation) =>
    evaluation.statements.flatMap((statement) =>
      guiltyElements(statement, effect).flatMap(({ operator, key, expected, actual }) =>
        operator !== null && key !== null
          ? [{ evaluation, statement, operator, key, expected, actual }]
          : [],
      ),
    ),
  )
}

/**
 * The condition to print: of the Deny that decided its first; else, of the Allows that only
 * conditions held back, the one with the fewest of them. Null when no condition is to blame.
 */
export function failingCondition(
  explanation: Explanation,
  verdict: Verdict,
): FailingCondition | null {
  const culprits = culpritsOf(explanation).filter((culprit) => isDecisive(culprit, verdict))
  const denying = culprits.find(({ statement }) => statement.effect === 'Deny')
  const nearest = denying ?? culprits.sort((a, b) => failuresOf(a) - failuresOf(b))[0]
  if (!nearest) return null
  const { evaluation, statement, operator, key, expected, actual } = nearest
  return {
    policyType: evaluation.policyType,
    policy: evaluation.policy,
    statement: statement.sid ?? String(statement.index),
    operator,
    key,
    expected,
    actual,
  }
}

/** Whether it stands where the decision was made: what else limits the request has allowed it. */
function isDecisive({ evaluation, statement }: Culprit, verdict: Verdict): boolean {
  const { policyType, policy } = evaluation
  if (verdict.effect === 'EXPLICIT_DENY') {
    const isOwn = policyType === verdict.decidedBy && policy === verdict.policy
    return isOwn && statement.index === verdict.statement
  }
  const limit = limits.find((type) => type === verdict.decidedBy)
  return limit ? policyType === limit : !limits.some((type) => type === policyType)
}

function failuresOf({ statement }: Culprit): number {
  return statement.elements.filter(({ matched }) => !matched).length
}

function guiltyElements(
  { effect, applies, elements }: StatementExplanation,
  decided: Explanation['effect'],
): readonly ElementExplanation[] {
  if (effect === 'Deny') {
    if (decided !== 'EXPLICIT_DENY' || !applies) return []
    return elements.filter(isCondition)
  }
  if (decided === 'EXPLICIT_DENY') return []
  const failing = elements.filter(({ matched }) => !matched)
  return failing.every(isCondition) ? failing : []
}

function isCondition({ element }: ElementExplanation): boolean {
  return element === 'Condition' || element === 'Constraints'
}

/** Whether the condition wants the request's value to be one of the policy's. */
export function wantsEquality({ operator, statement }: Culprit): boolean {
  const negated = parseOperator(operator)?.operator.negated ?? false
  return negated === (statement.effect === 'Deny')
}
