/**
 * What the tests of the policy engine are written with: requests of the usual callers, and policies
 * as plain objects.
 */
import type { AttachedPolicy, PolicySet } from '../../lib/iam/authorize.ts'
import { parsePolicy, type PolicyDocument, type PolicyKind } from '../../lib/iam/document.ts'
import type {
  AccessRequest,
  ContextValue,
  Principal,
  RequestContext,
} from '../../lib/iam/request.ts'

export const account = '111122223333'
export const otherAccount = '444455556666'
export const keyArn = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
export const rootArn = `arn:aws:iam::${account}:root`
export const userArn = `arn:aws:iam::${account}:user/teams/alice`
export const roleArn = `arn:aws:iam::${account}:role/enclave-parent`
export const sessionArn = `arn:aws:sts::${account}:assumed-role/enclave-parent/worker-1`
export const federatedArn = `arn:aws:sts::${account}:federated-user/bob`
export const foreignRoleArn = `arn:aws:iam::${otherAccount}:role/partner`

export const callers = {
  root: { type: 'Account', arn: rootArn, account },
  user: { type: 'User', arn: userArn, account },
  role: { type: 'AssumedRole', arn: sessionArn, roleArn, account },
  federated: { type: 'FederatedUser', arn: federatedArn, account },
  service: { type: 'Service', arn: 'logs.us-east-1.amazonaws.com', account: '' },
  webIdentity: {
    type: 'WebIdentity',
    arn: `arn:aws:iam::${account}:oidc-provider/token.example.com`,
    account,
  },
  foreignRoot: { type: 'Account', arn: `arn:aws:iam::${otherAccount}:root`, account: otherAccount },
  foreignUser: {
    type: 'User',
    arn: `arn:aws:iam::${otherAccount}:user/carol`,
    account: otherAccount,
  },
  foreignRole: {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${otherAccount}:assumed-role/partner/s`,
    roleArn: foreignRoleArn,
    account: otherAccount,
  },
} as const satisfies Record<string, Principal>

export type CallerName = keyof typeof callers

/** A context with these keys and no others; an undefined value is a key that is not there. */
export function contextOf(
  values: Readonly<Record<string, ContextValue | undefined>> = {},
): RequestContext {
  const entries = Object.entries(values).filter(
    (entry): entry is [string, ContextValue] => entry[1] !== undefined,
  )
  const byKey = new Map(entries.map(([key, value]) => [key.toLowerCase(), value]))
  return { get: (key) => byKey.get(key), entries: () => entries }
}

export function requestOf(
  caller: CallerName,
  action = 'kms:Decrypt',
  context: Readonly<Record<string, ContextValue | undefined>> = {},
  resource = keyArn,
): AccessRequest {
  return {
    principal: callers[caller],
    action,
    resource,
    resourceAccount: account,
    context: contextOf(context),
  }
}

export type StatementSource = Readonly<Record<string, unknown>>

export function policyOf(
  kind: PolicyKind,
  ...statements: readonly StatementSource[]
): PolicyDocument {
  return parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind)
}

/** A statement of a key policy that allows all of KMS. */
export function allow(principal: unknown, more: StatementSource = {}): StatementSource {
  return { Effect: 'Allow', Principal: principal, Action: 'kms:*', Resource: '*', ...more }
}

export function deny(principal: unknown, more: StatementSource = {}): StatementSource {
  return { ...allow(principal, more), Effect: 'Deny' }
}

/** A policy of a kind that names no principals: one statement. */
export function attached(
  kind: PolicyKind,
  effect: 'Allow' | 'Deny',
  more: StatementSource = {},
): AttachedPolicy {
  const principal = kind === 'vpcEndpoint' || kind === 'resourceControl' ? { Principal: '*' } : {}
  const statement = { Effect: effect, Action: 'kms:*', Resource: '*', ...principal, ...more }
  return { name: `${kind}-${effect.toLowerCase()}`, document: policyOf(kind, statement) }
}

/** A key policy with these statements, and nothing else but what `more` says. */
export function policySet(
  statements: readonly StatementSource[] | null,
  more: Partial<PolicySet> = {},
): PolicySet {
  return {
    keyPolicy: statements && policyOf('key', ...statements),
    identity: [],
    grants: [],
    ...more,
  }
}
