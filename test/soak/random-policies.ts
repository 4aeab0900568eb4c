/**
 * Random policies of every type, callers and requests, out of few names, so that what a policy says
 * and what a request has meet often: statements that never apply would prove little.
 */
import fc from 'fast-check'
import { image, otherImage } from '../support/enclaves.ts'
import { account, adminArn, parentArn } from '../support/scene.ts'

export const otherAccount = '444455556666'
const rootArn = `arn:aws:iam::${account}:root`

/** Lets the administrator of the default account begin sessions of another's role. */
const trustPolicy = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: adminArn }, Action: 'sts:AssumeRole' },
}

/** The principals: what the config says of each but its policies. */
export const principals = [
  { name: 'root', arn: rootArn },
  { name: 'alice', arn: `arn:aws:iam::${account}:user/alice`, tags: { team: 'a' } },
  { name: 'bob', arn: `arn:aws:iam::${account}:user/teams/bob`, tags: { team: 'b' } },
  { name: 'reader', arn: `arn:aws:iam::${account}:role/reader`, sessionName: 's1' },
  { name: 'writer', arn: `arn:aws:iam::${account}:role/apps/writer`, sessionName: 's2' },
  { name: 'tagged', arn: `arn:aws:iam::${account}:role/tagged`, tags: { team: 'a' } },
  {
    name: 'partner',
    arn: `arn:aws:iam::${otherAccount}:role/partner`,
    sessionName: 's3',
    trustPolicy,
  },
  { name: 'carol', arn: `arn:aws:iam::${otherAccount}:user/carol` },
  { name: 'stranger', arn: `arn:aws:iam::${otherAccount}:root` },
] as const

/** Sessions of roles above that are begun with a policy of their own. */
export const sessions = [
  { name: 'reading', role: 'reader', sessionName: 's4' },
  { name: 'writing', role: 'writer', sessionName: 's5' },
  { name: 'tagging', role: 'tagged', sessionName: 's6' },
  { name: 'partnering', role: 'partner', sessionName: 's7' },
] as const

/** A session is limited by what few others have: it asks twice as often. */
const callers = [...principals, ...sessions, ...sessions].map(({ name }) => name)

export const organizationId = 'o-exampleorgid'
const organizationPath = `${organizationId}/r-ab12/ou-ab12-11111111/`

/** VPC endpoints: what the config says of each but its policy; the last has AWS's own. */
export const endpoints = [
  { id: 'vpce-1234abcd', vpc: 'vpc-1234abcd' },
  { id: 'vpce-5678abcd', vpc: 'vpc-5678abcd', account: otherAccount },
  { id: 'vpce-9abcdef0', vpc: 'vpc-1234abcd' },
] as const

const some = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
/** Null twice as often. */
const sometimes = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: values })
const oneOrMore = <T>(values: readonly T[]): fc.Arbitrary<T | T[]> =>
  fc.oneof(
    some(values),
    fc.subarray([...values], { minLength: 1, maxLength: Math.min(3, values.length) }),
  )

const sessionArns = [
  `arn:aws:sts::${account}:assumed-role/reader/s1`,
  `arn:aws:sts::${account}:assumed-role/reader/s4`,
  `arn:aws:sts::${account}:assumed-role/writer/s2`,
]
const arns = [...principals.map(({ arn }) => arn), parentArn, ...sessionArns]
const named: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 2, arbitrary: some(['*', { AWS: '*' }]) },
  { weight: 3, arbitrary: some([{ AWS: account }, { AWS: rootArn }, { AWS: otherAccount }]) },
  { weight: 5, arbitrary: oneOrMore(arns).map((AWS) => ({ AWS })) },
  { weight: 1, arbitrary: fc.constant({ Service: 'logs.amazonaws.com' }) },
)

/** What sets the scene: no random policy has a say in it. */
const setting = ['kms:PutKeyPolicy', 'kms:CreateGrant', 'kms:ListGrants', 'sts:AssumeRole']

/** None of them, nor any pattern of a denial below, is one of the setting. */
export const actions = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:GetKeyRotationStatus',
  'kms:ListResourceTags',
] as const

const narrow = [...actions, 'kms:De*', 'kms:Generate*', 'kms:?ncrypt', 'KMS:decrypt', 'kms:Sign']
const wide = ['kms:*', '*', 'kms:*', ...narrow]

const hex = image.toString('hex')
const values: readonly (readonly [key: string, values: readonly string[]])[] = [
  ['kms:RecipientAttestation:ImageSha384', [hex, hex.toUpperCase(), otherImage.toString('hex')]],
  ['kms:RecipientAttestation:PCR0', [hex, `0x${hex}`, '0'.repeat(96)]],
  ['kms:RecipientAttestation:PCR4', ['0'.repeat(96), '*']],
  ['kms:RecipientAttestation:NitroTPMPCR4', [hex, 'a*']],
  ['kms:EncryptionContext:tenant', ['a', 'b', 'A', '${aws:PrincipalTag/team}', '?']],
  ['kms:EncryptionContextKeys', ['tenant', 'purpose', 'Tenant']],
  ['kms:EncryptionAlgorithm', ['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_256']],
  ['kms:CallerAccount', [account, otherAccount]],
  ['kms:KeySpec', ['SYMMETRIC_DEFAULT', 'RSA_2048']],
  ['kms:ViaService', ['s3.us-east-1.amazonaws.com']],
  ['aws:PrincipalArn', [...arns, `arn:aws:iam::${account}:role/*`, '*']],
  ['aws:PrincipalTag/team', ['a', 'b', '${kms:EncryptionContext:tenant}']],
  ['aws:PrincipalType', ['AssumedRole', 'User', 'Account', '*ser']],
  ['aws:ResourceTag/app', ['demo', 'other', "${aws:PrincipalTag/app, 'demo'}"]],
  ['aws:username', ['alice', 'bob', 'a*']],
  ['aws:userid', ['*:s1', 'A*', account]],
  ['aws:PrincipalOrgID', [organizationId]],
  ['aws:PrincipalOrgPaths', [organizationPath, `${organizationId}/*`]],
  ['aws:ResourceOrgID', [organizationId, '${aws:PrincipalOrgID}']],
  ['aws:SourceVpce', endpoints.map(({ id }) => id)],
  ['aws:SourceVpc', endpoints.map(({ vpc }) => vpc)],
  ['aws:VpceAccount', [account, otherAccount, '${aws:PrincipalAccount}']],
  ['aws:VpceOrgID', [organizationId]],
]

const operators = [
  'StringEquals',
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
  'StringEqualsIfExists',
  'ForAnyValue:StringEquals',
  'ForAllValues:StringLike',
  'ForAnyValue:StringNotEquals',
]

/** AWS does not store a set operator for one value that a Deny or an Allow could be fooled by. */
const isStored = (operator: string, key: string): boolean =>
  !(operator.startsWith('ForAllValues') && key.startsWith('kms:EncryptionContext:'))

const condition = fc.oneof(
  {
    weight: 8,
    arbitrary: some(values).chain(([key, known]) =>
      fc.tuple(
        some(operators.filter((operator) => isStored(operator, key))).map(String),
        fc.constant(key),
        oneOrMore(known),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant('Null'),
      some(values).map(([key]) => key),
      some(['true', 'false']),
    ),
  },
  {
    weight: 1,
    arbitrary: some([
      ['Bool', 'aws:SecureTransport', 'false'],
      ['Bool', 'aws:SecureTransport', 'true'],
      ['IpAddress', 'aws:SourceIp', '127.0.0.0/8'],
      ['NotIpAddress', 'aws:SourceIp', ['127.0.0.1', '::1']],
      ['IpAddress', 'aws:VpcSourceIp', ['127.0.0.0/8', '::1']],
      ['DateGreaterThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z'],
      ['NumericLessThan', 'aws:MultiFactorAuthAge', 300],
      ['ArnLike', 'aws:PrincipalArn', `arn:aws:*::${account}:*/*`],
    ] as const),
  },
)

/** Of several conditions with one operator the last counts: a member is there once. */
const conditions = fc
  .array(condition, { minLength: 1, maxLength: 2 })
  .map((list) =>
    Object.fromEntries(list.map(([operator, key, expected]) => [operator, { [key]: expected }])),
  )

const withCondition = (statement: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc
    .tuple(statement, sometimes(conditions))
    .map(([one, Condition]) => (Condition ? { ...one, Condition } : one))

const allows = fc.record({
  Effect: fc.constant('Allow'),
  Principal: named,
  Action: oneOrMore(wide),
  Resource: some(['*', '*', `arn:aws:kms:*:${account}:key/*`, `arn:aws:kms:*:${account}:key/1*`]),
})

/** A denial without a condition hits nearly everything, and what it hits is always refused. */
const denies = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      Effect: fc.constant('Deny'),
      Principal: named,
      Action: oneOrMore(narrow),
      Resource: fc.constant('*'),
      Condition: conditions,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      Effect: fc.constant('Deny'),
      NotPrincipal: oneOrMore([rootArn, ...arns]).map((AWS) => ({ AWS })),
      Action: some(narrow),
      Resource: fc.constant('*'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      Effect: fc.constant('Deny'),
      Principal: some(['*', { AWS: parentArn }]),
      NotAction: oneOrMore(narrow).map((list) => [setting, list].flat(2)),
      Resource: fc.constant('*'),
      Condition: conditions,
    }),
  },
)

/** Lets the root user put the next policy, and nobody do anything else. */
const administration = {
  Effect: 'Allow',
  Principal: { AWS: rootArn },
  Action: 'kms:PutKeyPolicy',
  Resource: '*',
  Condition: { ArnEquals: { 'aws:PrincipalArn': rootArn } },
}

const version = some(['2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17'])

export const keyPolicies: fc.Arbitrary<string> = fc
  .tuple(
    version,
    fc.array(withCondition(allows), { minLength: 3, maxLength: 5 }),
    fc.array(denies, { maxLength: 2 }),
  )
  .map(([Version, some, others]) => {
    const Statement = [administration, ...others, ...some]
    return JSON.stringify({ Version, Statement })
  })

const attachedStatement = fc.oneof(
  { weight: 6, arbitrary: withCondition(withoutPrincipal(allows)) },
  { weight: 1, arbitrary: withoutPrincipal(denies) },
)

function withoutPrincipal(statements: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return statements.map((statement) => {
    const { Principal: _, NotPrincipal: __, ...rest } = statement as Record<string, unknown>
    return rest
  })
}

const attachedPolicies = fc
  .tuple(version, fc.array(attachedStatement, { minLength: 1, maxLength: 3 }))
  .map(([Version, Statement]) => ({ Version, Statement }))

export interface Attached {
  readonly policies: readonly object[]
  readonly boundary?: object
}

/** What is attached to a caller; its root user has nothing. */
export const attachments: fc.Arbitrary<Attached> = fc.record(
  { policies: fc.array(attachedPolicies, { maxLength: 2 }), boundary: attachedPolicies },
  { requiredKeys: ['policies'] },
)

/** STS takes no more characters of a session's policy. */
export const sessionPolicies: fc.Arbitrary<object> = attachedPolicies.filter(
  (policy) => JSON.stringify(policy).length <= 2048,
)

const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
const scene = { Effect: 'Allow', Action: setting, Resource: '*' }

const controlDenies = fc.record({
  Effect: fc.constant('Deny'),
  Action: oneOrMore(narrow),
  Resource: fc.constant('*'),
  Condition: conditions,
})

/** Some allow everything that they do not deny, as most do; the others little. */
const serviceControlPolicies = fc
  .tuple(
    fc.oneof(
      fc.constant([everything]),
      fc.constant([everything]),
      fc.array(withCondition(withoutPrincipal(allows)), { minLength: 1, maxLength: 3 }),
    ),
    controlDenies,
  )
  .map(([some, denial]) => documentOf([scene, ...some, denial]))

const resourceControlPolicies = fc
  .tuple(controlDenies, controlDenies)
  .map((both) => documentOf(both.map((one) => ({ ...one, Principal: '*' }))))

function documentOf(Statement: readonly object[]): object {
  return { Version: '2012-10-17', Statement }
}

/** With policies of both types: an organization without any leaves the decision as it is. */
export const organizations: fc.Arbitrary<object> = fc.record(
  {
    id: fc.constant(organizationId),
    path: fc.constant(organizationPath),
    serviceControlPolicies: fc.array(serviceControlPolicies, { minLength: 1, maxLength: 2 }),
    resourceControlPolicies: fc.tuple(resourceControlPolicies),
  },
  { requiredKeys: ['id', 'serviceControlPolicies', 'resourceControlPolicies'] },
)

export const endpointPolicies: fc.Arbitrary<object> = fc
  .tuple(
    fc.array(withCondition(allows), { minLength: 1, maxLength: 3 }),
    fc.array(denies, { maxLength: 1 }),
  )
  .map(([some, others]) => documentOf([...some, ...others]))

export interface RandomGrant {
  readonly GranteePrincipal: string
  readonly Operations: string[]
  readonly Constraints?: object
}

export const grants: fc.Arbitrary<RandomGrant> = fc.record(
  {
    GranteePrincipal: some([...arns, rootArn, `arn:aws:iam::${otherAccount}:root`]),
    Operations: fc.subarray(['Decrypt', 'Encrypt', 'GenerateDataKey', 'DescribeKey'], {
      minLength: 1,
    }),
    Constraints: some([
      { EncryptionContextEquals: { tenant: 'a' } },
      { EncryptionContextSubset: { tenant: 'b' } },
    ]),
  },
  { requiredKeys: ['GranteePrincipal', 'Operations'] },
)

export interface RandomRequest {
  readonly caller: (typeof callers)[number]
  readonly action: (typeof actions)[number]
  readonly encryptionContext: Readonly<Record<string, string>> | null
  /** The document of the request, by its place in the list of them. */
  readonly document: number | null
  /** The VPC endpoint by which it comes. */
  readonly endpoint: string | null
}

export function requests(documents: number): fc.Arbitrary<RandomRequest> {
  return fc.record({
    caller: some(callers),
    action: some(actions),
    encryptionContext: some([
      null,
      { tenant: 'a' },
      { tenant: 'b' },
      { tenant: 'a', purpose: 'x' },
      { TENANT: 'A' },
    ]),
    document: fc.option(fc.nat(documents - 1)),
    endpoint: sometimes(some(endpoints.map(({ id }) => id))),
  })
}
