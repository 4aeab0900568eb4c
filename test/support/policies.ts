/**
 * Key policies for tests of access, and AWS's texts for what they refuse.
 */
import type { Refusal } from './call.ts'
import { account, parentArn, parentSessionArn } from './scene.ts'

type Statement = Readonly<Record<string, unknown>>

export const accountRoot = `arn:aws:iam::${account}:root`

/** The account's own policies decide everything. */
export const delegation: Statement = {
  Effect: 'Allow',
  Principal: { AWS: accountRoot },
  Action: 'kms:*',
  Resource: '*',
}

/** What keeps a key from being locked away: the root user alone may change its policy. */
const administration: Statement = {
  ...delegation,
  Action: 'kms:PutKeyPolicy',
  Condition: { ArnEquals: { 'aws:PrincipalArn': accountRoot } },
}

/** A key policy of these statements alone. */
export function policyOf(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

/** A key policy that leaves nothing to the account but its own change to the root user. */
export function closedPolicy(...statements: readonly Statement[]): string {
  return policyOf(administration, ...statements)
}

export function allow(
  action: string | readonly string[],
  principal = parentArn,
  more: Statement = {},
): Statement {
  return { Effect: 'Allow', Principal: { AWS: principal }, Action: action, Resource: '*', ...more }
}

export function deny(action: string, principal = parentArn, more: Statement = {}): Statement {
  return { ...allow(action, principal, more), Effect: 'Deny' }
}

/** The caller's ARN as AWS prints it; the parent's unless said. */
interface Who {
  readonly principal?: string
}

/** AWS's form A: the account may decide, and its policies do not allow it. */
export function noIdentityPolicy(
  action: string,
  resource: string,
  { principal = parentSessionArn }: Who = {},
): Refusal {
  return denied(principal, action, resource, 'no identity-based policy')
}

/** AWS's form B: the key policy does not allow it. */
export function noKeyPolicy(
  action: string,
  resource: string,
  { principal = parentSessionArn }: Who = {},
): Refusal {
  return denied(principal, action, resource, 'no resource-based policy')
}

function denied(principal: string, action: string, resource: string, reason: string): Refusal {
  return [
    'AccessDeniedException',
    `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} because ${reason} allows the ${action} action`,
  ]
}

/** AWS's form C: the key policy denies it. */
export function deniedByKeyPolicy(
  action: string,
  resource: string,
  { principal = parentSessionArn }: Who = {},
): Refusal {
  return [
    'AccessDeniedException',
    `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} with an explicit deny in a resource-based policy`,
  ]
}

const unreachable =
  'because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access'

/** AWS's form E: another account's key, whether it exists or not. */
export function unreachableKey(action: string, principal: string): Refusal {
  return [
    'AccessDeniedException',
    `User: ${principal} is not authorized to perform: ${action} on this resource ${unreachable}`,
  ]
}

/** AWS's form F: a ciphertext's key, whether it exists or not. */
export function unreachableCiphertext(action: string, principal: string): Refusal {
  return [
    'AccessDeniedException',
    `User: ${principal} is not authorized to perform: ${action} on the resource associated with this ciphertext ${unreachable}`,
  ]
}
