/**
 * Random policies, callers and requests, out of few names, so that what a policy says and what a
 * request has meet often: statements that never apply would prove little.
 */
import fc from 'fast-check'
import { image, otherImage } from '../support/enclaves.ts'
import { account, parentArn } from '../support/scene.ts'

export const otherAccount = '444455556666'
const rootArn = `arn:aws:iam::${account}:root`

/** The callers: what the config says of each but its policies. */
export const callers = [
  { name: 'root', arn: rootArn },
  { name: 'alice', arn: `arn:aws:iam::${account}:user/alice`, tags: { team: 'a' } },
  { name: 'bob', arn: `arn:aws:iam::${account}:user/teams/bob`, tags: { team: 'b' } },
  { name: 'reader', arn: `arn:aws:iam::${account}:role/reader`, sessionName: 's1' },
  { name: 'writer', arn: `arn:aws:iam::${account}:role/apps/writer`, sessionName: 's2' },
  { name: 'tagged', arn: `arn:aws:iam::${account}:role/tagged`, tags: { team: 'a' } },
  { name: 'partner', arn: `arn:aws:iam::${otherAccount}:role/partner`, sessionName: 's3' },
  { name: 'carol', arn: `arn:aws:iam::${otherAccount}:user/carol` },
  { name: 'stranger', arn: `arn:aws:iam::${otherAccount}:root` },
] as const

const some = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const oneOrMore = <T>(values: readonly T[]): fc.Arbitrary<T | T[]> =>
  fc.oneof(
    some(values),
    fc.subarray([...values], { minLength: 1, maxLength: Math.min(3, values.length) }),
  )

const sessionArns = [
  `arn:aws:sts::${account}:assumed-role/reader/s1`,
  `arn:aws:sts::${account}:assumed-role/writer/s2`,
]
const arns = [...callers.map(({ arn }) => arn), parentArn, ...sessionArns]
const principals: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 2, arbitrary: some(['*', { AWS: '*' }]) },
  { weight: 3, arbitrary: some([{ AWS: account }, { AWS: rootArn }, { AWS: otherAccount }]) },
  { weight: 5, arbitrary: oneOrMore(arns).map((AWS) => ({ AWS })) },
  { weight: 1, arbitrary: fc.constant({ Service: 'logs.amazonaws.com' }) },
)

/** None of them, nor any pattern of a denial below, is kms:PutKeyPolicy: the root user has to put the next. */
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
  ['aws:PrincipalOrgID', ['o-exampleorgid']],
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
    .tuple(statement, fc.option(conditions, { freq: 1 }))
    .map(([one, Condition]) => (Condition ? { ...one, Condition } : one))

const allows = fc.record({
  Effect: fc.constant('Allow'),
  Principal: principals,
  Action: oneOrMore(wide),
  Resource: some(['*', '*', `arn:aws:kms:*:${account}:key/*`, `arn:aws:kms:*:${account}:key/1*`]),
})

/** A denial without a condition hits nearly everything, and what it hits is always refused. */
const denies = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      Effect: fc.constant('Deny'),
      Principal: principals,
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
      NotAction: oneOrMore(narrow).map((list) => ['kms:PutKeyPolicy', list].flat()),
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
    fc.array(withCondition(allows), { minLength: 1, maxLength: 4 }),
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
  readonly caller: (typeof callers)[number]['name']
  readonly action: (typeof actions)[number]
  readonly encryptionContext: Readonly<Record<string, string>> | null
  /** The document of the request, by its place in the list of them. */
  readonly document: number | null
}

export function requests(documents: number): fc.Arbitrary<RandomRequest> {
  return fc.record({
    caller: some(callers.map(({ name }) => name)),
    action: some(actions),
    encryptionContext: some([
      null,
      { tenant: 'a' },
      { tenant: 'b' },
      { tenant: 'a', purpose: 'x' },
      { TENANT: 'A' },
    ]),
    document: fc.option(fc.nat(documents - 1)),
  })
}
