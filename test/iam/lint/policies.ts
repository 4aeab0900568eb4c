/**
 * Policies as people write them, and what is to be said of each: the rules by their order of lines, or
 * nothing. What has no finding here is as important as what has one.
 */
import { administration } from './vectors.ts'

type Json = Readonly<Record<string, unknown>>

const account = '111122223333'
const root = `arn:aws:iam::${account}:root`
const parent = `arn:aws:iam::${account}:role/enclave-parent`
const session = `arn:aws:sts::${account}:assumed-role/enclave-parent`
const admin = `arn:aws:iam::${account}:role/key-admin`
const hex = (digit: string) => digit.repeat(96)
const key = (name: string | number) =>
  `kms:RecipientAttestation:${typeof name === 'number' ? `PCR${name}` : name}`
const image = { [key(0)]: hex('a') }

function allow(principal: unknown, action: unknown, condition?: Json, more: Json = {}): Json {
  const statement = { Effect: 'Allow', Principal: principal, Action: action, Resource: '*' }
  return { ...statement, ...(condition && { Condition: condition }), ...more }
}
const deny = (action: unknown, condition?: Json, principal: unknown = '*') =>
  allow(principal, action, condition, { Effect: 'Deny' })
const of = (arn: string) => ({ AWS: arn })
const attested = (condition: Json, action: unknown = 'kms:Decrypt') =>
  allow(of(parent), action, condition)
const pinned = attested({ StringEquals: image })
const recipient = ['Decrypt', 'DeriveSharedSecret', 'GenerateDataKey', 'GenerateDataKeyPair'].map(
  (name) => `kms:${name}`,
)
const denyUnattested = (condition: Json = { StringNotEquals: image }) => [
  allow(of(root), 'kms:*'),
  deny(recipient, condition),
]
const kept = [
  deny(['kms:ReEncryptFrom', 'kms:ReplicateKey']),
  deny('kms:PutKeyPolicy', { ArnNotEquals: { 'aws:PrincipalArn': admin } }),
]

/** Beside a statement that lets an administrator manage the key. */
export const policies: readonly (readonly [name: string, statements: Json[], rules: string[]])[] = [
  ["KMS's default key policy", [allow(of(root), 'kms:*')], ['root-delegation']],
  ['the account by its number', [allow(of(account), 'kms:*')], ['root-delegation']],
  [
    'a delegation that is for one role alone',
    [allow(of(root), 'kms:Decrypt', { ArnEquals: { 'aws:PrincipalArn': parent } })],
    ['root-delegation'],
  ],
  ['a delegation of management', [pinned, allow(of(root), ['kms:Describe*', 'kms:Put*'])], []],
  [
    'a delegation that asks for a document',
    [allow(of(root), recipient, { StringEquals: image })],
    [],
  ],
  ['an administrator with kms:*', [pinned, allow(of(admin), 'kms:*')], ['unattested-access']],
  [
    'NotAction that leaves Decrypt in',
    [allow(of(admin), [], undefined, {})].map(asNotAction),
    ['unattested-access'],
  ],
  [
    'a service that decrypts',
    [allow({ Service: 'cloudfront.amazonaws.com' }, 'kms:Decrypt')],
    ['unattested-access'],
  ],
  [
    'a data key for whoever encrypts, where nothing asks for a document',
    [allow(of(parent), 'kms:GenerateDataKey')],
    ['unattested-access'],
  ],
  ['Deny for whoever has no document', [...denyUnattested(), ...kept], []],
  [
    'Deny for whoever has no document, but for one role',
    [
      ...denyUnattested({
        StringNotEquals: image,
        ArnNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/break-glass` },
      }),
      ...kept,
    ],
    ['root-delegation'],
  ],
  [
    'Deny for whoever has no document, but through a service',
    [
      ...denyUnattested({
        StringNotEquals: image,
        StringNotEqualsIfExists: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
      }),
      ...kept,
    ],
    ['root-delegation'],
  ],
  [
    'Deny with Null: false beside the measurement',
    [...denyUnattested({ StringNotEquals: image, Null: { [key(0)]: 'false' } }), ...kept],
    ['deny-escape'],
  ],
  [
    'Deny of a list of retired images, beside a signer',
    [
      attested({ StringEquals: { [key(8)]: hex('b') } }),
      deny('kms:Decrypt', { StringEquals: image }),
    ],
    ['signer-only'],
  ],
  [
    'Deny of whatever is no image of the signer',
    [pinned, deny('kms:Decrypt', { StringEquals: { [key(8)]: hex('b') }, StringNotEquals: image })],
    [],
  ],
  [
    'Deny for whoever has no document at all: every enclave has one',
    [...denyUnattested({ Null: { [key(0)]: 'true' } }), ...kept],
    ['any-enclave'],
  ],
  [
    'Deny with IfExists, which holds without a document',
    [...denyUnattested({ StringNotEqualsIfExists: image }), ...kept],
    [],
  ],
  [
    'Deny of either kind of document',
    [
      ...denyUnattested({ StringNotEquals: { ...image, [key('NitroTPMPCR7')]: hex('c') } }),
      ...kept,
    ],
    [],
  ],
  [
    'ForAllValues on a measurement',
    [attested({ 'ForAllValues:StringEquals': image })],
    ['optional-attestation'],
  ],
  [
    'a negated operator alone',
    [attested({ StringNotEquals: { [key(0)]: hex('0') } })],
    ['optional-attestation'],
  ],
  [
    'not in debug mode, and nothing else',
    [attested({ StringNotEquals: { [key(0)]: hex('0') }, Null: { [key(0)]: false } })],
    ['any-enclave'],
  ],
  ['no document wanted', [attested({ Null: { [key(0)]: true } })], ['optional-attestation']],
  [
    'IfExists on a second register',
    [attested({ StringEquals: image, StringEqualsIfExists: { [key(4)]: hex('d') } })],
    [],
  ],
  [
    'IfExists on what never has a document',
    [allow(of(parent), 'kms:Encrypt', { StringEqualsIfExists: image })],
    [],
  ],
  ['StringLike *', [attested({ StringLike: { [key('ImageSha384')]: '*' } })], ['any-enclave']],
  [
    'StringLike with a beginning',
    [attested({ StringLike: { [key('ImageSha384')]: 'abcd*' } })],
    ['loose-measurement'],
  ],
  [
    'kernel and application',
    [attested({ StringEquals: { [key(1)]: hex('a'), [key(2)]: hex('b') } })],
    [],
  ],
  [
    'the application without its kernel',
    [attested({ StringEquals: { [key(2)]: hex('b') } })],
    ['image-not-pinned'],
  ],
  [
    'an image for everyone of an organization',
    [allow('*', 'kms:Decrypt', { StringEquals: { ...image, 'aws:PrincipalOrgID': 'o-a' } })],
    [],
  ],
  [
    'an image for everyone who is not an organization',
    [
      allow('*', 'kms:Decrypt', {
        StringEquals: image,
        StringNotEquals: { 'aws:PrincipalOrgID': 'o-a' },
      }),
    ],
    ['image-anywhere'],
  ],
  [
    'an image on one instance for everyone',
    [allow('*', 'kms:Decrypt', { StringEquals: { ...image, [key(4)]: hex('b') } })],
    [],
  ],
  [
    'Secure Boot and a constant of AWS',
    [
      attested({
        StringEquals: { [key('NitroTPMPCR0')]: hex('a'), [key('NitroTPMPCR7')]: hex('b') },
      }),
    ],
    ['tpm-aws-register'],
  ],
  [
    'a parent without a role',
    [attested({ StringEquals: { ...image, [key(3)]: hex('0') } })],
    ['zero-measurement'],
  ],
  [
    'registers that are zero unless extended',
    [attested({ StringEquals: { ...image, [key(5)]: hex('0') } })],
    [],
  ],
  [
    'Deny unless in debug mode',
    [...denyUnattested({ StringNotEquals: { [key(0)]: hex('0') } }), ...kept],
    ['zero-measurement'],
  ],
  [
    'upper case in a Deny',
    [...denyUnattested({ StringNotEquals: { [key(0)]: hex('A') } }), ...kept],
    ['upper-case-hex'],
  ],
  [
    'a digest of 256 bits',
    [attested({ StringEquals: { [key(0)]: 'ab'.repeat(32) } })],
    ['not-a-digest'],
  ],
  [
    'an instance id',
    [attested({ StringEquals: { ...image, [key(4)]: 'i-1234567890abcdef0' } })],
    ['not-a-digest'],
  ],
  [
    'a policy variable',
    [attested({ StringEquals: { [key(0)]: '${aws:PrincipalTag/image}' } })],
    [],
  ],
  [
    'grants for other operations',
    [
      pinned,
      allow(of(admin), 'kms:CreateGrant', {
        'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Encrypt', 'DescribeKey'] },
      }),
    ],
    [],
  ],
  [
    'grants for Decrypt among others',
    [
      pinned,
      allow(of(admin), 'kms:CreateGrant', {
        'ForAnyValue:StringEquals': { 'kms:GrantOperations': ['Encrypt'] },
      }),
    ],
    ['create-grant'],
  ],
  [
    'grants to one grantee',
    [
      pinned,
      allow(of(admin), 'kms:CreateGrant', { StringEquals: { 'kms:GranteePrincipal': parent } }),
    ],
    ['create-grant'],
  ],
  [
    'grants that services make',
    [
      pinned,
      allow(of(admin), 'kms:*Grant*', { StringEquals: { 'kms:GrantIsForAWSResource': 'true' } }),
    ],
    [],
  ],
  [
    'grants, and a Deny that holds for grantees',
    [
      pinned,
      allow(of(admin), 'kms:CreateGrant'),
      deny(recipient, { StringNotEquals: image }),
      deny('kms:ReEncryptFrom'),
    ],
    [],
  ],
  [
    'an administrator by wildcards, CreateGrant among them',
    [pinned, allow(of(admin), ['kms:Create*', 'kms:Put*', 'kms:Delete*', 'kms:Get*', 'kms:List*'])],
    ['create-grant'],
  ],
  ['ReEncryptTo', [pinned, allow(of(parent), ['kms:ReEncryptTo', 'kms:Encrypt'])], []],
  [
    'ReEncryptFrom that is denied',
    [pinned, allow(of(parent), 'kms:ReEncrypt*'), deny('kms:ReEncryptFrom')],
    [],
  ],
  [
    'a session of the parent that changes the policy',
    [
      pinned,
      allow(of(`arn:aws:sts::${account}:assumed-role/enclave-parent/a`), 'kms:PutKeyPolicy'),
    ],
    ['parent-changes-policy'],
  ],
  [
    'a parent that replicates',
    [pinned, allow(of(parent), 'kms:ReplicateKey')],
    ['parent-changes-policy'],
  ],
  [
    'a parent whose change is denied',
    [
      pinned,
      allow(of(parent), 'kms:PutKeyPolicy'),
      deny('kms:PutKeyPolicy', { StringNotEquals: { 'aws:PrincipalArn': admin } }),
    ],
    [],
  ],
  [
    '* through a service for one account',
    [
      pinned,
      allow('*', 'kms:Encrypt', {
        StringEquals: {
          'kms:CallerAccount': account,
          'kms:ViaService': 's3.us-east-1.amazonaws.com',
        },
      }),
    ],
    [],
  ],
  [
    '* through a service',
    [
      pinned,
      allow('*', 'kms:Encrypt', {
        StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
      }),
    ],
    ['wildcard-principal'],
  ],
  [
    '* with IfExists',
    [pinned, allow('*', 'kms:Encrypt', { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-a' } })],
    ['wildcard-principal'],
  ],
  [
    '* with the ARN of any role',
    [pinned, allow({ AWS: '*' }, 'kms:Encrypt', { StringLike: { 'aws:PrincipalArn': '*' } })],
    ['wildcard-principal'],
  ],
  [
    'a Deny that leaves nobody',
    [pinned, deny('kms:*', undefined, of(admin))],
    ['nobody-can-change'],
  ],
  ['a misspelt action', [pinned, allow(of(parent), 'kms:Encryt')], ['unknown-action']],
  ["another service's action", [pinned, allow(of(parent), 's3:GetObject')], ['unknown-action']],
  ['an action without a service', [pinned, allow(of(parent), ['Encrypt'])], ['unknown-action']],
  ['actions in other letters', [pinned, allow(of(parent), ['KMS:encrypt', 'kms:describekey'])], []],
  ['the KEM operations', [pinned, allow(of(parent), ['kms:Encapsulate', 'kms:GetPublicKey'])], []],
  ['RetireGrant', [pinned, allow(of(parent), 'kms:RetireGrant')], ['no-effect-action']],
  [
    'a register too many',
    [attested({ StringEquals: { [key(32)]: hex('a') } })],
    ['unknown-condition-key'],
  ],
  [
    'a key without a prefix',
    [attested({ StringEquals: { PCR0: hex('a') } })],
    ['unknown-condition-key'],
  ],
  [
    "another service's key",
    [attested({ StringEquals: { ...image, 'ec2:SourceInstanceArn': 'arn' } })],
    [],
  ],
  [
    'encryption context pairs',
    [attested({ StringEquals: { ...image, 'kms:EncryptionContext:a b': 'c' } })],
    [],
  ],
  [
    'attestation over Sign in a Deny',
    [pinned, deny('kms:Sign', { StringNotEquals: image })],
    ['attestation-without-recipient'],
  ],
  [
    'attestation over kms:*',
    [attested({ StringEquals: image }, ['kms:Decrypt', 'kms:GenerateDataKey*'])],
    [],
  ],
  [
    'ForAllValues on an encryption context',
    [
      attested({
        StringEquals: image,
        'ForAllValues:StringEquals': { 'kms:EncryptionContext:a': 'b' },
      }),
    ],
    ['for-all-values'],
  ],
  [
    'ForAllValues in a negated condition',
    [
      pinned,
      deny('kms:DisableKey', { 'ForAllValues:StringNotEquals': { 'aws:PrincipalArn': [admin] } }),
    ],
    [],
  ],
  [
    'several values without a set operator',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', { StringEquals: { 'kms:EncryptionContextKeys': 'a' } }),
    ],
    ['never-matches'],
  ],
  [
    'an ARN pattern of one part',
    [pinned, deny('kms:DisableKey', { ArnLike: { 'aws:PrincipalArn': '*admin*' } })],
    ['never-matches'],
  ],
  [
    'two images at once',
    [attested({ StringEquals: image, stringequals: { [key('ImageSha384')]: hex('b') } })],
    ['never-matches'],
  ],
  [
    'the image twice',
    [
      attested({
        StringEquals: image,
        stringequals: { [key('ImageSha384')]: [hex('b'), hex('a')] },
      }),
    ],
    [],
  ],
  [
    'absent and wanted',
    [attested({ StringEquals: image, Null: { [key(0)]: 'true' } })],
    ['never-matches'],
  ],
  [
    'an alias as the resource',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', undefined, {
        Resource: 'arn:aws:kms:us-east-1:111122223333:alias/a',
      }),
    ],
    ['never-matches'],
  ],
  [
    'a key ARN as the resource',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', undefined, { Resource: 'arn:aws:kms:*:111122223333:key/*' }),
    ],
    [],
  ],
  ['nobody as the principal', [pinned, allow({}, 'kms:Encrypt')], ['never-matches']],
  [
    'an encryption context where none is',
    [
      pinned,
      allow(of(parent), 'kms:DescribeKey', { StringEquals: { 'kms:EncryptionContext:a': 'b' } }),
    ],
    ['never-matches'],
  ],
  [
    'a session where a role is compared',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', { ArnEquals: { 'aws:PrincipalArn': `${session}/a` } }),
    ],
    ['never-matches'],
  ],
  [
    'the sessions of a role by a pattern',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', { StringLike: { 'aws:PrincipalArn': `${session}/*` } }),
    ],
    ['never-matches'],
  ],
  [
    'a session or its role',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', {
        ArnEquals: { 'aws:PrincipalArn': [`${session}/a`, parent] },
      }),
    ],
    [],
  ],
  [
    'an alias without alias/',
    [pinned, allow(of(parent), 'kms:Encrypt', { StringEquals: { 'kms:RequestAlias': 'app' } })],
    ['never-matches'],
  ],
  [
    'an alias that a pattern fits',
    [pinned, allow(of(parent), 'kms:Encrypt', { StringLike: { 'kms:RequestAlias': 'al*' } })],
    [],
  ],
  [
    'a service without its Region',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', { StringEquals: { 'kms:ViaService': 's3.amazonaws.com' } }),
    ],
    ['never-matches'],
  ],
  [
    'a service in any Region',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', { StringLike: { 'kms:ViaService': 's3.*.amazonaws.com' } }),
    ],
    [],
  ],
  [
    'a VPC where its endpoint is compared',
    [pinned, allow(of(parent), 'kms:Encrypt', { StringEquals: { 'aws:SourceVpce': 'vpc-0123' } })],
    ['never-matches'],
  ],
  [
    'a VPC endpoint',
    [pinned, allow(of(parent), 'kms:Encrypt', { StringEquals: { 'aws:SourceVpce': 'vpce-0123' } })],
    [],
  ],
  [
    'an account by its ARN',
    [pinned, allow(of(parent), 'kms:Encrypt', { StringEquals: { 'kms:CallerAccount': root } })],
    ['never-matches'],
  ],
  [
    'an account that lost a zero',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', { StringEquals: { 'aws:PrincipalAccount': 11112222333 } }),
    ],
    ['never-matches'],
  ],
  [
    'accounts by a pattern',
    [pinned, allow(of(parent), 'kms:Encrypt', { StringLike: { 'aws:SourceAccount': '1111*' } })],
    [],
  ],
  [
    'an account that need not be there',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', { StringEqualsIfExists: { 'aws:SourceAccount': 'me' } }),
    ],
    [],
  ],
  [
    'a tag of a request that has none',
    [pinned, allow(of(parent), 'kms:Encrypt', { StringEquals: { 'aws:RequestTag/team': 'a' } })],
    ['never-matches'],
  ],
  [
    'a tag of a request that has some',
    [
      pinned,
      allow(of(parent), 'kms:TagResource', { StringEquals: { 'aws:RequestTag/team': 'a' } }),
    ],
    [],
  ],
  [
    'an Allow for all but a session',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', { ArnNotEquals: { 'aws:PrincipalArn': `${session}/a` } }),
    ],
    [],
  ],
  [
    'a Deny that spares an account by its ARN',
    [pinned, deny('kms:Encrypt', { StringNotEquals: { 'aws:PrincipalAccount': root } })],
    ['deny-spares-nobody'],
  ],
  [
    'a Deny that spares a tag which the request never has',
    [pinned, deny('kms:Encrypt', { StringNotEquals: { 'aws:RequestTag/team': 'a' } })],
    ['deny-spares-nobody'],
  ],
  [
    'a Deny that spares a tag, if there is one',
    [pinned, deny('kms:Encrypt', { StringNotEqualsIfExists: { 'aws:RequestTag/team': 'a' } })],
    [],
  ],
  [
    'a misspelt prefix, which no request has',
    [attested({ StringEquals: { 'kms:RecipientAttestion:PCR0': hex('a') } })],
    ['unknown-condition-key'],
  ],
  [
    'a misspelt prefix under a negated operator, which always holds',
    [attested({ StringNotEquals: { 'kms:RecipientAttestion:PCR0': hex('a') } })],
    ['unattested-access', 'unknown-condition-key'],
  ],
  [
    'a misspelt prefix with IfExists, which always holds',
    [attested({ StringEqualsIfExists: { 'kms:RecipientAttestion:PCR0': hex('a') } })],
    ['unattested-access', 'unknown-condition-key'],
  ],
  [
    'an encryption context without a name',
    [attested({ StringEquals: { ...image, 'kms:EncryptionContext:': 'a' } })],
    ['unknown-condition-key'],
  ],
  [
    'patterns of few digits',
    [attested({ StringLike: { [key(0)]: ['*7', `${'a'.repeat(64)}*`, `${'a'.repeat(63)}*`] } })],
    ['loose-measurement', 'loose-measurement'],
  ],
  [
    'a pattern that zeros fit',
    [attested({ StringLike: { [key(0)]: '0*' } })],
    ['zero-measurement'],
  ],
  [
    'a pattern that zeros fit, of a register where they say little',
    [attested({ StringEquals: image, StringLike: { [key(5)]: '0*' } })],
    ['loose-measurement'],
  ],
  [
    'any value of a second register',
    [attested({ StringEquals: image, StringLike: { [key(3)]: '*' } })],
    [],
  ],
  [
    'Deny unless a digit fits',
    [...denyUnattested({ StringNotLike: { [key(0)]: '7*' } }), ...kept],
    ['loose-measurement'],
  ],
  [
    'Deny of whatever a digit fits',
    [pinned, deny('kms:Decrypt', { StringLike: { [key(0)]: '7*' } })],
    [],
  ],
  ['an asterisk that is meant', [attested({ StringEquals: { [key(0)]: '7*' } })], ['not-a-digest']],
  [
    'a pattern in upper case',
    [attested({ StringLike: { [key(0)]: `${'A'.repeat(64)}*` } })],
    ['upper-case-hex'],
  ],
  [
    'a pattern that no digest fits',
    [attested({ StringLike: { [key(0)]: `${'a'.repeat(97)}*` } })],
    ['not-a-digest'],
  ],
  ['a measurement as a number', [attested({ NumericEquals: { [key(0)]: 0 } })], ['never-matches']],
  [
    'two operators that do not exist',
    [attested({ StringEqual: image }), attested({ Equals: image })],
    ['unknown-operator', 'unknown-operator'],
  ],
  [
    'what is refused beside what is wrong',
    [attested({ StringEqual: image }), allow(of(root), 'kms:*')],
    ['unknown-operator', 'root-delegation'],
  ],
  [
    'a wildcard inside of a principal',
    [pinned, allow(of(`arn:aws:iam::${account}:role/*`), 'kms:Encrypt')],
    ['malformed-policy'],
  ],
]

function asNotAction({ Action: _, ...statement }: Json): Json {
  return { ...statement, NotAction: 'kms:Encrypt' }
}

export function textOf(statements: readonly Json[]): string {
  return JSON.stringify(
    { Version: '2012-10-17', Statement: [administration, ...statements] },
    null,
    2,
  )
}
