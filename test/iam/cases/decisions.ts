/**
 * Whole decisions: who asks, under which policies, and the verdict. Each row names the clause that
 * it comes from.
 */
import type { PolicySet, Verdict } from '../../../lib/iam/authorize.ts'
import type { Grant } from '../../../lib/iam/grant.ts'
import type { ContextValue } from '../../../lib/iam/request.ts'
import {
  account,
  allow,
  attached,
  callers,
  deny,
  federatedArn,
  foreignRoleArn,
  keyArn,
  otherAccount,
  policySet,
  roleArn,
  rootArn,
  sessionArn,
  userArn,
  type CallerName,
  type StatementSource,
} from '../support.ts'

export interface DecisionCase {
  readonly clause: string
  readonly title: string
  readonly caller: CallerName
  /** kms:Decrypt unless said. */
  readonly action?: string
  readonly context?: Readonly<Record<string, ContextValue>>
  readonly policies: PolicySet
  readonly effect: Verdict['effect']
  readonly decidedBy: Verdict['decidedBy']
}

const effects = { yes: 'ALLOW', no: 'IMPLICIT_DENY', denied: 'EXPLICIT_DENY' } as const
const types = {
  key: 'RESOURCE_BASED_POLICY',
  identity: 'IDENTITY_BASED_POLICY',
  boundary: 'PERMISSIONS_BOUNDARY',
  session: 'SESSION_POLICY',
  scp: 'SERVICE_CONTROL_POLICY',
  rcp: 'RESOURCE_CONTROL_POLICY',
  vpce: 'VPC_ENDPOINT_POLICY',
  grant: 'GRANT',
} as const

/** `caller [action]`: `role`, `role kms:Encrypt`. */
function decision(
  clause: string,
  title: string,
  who: CallerName | `${CallerName} kms:${string}`,
  policies: PolicySet,
  outcome: `${keyof typeof effects} ${keyof typeof types}`,
  context: Readonly<Record<string, ContextValue>> = {},
): DecisionCase {
  const [caller, action = 'kms:Decrypt'] = who.split(' ') as [CallerName, string?]
  const [effect, type] = outcome.split(' ') as [keyof typeof effects, keyof typeof types]
  return {
    clause,
    title,
    caller,
    action,
    context,
    policies,
    effect: effects[effect],
    decidedBy: types[type],
  }
}

const yesIdentity = [attached('identity', 'Allow')]
const noIdentity = [attached('identity', 'Deny')]
const encryptOnly = { Action: 'kms:Encrypt' }
const narrowBoundary = attached('boundary', 'Allow', encryptOnly)
const narrowSession = [attached('session', 'Allow', encryptOnly)]
const delegates = allow({ AWS: account })

function grant(granteePrincipal: string, more: Partial<Grant> = {}): Grant {
  return { grantId: 'g1', granteePrincipal, operations: ['Decrypt', 'DescribeKey'], ...more }
}

const same = 'KMS key policies: same account'
const trust = 'KMS key policies: Allow access to the AWS account and enable IAM policies'
const cross = 'KMS: Allowing users in other accounts to use a KMS key'
const denies = 'IAM policy evaluation logic: explicit and implicit denies'
const limits = 'IAM policy evaluation logic: permissions boundaries and resource-based policies'
const organization = 'IAM policy evaluation logic: SCPs and RCPs'
const endpoint = 'KMS: VPC endpoint policies'
const grants = 'KMS: Grants'
const retire = 'KMS: Retiring and revoking grants'
const noKey = 'KMS: IAM policies for actions on no key'
const managed = 'KMS: AWS managed keys'

export const decisionCases: readonly DecisionCase[] = [
  decision(
    trust,
    'the default policy and the root user',
    'root',
    policySet([delegates]),
    'yes key',
  ),
  decision(trust, 'the default policy alone', 'role', policySet([delegates]), 'no identity'),
  decision(
    trust,
    'the default policy and an identity policy',
    'role',
    policySet([delegates], { identity: yesIdentity }),
    'yes identity',
  ),
  decision(
    trust,
    'an identity policy of another action',
    'role',
    policySet([delegates], { identity: [attached('identity', 'Allow', encryptOnly)] }),
    'no identity',
  ),
  decision(
    trust,
    'an identity policy for another key',
    'user',
    policySet([delegates], {
      identity: [attached('identity', 'Allow', { Resource: `${keyArn}0` })],
    }),
    'no identity',
  ),
  decision(
    trust,
    'the second identity policy allows',
    'user',
    policySet([delegates], {
      identity: [attached('identity', 'Allow', encryptOnly), ...yesIdentity],
    }),
    'yes identity',
  ),
  decision(
    trust,
    'no statement names the account',
    'role',
    policySet([allow({ AWS: userArn })], { identity: yesIdentity }),
    'no key',
  ),
  decision(trust, 'no statement at all', 'root', policySet([]), 'no key'),
  decision(
    trust,
    'a statement for the account under a condition that fails',
    'user',
    policySet(
      [allow({ AWS: account }, { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
      { identity: yesIdentity },
    ),
    'no key',
    { 'aws:SecureTransport': 'false' },
  ),
  decision(
    trust,
    'a statement for the account under a condition that holds',
    'user',
    policySet(
      [allow({ AWS: account }, { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
      { identity: yesIdentity },
    ),
    'yes identity',
    { 'aws:SecureTransport': 'true' },
  ),
  decision(
    trust,
    'a statement for the account and other actions',
    'user',
    policySet([allow({ AWS: account }, encryptOnly)], { identity: yesIdentity }),
    'no key',
  ),
  decision(
    trust,
    'a federated user through its account',
    'federated',
    policySet([delegates], { identity: yesIdentity }),
    'yes identity',
  ),
  decision(
    trust,
    'the root user that no statement names',
    'root',
    policySet([allow({ AWS: roleArn })]),
    'no key',
  ),
  decision(trust, 'the root user among everyone', 'root', policySet([allow('*')]), 'yes key'),

  decision(same, 'a user by name', 'user', policySet([allow({ AWS: userArn })]), 'yes key'),
  decision(same, 'a role by name', 'role', policySet([allow({ AWS: roleArn })]), 'yes key'),
  decision(same, 'a session by name', 'role', policySet([allow({ AWS: sessionArn })]), 'yes key'),
  decision(
    same,
    'a federated user by name',
    'federated',
    policySet([allow({ AWS: federatedArn })]),
    'yes key',
  ),
  decision(same, 'everyone', 'role', policySet([allow('*')]), 'yes key'),
  decision(
    same,
    'everyone under a condition on the principal',
    'role',
    policySet([allow('*', { Condition: { ArnEquals: { 'aws:PrincipalArn': roleArn } } })]),
    'yes key',
    { 'aws:PrincipalArn': roleArn },
  ),
  decision(
    same,
    'everyone under a condition on another principal',
    'user',
    policySet([allow('*', { Condition: { ArnEquals: { 'aws:PrincipalArn': roleArn } } })]),
    'no key',
    { 'aws:PrincipalArn': userArn },
  ),
  decision(
    same,
    'a role by name and the wrong measurement',
    'role',
    policySet([
      allow(
        { AWS: roleArn },
        { Condition: { StringEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': 'aa' } } },
      ),
    ]),
    'no key',
    { 'kms:RecipientAttestation:PCR0': 'bb' },
  ),
  decision(
    same,
    'a role by name and the right measurement',
    'role',
    policySet([
      allow(
        { AWS: roleArn },
        { Condition: { StringEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': 'AA' } } },
      ),
    ]),
    'yes key',
    { 'kms:RecipientAttestation:PCR0': 'aa' },
  ),
  decision(
    same,
    'a role by name and no measurement',
    'role',
    policySet([
      allow(
        { AWS: roleArn },
        { Condition: { StringEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': 'AA' } } },
      ),
    ]),
    'no key',
  ),
  decision(
    same,
    'delegation beside a measured statement lets identity policies pass',
    'role',
    policySet(
      [
        delegates,
        allow(
          { AWS: roleArn },
          { Condition: { StringEquals: { 'kms:RecipientAttestation:PCR0': 'AA' } } },
        ),
      ],
      { identity: yesIdentity },
    ),
    'yes identity',
  ),
  decision(
    same,
    'a service by name',
    'service',
    policySet([allow({ Service: callers.service.arn })]),
    'yes key',
  ),
  decision(same, 'a service that no statement names', 'service', policySet([delegates]), 'no key'),
  decision(
    same,
    'a role by name and no identity policy at all',
    'role',
    policySet([allow({ AWS: roleArn }, encryptOnly)]),
    'no key',
  ),

  decision(
    limits,
    'a boundary does not limit a user that is named',
    'user',
    policySet([allow({ AWS: userArn })], { boundary: narrowBoundary }),
    'yes key',
  ),
  decision(
    limits,
    'a boundary does not limit a session that is named',
    'role',
    policySet([allow({ AWS: sessionArn })], { boundary: narrowBoundary }),
    'yes key',
  ),
  decision(
    limits,
    'a session policy does not limit a session that is named',
    'role',
    policySet([allow({ AWS: sessionArn })], { session: narrowSession }),
    'yes key',
  ),
  decision(
    limits,
    'a session policy does not limit a federated user that is named',
    'federated',
    policySet([allow({ AWS: federatedArn })], { session: narrowSession }),
    'yes key',
  ),
  decision(
    limits,
    'a boundary limits a role that is named',
    'role',
    policySet([allow({ AWS: roleArn })], { boundary: narrowBoundary }),
    'no boundary',
  ),
  decision(
    limits,
    'a session policy limits a role that is named',
    'role',
    policySet([allow({ AWS: roleArn })], { session: narrowSession }),
    'no session',
  ),
  decision(
    limits,
    'a boundary and a session that allow a role that is named',
    'role',
    policySet([allow({ AWS: roleArn })], {
      boundary: attached('boundary', 'Allow'),
      session: [attached('session', 'Allow')],
    }),
    'yes key',
  ),
  decision(
    limits,
    'a boundary does not limit everyone',
    'role',
    policySet([allow('*')], { boundary: narrowBoundary }),
    'yes key',
  ),
  decision(
    limits,
    'a session policy does not limit everyone',
    'role',
    policySet([allow('*')], { session: narrowSession }),
    'yes key',
  ),
  decision(
    limits,
    'role and session both named: the session counts',
    'role',
    policySet([allow({ AWS: [roleArn, sessionArn] })], { session: narrowSession }),
    'yes key',
  ),
  decision(
    limits,
    'a boundary limits identity policies',
    'user',
    policySet([delegates], { identity: yesIdentity, boundary: narrowBoundary }),
    'no boundary',
  ),
  decision(
    limits,
    'a session policy limits identity policies',
    'role',
    policySet([delegates], { identity: yesIdentity, session: narrowSession }),
    'no session',
  ),
  decision(
    limits,
    'a boundary alone allows nothing',
    'user',
    policySet([delegates], { boundary: attached('boundary', 'Allow') }),
    'no identity',
  ),
  decision(
    limits,
    'a session policy alone allows nothing',
    'role',
    policySet([delegates], { session: [attached('session', 'Allow')] }),
    'no identity',
  ),
  decision(
    limits,
    'all three allow',
    'role',
    policySet([delegates], {
      identity: yesIdentity,
      boundary: attached('boundary', 'Allow'),
      session: [attached('session', 'Allow')],
    }),
    'yes identity',
  ),
  decision(
    limits,
    'one of two session policies is enough',
    'role',
    policySet([delegates], {
      identity: yesIdentity,
      session: [...narrowSession, attached('session', 'Allow')],
    }),
    'yes identity',
  ),
  decision(
    limits,
    'a session that was given no policy at all',
    'role',
    policySet([delegates], { identity: yesIdentity, session: [] }),
    'no session',
  ),

  decision(
    denies,
    'the key policy denies what it allows',
    'role',
    policySet([allow('*'), deny('*')]),
    'denied key',
  ),
  decision(
    denies,
    'the order does not count',
    'role',
    policySet([deny({ AWS: roleArn }), allow('*')]),
    'denied key',
  ),
  decision(
    denies,
    'the key policy denies the root user',
    'root',
    policySet([delegates, deny({ AWS: account })]),
    'denied key',
  ),
  decision(
    denies,
    'an account in a Deny is everybody in it',
    'role',
    policySet([allow({ AWS: roleArn }), deny({ AWS: account })]),
    'denied key',
  ),
  decision(
    denies,
    'a Deny for somebody else',
    'role',
    policySet([allow({ AWS: roleArn }), deny({ AWS: userArn })]),
    'yes key',
  ),
  decision(
    denies,
    'a Deny of another action',
    'role',
    policySet([allow({ AWS: roleArn }), deny('*', encryptOnly)]),
    'yes key',
  ),
  decision(
    denies,
    'a Deny whose condition fails',
    'role',
    policySet([
      allow({ AWS: roleArn }),
      deny('*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ]),
    'yes key',
    { 'aws:SecureTransport': 'true' },
  ),
  decision(
    denies,
    'a Deny for calls without the measurement',
    'role',
    policySet([
      allow({ AWS: roleArn }),
      deny('*', {
        Condition: { StringNotEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': 'aa' } },
      }),
    ]),
    'denied key',
  ),
  decision(
    denies,
    'an identity policy denies whom the key policy names',
    'user',
    policySet([allow({ AWS: userArn })], { identity: noIdentity }),
    'denied identity',
  ),
  decision(
    denies,
    'a boundary denies whom the key policy names',
    'user',
    policySet([allow({ AWS: userArn })], { boundary: attached('boundary', 'Deny') }),
    'denied boundary',
  ),
  decision(
    denies,
    'a session policy denies a session that is named',
    'role',
    policySet([allow({ AWS: sessionArn })], { session: [attached('session', 'Deny')] }),
    'denied session',
  ),
  decision(
    denies,
    'an SCP denies the root user of a member',
    'root',
    policySet([delegates], {
      serviceControl: [attached('serviceControl', 'Allow'), attached('serviceControl', 'Deny')],
    }),
    'denied scp',
  ),
  decision(
    denies,
    'an RCP denies',
    'role',
    policySet([allow({ AWS: roleArn })], {
      resourceControl: [attached('resourceControl', 'Allow'), attached('resourceControl', 'Deny')],
    }),
    'denied rcp',
  ),
  decision(
    denies,
    'an endpoint policy denies',
    'role',
    policySet([allow({ AWS: roleArn })], { vpcEndpoint: attached('vpcEndpoint', 'Deny') }),
    'denied vpce',
  ),
  decision(
    denies,
    'a Deny wins over a grant',
    'role',
    policySet([deny({ AWS: roleArn })], { grants: [grant(roleArn)] }),
    'denied key',
  ),
  decision(
    denies,
    'an identity Deny wins over a grant',
    'role',
    policySet([], { identity: noIdentity, grants: [grant(roleArn)] }),
    'denied identity',
  ),
  decision(
    denies,
    'of several denials the SCP is named',
    'role',
    policySet([deny('*')], {
      identity: noIdentity,
      serviceControl: [attached('serviceControl', 'Deny')],
    }),
    'denied scp',
  ),
  decision(
    denies,
    'key policy before identity policy',
    'role',
    policySet([deny('*')], { identity: noIdentity }),
    'denied key',
  ),

  decision(
    organization,
    'an SCP that allows',
    'role',
    policySet([allow({ AWS: roleArn })], { serviceControl: [attached('serviceControl', 'Allow')] }),
    'yes key',
  ),
  decision(
    organization,
    'an SCP that allows other actions',
    'role',
    policySet([allow({ AWS: roleArn })], {
      serviceControl: [attached('serviceControl', 'Allow', encryptOnly)],
    }),
    'no scp',
  ),
  decision(
    organization,
    'an SCP limits the root user',
    'root',
    policySet([delegates], { serviceControl: [attached('serviceControl', 'Allow', encryptOnly)] }),
    'no scp',
  ),
  decision(
    organization,
    'an SCP limits grants',
    'role',
    policySet([], {
      serviceControl: [attached('serviceControl', 'Allow', encryptOnly)],
      grants: [grant(roleArn)],
    }),
    'no scp',
  ),
  decision(
    organization,
    'an SCP allows nothing by itself',
    'role',
    policySet([delegates], { serviceControl: [attached('serviceControl', 'Allow')] }),
    'no identity',
  ),
  decision(
    organization,
    'an empty list of SCPs is none',
    'role',
    policySet([allow({ AWS: roleArn })], { serviceControl: [] }),
    'yes key',
  ),
  decision(
    organization,
    'RCPs of which none allows',
    'role',
    policySet([allow({ AWS: roleArn })], {
      resourceControl: [attached('resourceControl', 'Deny', encryptOnly)],
    }),
    'no rcp',
  ),
  decision(
    organization,
    'an RCP beside RCPFullAWSAccess',
    'role',
    policySet([allow({ AWS: roleArn })], {
      resourceControl: [
        attached('resourceControl', 'Allow'),
        attached('resourceControl', 'Deny', encryptOnly),
      ],
    }),
    'yes key',
  ),
  decision(
    organization,
    'an RCP limits callers of other accounts',
    'foreignRole',
    policySet([allow({ AWS: otherAccount })], {
      identity: yesIdentity,
      resourceControl: [
        attached('resourceControl', 'Allow'),
        attached('resourceControl', 'Deny', {
          Condition: { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-mine' } },
        }),
      ],
    }),
    'denied rcp',
    { 'aws:PrincipalOrgID': 'o-other' },
  ),
  decision(
    endpoint,
    'an endpoint policy that allows',
    'role',
    policySet([allow({ AWS: roleArn })], { vpcEndpoint: attached('vpcEndpoint', 'Allow') }),
    'yes key',
  ),
  decision(
    endpoint,
    'an endpoint policy that allows other actions',
    'role',
    policySet([allow({ AWS: roleArn })], {
      vpcEndpoint: attached('vpcEndpoint', 'Allow', encryptOnly),
    }),
    'no vpce',
  ),
  decision(
    endpoint,
    'an endpoint policy that allows others',
    'role',
    policySet([allow({ AWS: roleArn })], {
      vpcEndpoint: attached('vpcEndpoint', 'Allow', { Principal: { AWS: userArn } }),
    }),
    'no vpce',
  ),

  decision(
    cross,
    'both accounts allow',
    'foreignRole',
    policySet([allow({ AWS: otherAccount })], { identity: yesIdentity }),
    'yes identity',
  ),
  decision(
    cross,
    'the key policy names the role',
    'foreignRole',
    policySet([allow({ AWS: foreignRoleArn })], { identity: yesIdentity }),
    'yes identity',
  ),
  decision(
    cross,
    'the key policy names everyone',
    'foreignRole',
    policySet([allow('*')], { identity: yesIdentity }),
    'yes identity',
  ),
  decision(
    cross,
    'the key policy names the role, its account is silent',
    'foreignRole',
    policySet([allow({ AWS: foreignRoleArn })]),
    'no identity',
  ),
  decision(
    cross,
    'the key policy names everyone, the account is silent',
    'foreignUser',
    policySet([allow('*')]),
    'no identity',
  ),
  decision(
    cross,
    'the key policy is silent',
    'foreignRole',
    policySet([delegates], { identity: yesIdentity }),
    'no key',
  ),
  decision(
    cross,
    'the identity policy has another key',
    'foreignRole',
    policySet([allow({ AWS: otherAccount })], {
      identity: [
        attached('identity', 'Allow', { Resource: `arn:aws:kms:*:${otherAccount}:key/*` }),
      ],
    }),
    'no identity',
  ),
  decision(
    cross,
    'the root user of the other account',
    'foreignRoot',
    policySet([allow({ AWS: otherAccount })]),
    'yes identity',
  ),
  decision(
    cross,
    'a boundary limits across accounts',
    'foreignRole',
    policySet([allow({ AWS: foreignRoleArn })], {
      identity: yesIdentity,
      boundary: narrowBoundary,
    }),
    'no boundary',
  ),
  decision(
    cross,
    'a boundary limits a user that is named',
    'foreignUser',
    policySet([allow({ AWS: callers.foreignUser.arn })], {
      identity: yesIdentity,
      boundary: narrowBoundary,
    }),
    'no boundary',
  ),
  decision(
    cross,
    'a session policy limits across accounts',
    'foreignRole',
    policySet([allow({ AWS: callers.foreignRole.arn })], {
      identity: yesIdentity,
      session: narrowSession,
    }),
    'no session',
  ),
  decision(
    cross,
    'the key policy denies',
    'foreignRole',
    policySet([allow('*'), deny({ AWS: otherAccount })], { identity: yesIdentity }),
    'denied key',
  ),
  decision(
    cross,
    'the identity policy denies',
    'foreignRole',
    policySet([allow('*')], { identity: noIdentity }),
    'denied identity',
  ),
  ...[
    'DescribeKey',
    'CreateGrant',
    'ListGrants',
    'RevokeGrant',
    'GetPublicKey',
    'GetKeyRotationStatus',
    'ReEncryptTo',
    'GenerateMac',
    'DeriveSharedSecret',
    'Decapsulate',
  ].map((name) =>
    decision(
      cross,
      `${name} works`,
      `foreignRole kms:${name}`,
      policySet([allow({ AWS: otherAccount })], { identity: yesIdentity }),
      'yes identity',
    ),
  ),
  ...[
    'PutKeyPolicy',
    'GetKeyPolicy',
    'DisableKey',
    'ScheduleKeyDeletion',
    'TagResource',
    'CreateAlias',
    'ListResourceTags',
    'ReplicateKey',
  ].map((name) =>
    decision(
      cross,
      `${name} never works`,
      `foreignRole kms:${name}`,
      policySet([allow({ AWS: otherAccount })], { identity: yesIdentity }),
      'no key',
    ),
  ),

  decision(
    grants,
    'to a role, for its session',
    'role',
    policySet([], { grants: [grant(roleArn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'to a session',
    'role',
    policySet([], { grants: [grant(sessionArn)] }),
    'yes grant',
  ),
  decision(grants, 'to a user', 'user', policySet([], { grants: [grant(userArn)] }), 'yes grant'),
  decision(
    grants,
    'to a federated user',
    'federated',
    policySet([], { grants: [grant(federatedArn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'to a service',
    'service',
    policySet([], { grants: [grant(callers.service.arn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'to another session',
    'role',
    policySet([], { grants: [grant(`${sessionArn}0`)] }),
    'no key',
  ),
  decision(
    grants,
    'to another role',
    'role',
    policySet([], { grants: [grant(`${roleArn}0`)] }),
    'no key',
  ),
  decision(
    grants,
    'to an account, whose policy allows',
    'role',
    policySet([], { identity: yesIdentity, grants: [grant(rootArn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'to an account, whose policies are silent',
    'role',
    policySet([], { grants: [grant(rootArn)] }),
    'no key',
  ),
  decision(
    grants,
    'to an account, for its root user',
    'root',
    policySet([], { grants: [grant(rootArn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'of other operations',
    'role kms:Encrypt',
    policySet([], { grants: [grant(roleArn)] }),
    'no key',
  ),
  decision(
    grants,
    'the second one allows',
    'role',
    policySet([], { grants: [grant(userArn), grant(roleArn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'across accounts, without identity policy',
    'foreignRole',
    policySet([], { grants: [grant(foreignRoleArn)] }),
    'no identity',
  ),
  decision(
    grants,
    'across accounts, to a session without identity policy',
    'foreignRole',
    policySet([], { session: narrowSession, grants: [grant(callers.foreignRole.arn)] }),
    'no identity',
  ),
  decision(
    grants,
    'across accounts, with an identity policy',
    'foreignRole',
    policySet([], { identity: yesIdentity, grants: [grant(foreignRoleArn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'across accounts, to a session whose session policy is silent',
    'foreignRole',
    policySet([], {
      identity: yesIdentity,
      session: narrowSession,
      grants: [grant(callers.foreignRole.arn)],
    }),
    'no session',
  ),
  decision(
    grants,
    'across accounts, to a role whose policies are all silent',
    'foreignRole',
    policySet([], { session: narrowSession, grants: [grant(foreignRoleArn)] }),
    'no session',
  ),
  ...[otherAccount, `arn:aws:iam::${otherAccount}:root`].flatMap((issuingAccount) => [
    decision(
      grants,
      `issued by the caller’s account, to a role: ${issuingAccount}`,
      'foreignRole',
      policySet([], { grants: [grant(foreignRoleArn, { issuingAccount })] }),
      'yes grant',
    ),
    decision(
      grants,
      `issued by the caller’s account, to a role with a session policy: ${issuingAccount}`,
      'foreignRole',
      policySet([], {
        session: narrowSession,
        grants: [grant(foreignRoleArn, { issuingAccount })],
      }),
      'no session',
    ),
    decision(
      grants,
      `issued by the caller’s account, to a session with a session policy: ${issuingAccount}`,
      'foreignRole',
      policySet([], {
        session: narrowSession,
        grants: [grant(callers.foreignRole.arn, { issuingAccount })],
      }),
      'yes grant',
    ),
  ]),
  decision(
    grants,
    'issued by the key’s account, to a role elsewhere',
    'foreignRole',
    policySet([], { grants: [grant(foreignRoleArn, { issuingAccount: account })] }),
    'no identity',
  ),
  decision(
    retire,
    'across accounts, by the retiring principal without identity policy',
    'foreignRole kms:RetireGrant',
    policySet([], { grants: [grant(userArn, { retiringPrincipal: foreignRoleArn })] }),
    'no identity',
  ),
  decision(
    grants,
    'to a role whose session policy is silent',
    'role',
    policySet([delegates], { session: narrowSession, grants: [grant(roleArn)] }),
    'no session',
  ),
  decision(
    grants,
    'to a role whose boundary is silent',
    'role',
    policySet([delegates], { boundary: narrowBoundary, grants: [grant(roleArn)] }),
    'no boundary',
  ),
  decision(
    grants,
    'to a session whose session policy is silent',
    'role',
    policySet([delegates], { session: narrowSession, grants: [grant(sessionArn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'to a session whose boundary is silent',
    'role',
    policySet([delegates], { boundary: narrowBoundary, grants: [grant(sessionArn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'to a session whose session policy denies',
    'role',
    policySet([delegates], {
      session: [attached('session', 'Deny')],
      grants: [grant(sessionArn)],
    }),
    'denied session',
  ),
  decision(
    grants,
    'to a federated user whose session policy is silent',
    'federated',
    policySet([delegates], { session: narrowSession, grants: [grant(federatedArn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'to a user whose boundary is silent',
    'user',
    policySet([delegates], { boundary: narrowBoundary, grants: [grant(userArn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'to a role that is limited, and to its session',
    'role',
    policySet([delegates], {
      session: narrowSession,
      grants: [grant(roleArn), grant(sessionArn)],
    }),
    'yes grant',
  ),
  decision(
    grants,
    'where the identity policy is silent',
    'role',
    policySet([delegates], { grants: [grant(roleArn)] }),
    'yes grant',
  ),
  decision(
    grants,
    'with the same encryption context',
    'role',
    policySet([], {
      grants: [grant(roleArn, { constraints: { encryptionContextEquals: { a: '1' } } })],
    }),
    'yes grant',
    { 'kms:EncryptionContextKeys': ['a'], 'kms:EncryptionContext:a': '1' },
  ),
  decision(
    grants,
    'with a larger encryption context than the same',
    'role',
    policySet([], {
      grants: [grant(roleArn, { constraints: { encryptionContextEquals: { a: '1' } } })],
    }),
    'no key',
    {
      'kms:EncryptionContextKeys': ['a', 'b'],
      'kms:EncryptionContext:a': '1',
      'kms:EncryptionContext:b': '2',
    },
  ),
  decision(
    grants,
    'without the encryption context',
    'role',
    policySet([], {
      grants: [grant(roleArn, { constraints: { encryptionContextEquals: { a: '1' } } })],
    }),
    'no key',
  ),
  decision(
    grants,
    'with a larger encryption context than the subset',
    'role',
    policySet([], {
      grants: [grant(roleArn, { constraints: { encryptionContextSubset: { a: '1' } } })],
    }),
    'yes grant',
    {
      'kms:EncryptionContextKeys': ['a', 'b'],
      'kms:EncryptionContext:a': '1',
      'kms:EncryptionContext:b': '2',
    },
  ),
  decision(
    grants,
    'with another value in the subset',
    'role',
    policySet([], {
      grants: [grant(roleArn, { constraints: { encryptionContextSubset: { a: '1' } } })],
    }),
    'no key',
    { 'kms:EncryptionContextKeys': ['a'], 'kms:EncryptionContext:a': '2' },
  ),
  decision(
    'KMS API: GrantConstraints',
    'names of the context do not count case',
    'role',
    policySet([], {
      grants: [grant(roleArn, { constraints: { encryptionContextEquals: { Tenant: 'x' } } })],
    }),
    'yes grant',
    { 'kms:EncryptionContextKeys': ['tenant'], 'kms:EncryptionContext:tenant': 'x' },
  ),
  decision(
    'KMS API: GrantConstraints',
    'values of the context do',
    'role',
    policySet([], {
      grants: [grant(roleArn, { constraints: { encryptionContextEquals: { tenant: 'X' } } })],
    }),
    'no key',
    { 'kms:EncryptionContextKeys': ['tenant'], 'kms:EncryptionContext:tenant': 'x' },
  ),
  decision(
    'KMS API: GrantConstraints',
    'DescribeKey has no encryption context',
    'role kms:DescribeKey',
    policySet([], {
      grants: [grant(roleArn, { constraints: { encryptionContextEquals: { a: '1' } } })],
    }),
    'yes grant',
  ),
  decision(
    'KMS API: GrantConstraints',
    'the source ARN',
    'service',
    policySet([], {
      grants: [
        grant(callers.service.arn, {
          constraints: { sourceArn: `arn:aws:logs:us-east-1:${account}:log-group:g` },
        }),
      ],
    }),
    'yes grant',
    { 'aws:SourceArn': `arn:aws:logs:us-east-1:${account}:log-group:g` },
  ),
  decision(
    'KMS API: GrantConstraints',
    'another source ARN',
    'service',
    policySet([], {
      grants: [
        grant(callers.service.arn, {
          constraints: { sourceArn: `arn:aws:logs:us-east-1:${account}:log-group:g` },
        }),
      ],
    }),
    'no key',
    { 'aws:SourceArn': `arn:aws:logs:us-east-1:${account}:log-group:h` },
  ),
  decision(
    'KMS API: GrantConstraints',
    'no source ARN, DescribeKey too',
    'service kms:DescribeKey',
    policySet([], {
      grants: [
        grant(callers.service.arn, {
          constraints: { sourceArn: `arn:aws:logs:us-east-1:${account}:log-group:g` },
        }),
      ],
    }),
    'no key',
  ),

  decision(
    retire,
    'the retiring principal',
    'user kms:RetireGrant',
    policySet([], { grants: [grant(roleArn, { retiringPrincipal: userArn })] }),
    'yes grant',
  ),
  decision(
    retire,
    'the grantee, when the operations say so',
    'role kms:RetireGrant',
    policySet([], { grants: [grant(roleArn, { operations: ['Decrypt', 'RetireGrant'] })] }),
    'yes grant',
  ),
  decision(
    retire,
    'the grantee, when they do not',
    'role kms:RetireGrant',
    policySet([], { grants: [grant(roleArn)] }),
    'no key',
  ),
  decision(
    retire,
    'the constraints do not count',
    'role kms:RetireGrant',
    policySet([], {
      grants: [
        grant(roleArn, {
          operations: ['RetireGrant'],
          constraints: { encryptionContextEquals: { a: '1' } },
        }),
      ],
    }),
    'yes grant',
  ),
  decision(
    retire,
    'the account that created the grant',
    'root kms:RetireGrant',
    policySet([], { grants: [grant(foreignRoleArn, { issuingAccount: rootArn })] }),
    'yes grant',
  ),
  decision(
    retire,
    'somebody whom that account lets',
    'user kms:RetireGrant',
    policySet([], { identity: yesIdentity, grants: [grant(roleArn)] }),
    'yes grant',
  ),
  decision(
    retire,
    'an identity policy of an account with no say',
    'foreignUser kms:RetireGrant',
    policySet([], { identity: yesIdentity, grants: [grant(roleArn)] }),
    'no key',
  ),
  decision(
    retire,
    'an account that retires may delegate',
    'foreignUser kms:RetireGrant',
    policySet([], {
      identity: yesIdentity,
      grants: [grant(roleArn, { retiringPrincipal: `arn:aws:iam::${otherAccount}:root` })],
    }),
    'yes grant',
  ),
  decision(
    retire,
    'an Allow in the key policy has no effect',
    'user kms:RetireGrant',
    policySet([allow({ AWS: userArn })], { grants: [grant(roleArn)] }),
    'no key',
  ),
  decision(
    retire,
    'a Deny in the key policy has no effect',
    'user kms:RetireGrant',
    policySet([deny('*')], { grants: [grant(roleArn, { retiringPrincipal: userArn })] }),
    'yes grant',
  ),
  decision(
    retire,
    'a Deny in an RCP has no effect',
    'user kms:RetireGrant',
    policySet([], {
      resourceControl: [attached('resourceControl', 'Deny')],
      grants: [grant(roleArn, { retiringPrincipal: userArn })],
    }),
    'yes grant',
  ),
  decision(
    retire,
    'a Deny in an identity policy has',
    'user kms:RetireGrant',
    policySet([], {
      identity: noIdentity,
      grants: [grant(roleArn, { retiringPrincipal: userArn })],
    }),
    'denied identity',
  ),

  decision(
    noKey,
    'an identity policy allows',
    'user kms:CreateKey',
    policySet(null, { identity: yesIdentity }),
    'yes identity',
  ),
  decision(noKey, 'no policy allows', 'user kms:CreateKey', policySet(null), 'no identity'),
  decision(noKey, 'the root user needs none', 'root kms:ListKeys', policySet(null), 'yes identity'),
  decision(
    noKey,
    'an SCP limits the root user',
    'root kms:ListKeys',
    policySet(null, { serviceControl: [attached('serviceControl', 'Allow', encryptOnly)] }),
    'no scp',
  ),
  decision(
    noKey,
    'a boundary limits',
    'user kms:GenerateRandom',
    policySet(null, { identity: yesIdentity, boundary: narrowBoundary }),
    'no boundary',
  ),
  decision(
    noKey,
    'an identity policy denies',
    'user kms:ListAliases',
    policySet(null, { identity: [...yesIdentity, ...noIdentity] }),
    'denied identity',
  ),
  decision(
    noKey,
    'a property of a key is never there',
    'user kms:ListKeys',
    policySet(null, {
      identity: [
        attached('identity', 'Allow', {
          Condition: { StringEquals: { 'kms:KeySpec': 'RSA_2048' } },
        }),
      ],
    }),
    'no identity',
  ),
  decision(
    noKey,
    'another account has nothing to say',
    'foreignUser kms:CreateAlias',
    policySet(null, { identity: yesIdentity }),
    'no key',
  ),

  decision(
    managed,
    'a direct call',
    'role',
    policySet([managedStatement()], { identity: yesIdentity }),
    'no key',
    { 'kms:CallerAccount': account },
  ),
  decision(managed, 'a call by the service', 'role', policySet([managedStatement()]), 'yes key', {
    'kms:CallerAccount': account,
    'kms:ViaService': 's3.us-east-1.amazonaws.com',
  }),
]

function managedStatement(): StatementSource {
  return allow(
    { AWS: '*' },
    {
      Condition: {
        StringEquals: {
          'kms:CallerAccount': account,
          'kms:ViaService': 's3.us-east-1.amazonaws.com',
        },
      },
    },
  )
}
