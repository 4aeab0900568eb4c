/**
 * The principals that a grant can name: an account, a user, a role, a federated user or a session.
 * Refuses groups, organizations, whatever is no principal, and users and roles that there are not.
 * Source: API reference, CreateGrant, GranteePrincipal; IAM user guide, "IAM ARNs".
 */
import { rootArn } from './arn.ts'
import type { Call } from './call.ts'
import { Fault } from './faults.ts'

const arnForm = /^arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|[a-z-]+\/[\x21-\x7e]+)$/

/** The ARN of the principal that a parameter names; twelve digits are an account's root user. */
export function readPrincipal({ scope }: Pick<Call, 'scope'>, text: string): string {
  if (/^\d{12}$/.test(text)) return rootArn(text, scope.region)
  const [, service, resource = ''] = arnForm.exec(text) ?? []
  const [kind = ''] = resource.split('/')
  const isPrincipal =
    service === 'iam'
      ? ['root', 'user', 'role'].includes(kind)
      : service === 'sts' && ['assumed-role', 'federated-user'].includes(kind)
  if (!isPrincipal) throw invalidPrincipal(text)
  return text
}

/** The same for a principal that a new grant is to name: it has to be there. */
export function readKnownPrincipal(call: Pick<Call, 'scope' | 'principals'>, text: string): string {
  const arn = readPrincipal(call, text)
  if (!call.principals.exists(arn)) throw invalidPrincipal(text)
  return arn
}

function invalidPrincipal(principal: string): Fault {
  return new Fault('InvalidArnException', `Invalid principal ${principal}`)
}

/** Whether a grant's principal is an AWS service: those have names, and all others ARNs. */
export function isService(principal: string): boolean {
  return !principal.startsWith('arn:')
}
