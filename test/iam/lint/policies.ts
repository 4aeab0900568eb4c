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
const of = (arn: string | string[]) => ({ AWS: arn })
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
    ['for-all-values'],
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
  ...Object.entries<Json>({
    "the parent's account": { StringEquals: { 'aws:PrincipalAccount': account } },
    'the parent alone': { ArnEquals: { 'aws:PrincipalArn': parent } },
    'every role of the account': {
      StringLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/*` },
    },
    'every role that is named so': {
      ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/enclave-*` },
    },
    'an organization': { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } },
  }).flatMap(([who, condition]): [string, Json[], string[]][] => [
    [
      `* that changes the policy, for ${who}`,
      [pinned, allow('*', 'kms:PutKeyPolicy', condition)],
      ['parent-changes-policy'],
    ],
  ]),
  ...Object.entries<Json>({
    'an administrator': { ArnEquals: { 'aws:PrincipalArn': admin } },
    'another account': { StringEquals: { 'aws:PrincipalAccount': '999999999999' } },
    'users alone': {
      StringEquals: { 'aws:PrincipalType': 'User', 'kms:CallerAccount': account },
    },
    'whom a tag says': {
      StringEquals: { 'aws:PrincipalTag/duty': 'key-admin', 'kms:CallerAccount': account },
    },
    'whom their name says': { StringEquals: { 'aws:username': 'a', 'kms:CallerAccount': account } },
  }).map(([who, condition]): [string, Json[], string[]] => [
    `* that changes the policy, for ${who}`,
    [pinned, allow('*', 'kms:PutKeyPolicy', condition)],
    [],
  ]),
  [
    'a delegation of PutKeyPolicy to the account',
    [pinned, allow(of(root), 'kms:PutKeyPolicy')],
    [],
  ],
  [
    'a delegation of PutKeyPolicy that singles the parent out',
    [pinned, allow(of(root), 'kms:PutKeyPolicy', { ArnEquals: { 'aws:PrincipalArn': parent } })],
    ['parent-changes-policy'],
  ],
  [
    '* that decrypts as the parent, which changes the policy',
    [
      allow('*', 'kms:Decrypt', {
        StringEquals: image,
        ArnEquals: { 'aws:PrincipalArn': parent },
      }),
      allow(of(parent), 'kms:PutKeyPolicy'),
    ],
    ['parent-changes-policy'],
  ],
  [
    '* that decrypts as the parent, and another that changes the policy',
    [
      allow('*', 'kms:Decrypt', {
        StringEquals: image,
        StringLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/enclave-*` },
      }),
      allow('*', 'kms:PutKeyPolicy', { ArnEquals: { 'aws:PrincipalArn': `${admin}-2` } }),
    ],
    [],
  ],
  ...['User', 'FederatedUser', 'Account', 'AssumedRole'].map((type): [string, Json[], string[]] => [
    `a delegation to callers of type ${type}`,
    [allow(of(root), 'kms:*', { StringEquals: { 'aws:PrincipalType': type } })],
    ['root-delegation'],
  ]),
  ...Object.entries<Json>({
    'roles of any account': { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' } },
    'all of IAM': { StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::*' } },
    'a role of any account': {
      ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/enclave-parent' },
    },
    'a path of any account': {
      StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/team/enclave-?' },
    },
    'an ending': { StringLike: { 'aws:PrincipalArn': '*enclave-parent' } },
    'a user of any account': { StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/a' } },
    'any ARN': { ArnLike: { 'aws:PrincipalArn': 'arn:aws:*::*:*' } },
    'any organization': { StringLike: { 'aws:PrincipalOrgID': 'o-*' } },
    'any path of an organization': {
      'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-*/*' },
    },
    'any twelve digits': { StringLike: { 'kms:CallerAccount': '????????????' } },
    'an account above 1': { NumericGreaterThan: { 'aws:PrincipalAccount': '1' } },
    'a tag': { StringEquals: { 'aws:PrincipalTag/team': 'pay' } },
    'a session name': { StringLike: { 'aws:userid': '*:enclave' } },
    'a source identity': { StringEquals: { 'aws:SourceIdentity': 'alice' } },
    'any endpoint': { StringLike: { 'aws:SourceVpce': 'vpce-*' } },
  }).flatMap(([whom, condition]): [string, Json[], string[]][] => [
    [
      `* that a condition on ${whom} does not limit`,
      [pinned, allow('*', 'kms:Encrypt', condition)],
      ['wildcard-principal'],
    ],
    [
      `an image for whom a condition on ${whom} does not limit`,
      [allow('*', 'kms:Decrypt', { ...condition, StringEqualsIgnoreCase: image })],
      ['image-anywhere'],
    ],
  ]),
  ...Object.entries<Json>({
    'roles of an account': {
      ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/*` },
    },
    'two accounts': { StringEquals: { 'aws:PrincipalAccount': [account, '999999999999'] } },
    'an account and a tag': {
      StringEquals: { 'aws:PrincipalTag/team': 'pay', 'aws:PrincipalAccount': account },
    },
    "the key's own organization": {
      StringEquals: { 'aws:PrincipalOrgID': '${aws:ResourceOrgID}' },
    },
    'a part of an organization': {
      'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-exampleorgid/r-ab12/*' },
    },
    'a role by its id': { StringLike: { 'aws:userid': 'AROAEXAMPLEIDEXAMPLE:*' } },
    'an endpoint': { StringEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } },
    'an account as a number': { NumericEquals: { 'aws:PrincipalAccount': account } },
  }).map(([whom, condition]): [string, Json[], string[]] => [
    `* that a condition on ${whom} limits`,
    [pinned, allow('*', 'kms:Encrypt', condition)],
    [],
  ]),
  [
    'ForAllValues on the instance that calls',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', {
        'ForAllValues:StringLike': { 'ec2:SourceInstanceARN': `arn:aws:ec2:*:${account}:*` },
      }),
    ],
    ['for-all-values'],
  ],
  [
    'ForAllValues in a negated condition of an Allow',
    [
      pinned,
      allow(of(parent), 'kms:Encrypt', {
        'ForAllValues:StringNotEquals': { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
      }),
    ],
    ['for-all-values'],
  ],
  ...Object.entries<Json>({
    'roles by a literal asterisk': {
      StringNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/ops-*` },
    },
    'sessions by a literal asterisk': { StringNotEquals: { 'aws:userid': 'AROAEXAMPLE:*' } },
    'an origin that there is not': { StringNotEquals: { 'kms:KeyOrigin': 'KMS' } },
    'a variable that there is not': {
      StringNotEquals: { 'aws:PrincipalArn': '${aws:PrincpalTag/admin}' },
    },
  }).map(([whom, condition]): [string, Json[], string[]] => [
    `a Deny that spares ${whom}`,
    [pinned, deny('kms:ScheduleKeyDeletion', condition)],
    ['deny-spares-nobody'],
  ]),
  ...Object.entries<Json>({
    'roles by a pattern': {
      StringNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/ops-*` },
    },
    'roles by an ARN operator': {
      ArnNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/ops-*` },
    },
    'sessions by a pattern': { StringNotLike: { 'aws:userid': 'AROAEXAMPLE:*' } },
    'a role beside a literal asterisk': {
      StringNotEquals: { 'aws:PrincipalArn': [`arn:aws:iam::${account}:role/ops-*`, admin] },
    },
    'an origin': { StringNotEquals: { 'kms:KeyOrigin': 'AWS_KMS' } },
    'whom a tag names': { StringNotEquals: { 'aws:PrincipalArn': '${aws:PrincipalTag/admin}' } },
  }).map(([whom, condition]): [string, Json[], string[]] => [
    `a Deny that spares ${whom}, rightly`,
    [pinned, deny('kms:ScheduleKeyDeletion', condition)],
    [],
  ]),
  ...Object.entries<Json>({
    'another role': { StringEquals: { 'aws:PrincipalArn': `${admin}-2` } },
    'another account': { StringEquals: { 'aws:PrincipalAccount': '999999999999' } },
    "a user's name": { StringEquals: { 'aws:username': 'alice' } },
    'a type that there is not': { StringEquals: { 'aws:PrincipalType': 'Role' } },
    'a spec that there is not': { StringEquals: { 'kms:KeySpec': 'AES_256' } },
    'an origin that there is not': { StringLike: { 'kms:KeyOrigin': 'KMS*' } },
    'an algorithm that there is not': { StringEquals: { 'kms:EncryptionAlgorithm': 'AES' } },
    'dates that exclude each other': {
      DateGreaterThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
      DateLessThan: { 'aws:CurrentTime': '2029-01-01T00:00:00Z' },
    },
    'a moment that has no length': {
      DateGreaterThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
      DateLessThanEquals: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
    },
    'a misspelt variable': { StringEquals: { 'kms:RequestAlias': 'alias/${aws:PrincpalTag/t}' } },
    'a variable of another form': { StringEquals: { 'aws:userid': '${aws:PrincipalTags/t}' } },
  }).map(([what, condition]): [string, Json[], string[]] => [
    `an Allow that asks for ${what}`,
    [pinned, allow(of(parent), 'kms:Encrypt', condition)],
    ['never-matches'],
  ]),
  [
    'a register as a variable',
    [attested({ StringEquals: { [key(0)]: '${PCR0}' } })],
    ['never-matches'],
  ],
  ...Object.entries<Json>({
    'its own role': { StringEquals: { 'aws:PrincipalArn': parent } },
    'its own account': { StringEquals: { 'aws:PrincipalAccount': account } },
    'an origin': { StringLike: { 'kms:KeyOrigin': 'AWS*' } },
    'a spec, if there is one': { StringEqualsIfExists: { 'kms:KeySpec': 'AES_256' } },
    'a spec in other letters': { StringEqualsIgnoreCase: { 'kms:KeySpec': 'symmetric_default' } },
    'a year': {
      DateGreaterThan: { 'aws:CurrentTime': '2029-01-01T00:00:00Z' },
      DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
    },
    'a moment': {
      DateGreaterThanEquals: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
      DateLessThanEquals: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
    },
    'a tag': { StringEquals: { 'kms:RequestAlias': 'alias/${aws:PrincipalTag/t}' } },
    'a tag, or else': { StringEquals: { 'kms:RequestAlias': "alias/${aws:PrincpalTag/t, 'a'}" } },
    "another provider's name": { StringEquals: { 'aws:userid': '${accounts.google.com:sub}' } },
  }).map(([what, condition]): [string, Json[], string[]] => [
    `an Allow that asks for ${what}, rightly`,
    [pinned, allow(of(parent), 'kms:Encrypt', condition)],
    [],
  ]),
  [
    'an Allow for two of whom one is meant',
    [
      pinned,
      allow(of([parent, admin]), 'kms:Encrypt', {
        StringEquals: { 'aws:PrincipalArn': parent },
      }),
    ],
    [],
  ],
  [
    'a boot that measured no Secure Boot policy',
    [attested({ StringEquals: { [key('NitroTPMPCR7')]: hex('0') } })],
    ['zero-measurement'],
  ],
  [
    'a boot that measured no image',
    [
      attested({
        StringEquals: { [key('NitroTPMPCR4')]: hex('0'), [key('NitroTPMPCR12')]: hex('0') },
      }),
    ],
    ['zero-measurement'],
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
