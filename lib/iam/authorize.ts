/**
 * May this principal do this? Asks every policy that takes part, and the grants, and says yes only
 * when they say yes. Source: IAM user guide, "Policy evaluation logic".
 */
import { decide } from './decision.ts'
import type { PolicySet, Verdict } from './policy-set.ts'
import type { AccessRequest } from './request.ts'
import { judgeDocument, questionOf } from './statement.ts'

export { denialText, type DenialOptions } from './denial.ts'
export type { AttachedPolicy, PolicySet, PolicyType, Verdict } from './policy-set.ts'

export function authorize(request: AccessRequest, policies: PolicySet): Verdict {
  const question = questionOf(request, policies)
  return decide(request, policies, (document) => judgeDocument(document, question))
}
