/**
 * The principals that a grant can name: an account, a user, a role, a federated user or a session.
 * Refuses groups, organizations, whatever is no principal, and users and roles that there are not.
 * Source: API reference, CreateGrant, GranteePrincipal; IAM user guide, "IAM ARNs".
 */
import { rootArn } from '../arn.ts'
import type { Call } from '../call.ts'
import { Fault } from '../faults.ts'

/** A session's ARN has its role's name without the role's path. */
const forms = [
  /^arn:aws[a-z-]*:iam::\d{12}:(?:root|(?:user|role)\/[\x21-\x7e]+)$/,
  /^arn:aws[a-z-]*:sts::\d{12}:assumed-role(?:\/[\x21-\x2e\x30-\x7e]+){2}$/,
  /^arn:aws[a-z-]*:sts::\d{12}:federated-user\/[\x21-\x2e\x30-\x7e]+$/,
]

/**
 * The ARN of the principal that a parameter names; twelve digits are an account's root user. Whatever
 * else is no ARN stands for a principal that is not there, which is refused with `noArn`: the unique
 * ids that AWS takes instead of ARNs are not known here.
 */
export function readPrincipal(
  { scope, principals }: Pick<Call, 'scope' | 'principals'>,
  text: string,
  noArn: Fault,
): string {
  if (/^\d{12}$/.test(text)) return rootArn(text, scope.region)
  if (!text.startsWith('arn:')) throw noArn
  if (!forms.some((form) => form.test(text))) {
    throw new Fault('InvalidArnException', `ARN is not valid: ${text}`)
  }
  if (principals.exists(text)) return text
  throw new Fault('InvalidArnException', `ARN does not refer to a valid principal: ${text}`)
}

/** Whether a grant's principal is an AWS service: those have names, and all others ARNs. */
export function isService(principal: string): boolean {
  return !principal.startsWith('arn:')
}
