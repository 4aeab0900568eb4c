/**
 * The organization that the default account is a member of, and which of its policies limit a call:
 * service control policies by who calls, resource control policies by whose resource it is.
 * Source: AWS Organizations user guide, "Service control policies (SCPs)" and "Resource control
 * policies (RCPs)"; KMS developer guide, "Resource control policies in AWS KMS".
 */
import type { AttachedPolicy, PolicySet } from '../iam/authorize.ts'
import { parsePolicy } from '../iam/document.ts'
import type { Principal } from '../iam/request.ts'
import type { Membership } from './conditions.ts'
import type { Key } from './key.ts'

export interface Organization extends Membership {
  readonly account: string
  readonly serviceControlPolicies: readonly AttachedPolicy[]
  readonly resourceControlPolicies: readonly AttachedPolicy[]
}

/** AWS attaches RCPFullAWSAccess to everything in an organization that has RCPs. */
export function withFullAccess(organization: Organization): Organization {
  const { resourceControlPolicies: own } = organization
  if (own.length === 0) return organization
  const statement = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }
  const text = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const document = parsePolicy(text, 'resourceControl')
  return {
    ...organization,
    resourceControlPolicies: [...own, { name: 'RCPFullAWSAccess', document }],
  }
}

/** Who does what to whose key; the key is null where there is none. */
interface Limited {
  readonly principal: Principal
  readonly resourceAccount: string
  readonly key: Key | null
}

/** The policies of the organization that take part; neither kind limits a service-linked role. */
export function controlPolicies(
  { account, serviceControlPolicies, resourceControlPolicies }: Organization,
  { principal, resourceAccount, key }: Limited,
): Pick<PolicySet, 'serviceControl' | 'resourceControl'> {
  if (isServiceLinked(principal)) return {}
  const limitsCaller = belongsTo(principal, account) && serviceControlPolicies.length > 0
  const limitsResource =
    resourceAccount === account && !isManagedByAws(key) && resourceControlPolicies.length > 0
  return {
    ...(limitsCaller && { serviceControl: serviceControlPolicies }),
    ...(limitsResource && { resourceControl: resourceControlPolicies }),
  }
}

/** A service and the bearer of a web identity token are no part of an account. */
function belongsTo({ type, account }: Principal, member: string): boolean {
  return account === member && type !== 'Service' && type !== 'WebIdentity'
}

function isServiceLinked({ roleArn = '' }: Principal): boolean {
  return roleArn.includes(':role/aws-service-role/')
}

function isManagedByAws(key: Key | null): boolean {
  return key?.record.manager === 'AWS'
}
