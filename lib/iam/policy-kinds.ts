/**
 * What each kind of policy may hold, one row per kind. Sources: IAM user guide, "Grammar of the IAM
 * JSON policy language" and "IAM and AWS STS quotas"; KMS developer guide, "Key policies"; AWS
 * Organizations user guide, "SCP syntax", "RCP syntax" and "Quotas".
 */

export interface PolicyKindRow {
  /** Whether a statement names principals: it must, or it must not, or it may name everyone only. */
  readonly principal: 'required' | 'forbidden' | 'everyone'
  readonly notPrincipal: boolean
  /** IAM user guide, "AWS JSON policy elements: Principal", "OIDC federated principals". */
  readonly federated: boolean
  /** A statement without an Action or Resource is stored, and has no effect. */
  readonly incomplete: boolean
  /** A trust policy is about its own role and names no resource. */
  readonly resource: boolean
  readonly id: boolean
  /** Letters and digits only, and no two alike. */
  readonly strictSid: boolean
  readonly limit: { readonly size: number; readonly unit: 'bytes' | 'characters' }
}

const identity: PolicyKindRow = {
  principal: 'forbidden',
  notPrincipal: false,
  federated: false,
  incomplete: false,
  resource: true,
  id: false,
  strictSid: true,
  // Characters without white space: what a role's inline policies may have together.
  limit: { size: 10_240, unit: 'characters' },
}

const resource: PolicyKindRow = {
  principal: 'required',
  notPrincipal: true,
  federated: false,
  incomplete: false,
  resource: true,
  id: true,
  strictSid: false,
  limit: { size: 20_480, unit: 'characters' },
}

export const policyKinds = {
  key: { ...resource, incomplete: true, limit: { size: 32_768, unit: 'bytes' } },
  vpcEndpoint: resource,
  trust: { ...resource, notPrincipal: false, federated: true, resource: false, strictSid: true },
  identity,
  boundary: identity,
  session: identity,
  serviceControl: identity,
  resourceControl: { ...identity, principal: 'everyone' },
} as const satisfies Record<string, PolicyKindRow>

export type PolicyKind = keyof typeof policyKinds
