/**
 * Why a case was decided as it was, in one line: the statement that allowed or denied, the condition
 * that came nearest to allowing, or the kind of policy that has nothing to allow it.
 */
import type { Verdict } from '../iam/authorize.ts'
import { isSameAccount, worksAcrossAccounts } from '../iam/decision.ts'
import { typeNames } from '../iam/denial.ts'
import type { Evaluation, Explanation } from '../iam/explain.ts'
import { failingCondition, type FailingCondition } from '../iam/hints.ts'
import type { AccessRequest, ContextValue } from '../iam/request.ts'
import { shortened } from '../iam/shortened.ts'

const names: Readonly<Record<Verdict['decidedBy'], string>> = { ...typeNames, GRANT: 'grant' }

export function reasonOf(
  request: AccessRequest,
  explanation: Explanation,
  verdict: Verdict,
): string {
  if (verdict.effect === 'ALLOW') return allowReason(explanation, verdict)
  const failing = failingCondition(explanation, verdict)
  if (verdict.effect === 'EXPLICIT_DENY') return denyReason(explanation, verdict, failing)
  return missingReason(request, verdict, failing)
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
  const condition = failing ? `: ${conditionOf(failing)}` : ''
  for (const evaluation of evaluations) {
    if (evaluation.policyType !== verdict.decidedBy) continue
    // Two files may have one name.
    const denying = evaluation.statements.find(
      ({ applies, effect }) => applies && effect === 'Deny',
    )
    if (denying) return `${nameOf(evaluation, denying)} denies it${condition}`
  }
  throw new Error('a denial by no statement')
}

function missingReason(
  request: AccessRequest,
  { decidedBy }: Verdict,
  failing: FailingCondition | null,
): string {
  const { action, principal } = request
  if (!isSameAccount(request) && !worksAcrossAccounts(request)) {
    return `${action} does not work on a key of another account`
  }
  if (failing) return `${statementOf(failing)} wants ${conditionOf(failing)}`
  const isOfKey = decidedBy === 'RESOURCE_BASED_POLICY'
  const what = isOfKey ? 'statement of the key policy' : names[decidedBy]
  return `no ${what} allows ${action} to ${principal.arn}`
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
  const isOfKey = policyType === 'RESOURCE_BASED_POLICY'
  const where = isOfKey ? 'the key policy' : `the ${names[policyType]} ${policy}`
  return `statement ${statement} of ${where}`
}

function conditionOf({ operator, key, expected, actual }: FailingCondition): string {
  const has = actual === null ? 'none' : printed(actual)
  return `${operator} ${key} ${printed(expected)}; the request has ${has}`
}

function printed(value: ContextValue): string {
  return (typeof value === 'string' ? [value] : value).map(shortened).join(', ')
}
