/**
 * Which changes of a policy would give a secret to a call without an attestation document, so that
 * none is proposed where another is possible: of a key policy that asks for documents, a statement
 * or a grant that asks for none and would allow more, and a Deny that asks for one and would go.
 */
import { costs, type Attempt } from './attempt.ts'
import { isSameAccount } from './decision.ts'
import type { Statement } from './document.ts'
import { viewStatement } from './lint/statement-view.ts'
import type { Denied } from './nearest-principals.ts'
import type { PolicyType } from './policy-set.ts'

/** Statements are asked about again in every attempt. */
const answers = new WeakMap<Statement, boolean>()

/** Of an Allow: whether no call without a document passes, or would if its keys were well spelt. */
function wantsDocument(statement: Statement): boolean {
  const known = answers.get(statement)
  if (known !== undefined) return known
  const { attestation, passesUnattested } = viewStatement(statement)
  const answer = statement.effect === 'Allow' ? !passesUnattested : attestation.length > 0
  answers.set(statement, answer)
  return answer
}

/** An operation with a Recipient, on a key that gives plaintext to attested calls. */
function isGuarded({ changed, facts }: Denied): boolean {
  const statements = changed.policies.keyPolicy?.statements ?? []
  return (
    facts.takesRecipient && statements.some((one) => one.effect === 'Allow' && wantsDocument(one))
  )
}

/** Across accounts the key policy still asks for its document. */
function decidesAlone({ changed }: Denied, type: PolicyType): boolean {
  if (type === 'IDENTITY_BASED_POLICY') return isSameAccount(changed.request)
  return type === 'RESOURCE_BASED_POLICY'
}

/**
 * Null stands for a policy or a statement that would have to be written, and for a grant, which
 * counts as of the key policy.
 */
export function pricedAllow(
  denied: Denied,
  type: PolicyType,
  statement: Statement | null,
  next: Attempt,
): Attempt {
  if (!decidesAlone(denied, type) || !isGuarded(denied)) return next
  if (statement && wantsDocument(statement)) return next
  const added = next.needs.slice(denied.attempt.needs.length)
  return next.dearer(added.some(({ of }) => of === 'POLICY') ? costs.opening : costs.unattested)
}

export function pricedWaiver({ facts }: Denied, statement: Statement, next: Attempt): Attempt {
  return facts.takesRecipient && wantsDocument(statement) ? next.dearer(costs.opening) : next
}
