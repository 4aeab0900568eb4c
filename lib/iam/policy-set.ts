/**
 * What a decision is made from, and what it says: the policies that take part in one request, and
 * the verdict. The names of the policy types are those of AWS's own explanations
 * (GetRequestAuthorizationDetails), and `GRANT`.
 */
import type { PolicyDocument } from './document.ts'
import type { Grant } from './grant.ts'

export type PolicyType =
  | 'SERVICE_CONTROL_POLICY'
  | 'RESOURCE_CONTROL_POLICY'
  | 'RESOURCE_BASED_POLICY'
  | 'IDENTITY_BASED_POLICY'
  | 'PERMISSIONS_BOUNDARY'
  | 'SESSION_POLICY'
  | 'VPC_ENDPOINT_POLICY'

/** The types that only ever limit: what none of their policies allows is denied. */
export const limits: readonly PolicyType[] = [
  'SERVICE_CONTROL_POLICY',
  'RESOURCE_CONTROL_POLICY',
  'PERMISSIONS_BOUNDARY',
  'SESSION_POLICY',
  'VPC_ENDPOINT_POLICY',
]

export interface AttachedPolicy {
  readonly name: string
  readonly document: PolicyDocument
  /** Managed policies and policies of an organization have one; a denial prints it. */
  readonly arn?: string
}

export interface PolicySet {
  /** The policy of the resource; null when the action is on none that has a policy. */
  readonly keyPolicy: PolicyDocument | null
  readonly identity: readonly AttachedPolicy[]
  readonly boundary?: AttachedPolicy | undefined
  /** The policies of the session together: one that allows is enough. */
  readonly session?: readonly AttachedPolicy[] | undefined
  /** The policies of one organization; none at all where the list is absent or empty. */
  readonly serviceControl?: readonly AttachedPolicy[] | undefined
  /** With AWS's own RCPFullAWSAccess, which is always attached: without it nothing is allowed. */
  readonly resourceControl?: readonly AttachedPolicy[] | undefined
  readonly vpcEndpoint?: AttachedPolicy | undefined
  /** The grants on the key; for kms:RetireGrant only the one that is to be retired. */
  readonly grants: readonly Grant[]
}

/** AWS's name for a key's only policy. */
export const keyPolicyName = 'default'

/** Ours: a role has one, and no name for it. */
export const trustPolicyName = 'trust policy'

export interface AttachedLayer {
  readonly type: PolicyType
  readonly policies: readonly AttachedPolicy[]
}

/** The policies of a set by their types, in the order in which a denial names one. */
export function layersOf(set: PolicySet): AttachedLayer[] {
  const layers: AttachedLayer[] = []
  const add = (type: PolicyType, policies: readonly AttachedPolicy[]): void => {
    layers.push({ type, policies })
  }
  if (set.serviceControl?.length) add('SERVICE_CONTROL_POLICY', set.serviceControl)
  if (set.resourceControl?.length) add('RESOURCE_CONTROL_POLICY', set.resourceControl)
  if (set.keyPolicy) {
    const name = set.keyPolicy.kind === 'trust' ? trustPolicyName : keyPolicyName
    add('RESOURCE_BASED_POLICY', [{ name, document: set.keyPolicy }])
  }
  add('IDENTITY_BASED_POLICY', set.identity)
  if (set.boundary) add('PERMISSIONS_BOUNDARY', [set.boundary])
  if (set.session) add('SESSION_POLICY', set.session)
  if (set.vpcEndpoint) add('VPC_ENDPOINT_POLICY', [set.vpcEndpoint])
  return layers
}

export interface Verdict {
  readonly effect: 'ALLOW' | 'IMPLICIT_DENY' | 'EXPLICIT_DENY'
  /** The type that allowed or denied, or that did not allow. */
  readonly decidedBy: PolicyType | 'GRANT'
  /** An explicit denial: the policy and the index of its statement. */
  readonly policy?: string
  readonly policyArn?: string
  readonly statement?: number
  /** What a grant allowed. */
  readonly grantId?: string
}
