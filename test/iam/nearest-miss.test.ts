/** What each denial lacks least, and that it is so: the changed request is decided again. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { authorize, type PolicySet } from '../../lib/iam/authorize.ts'
import { explain } from '../../lib/iam/explain.ts'
import type { HintFacts } from '../../lib/iam/hints.ts'
import { nearestMiss, type NeededChange } from '../../lib/iam/nearest-miss.ts'
import type { AccessRequest } from '../../lib/iam/request.ts'
import {
  account,
  allow,
  attached,
  callers,
  contextOf,
  deny,
  foreignRoleArn,
  keyArn,
  otherAccount,
  policyOf,
  policySet,
  requestOf,
  roleArn,
  rootArn,
  sessionArn,
  userArn,
  type StatementSource,
} from './support.ts'

const withoutDocument: HintFacts = { attestation: null, takesRecipient: true }
const withDocument: HintFacts = {
  attestation: { platform: 'nitro-enclave', pcrs: new Map(), debug: false },
  takesRecipient: true,
}
const withoutRecipient: HintFacts = { attestation: null, takesRecipient: false }
const image = '3fb1'.repeat(24)
const zeros = '0'.repeat(96)
const role = { AWS: roleArn }
const register = (name: string) => `kms:RecipientAttestation:${name}`

function changesOf(
  request: AccessRequest,
  policies: PolicySet,
  facts = withoutDocument,
): readonly NeededChange[] | null {
  return nearestMiss(request, policies, explain(request, policies), facts)?.changes ?? null
}

function when(condition: object, more: StatementSource = {}): StatementSource {
  return { Condition: condition, ...more }
}

const equalTo = (key: string, value: string | readonly string[]) => ({
  StringEquals: { [key]: value },
})

interface Wanted {
  readonly what: string
  readonly operator?: string
  readonly key: string
  readonly value: string | readonly string[]
  readonly why?: string
}

/** What no request has, whoever sends it. */
const impossible: readonly Wanted[] = [
  { what: 'upper-case digits', key: register('PCR0'), value: image.toUpperCase() },
  { what: 'digits behind 0x', key: register('PCR0'), value: `0x${image}` },
  { what: 'a digest that lacks a digit', key: register('PCR0'), value: image.slice(1) },
  {
    what: 'a digest in base64',
    key: register('ImageSha384'),
    value: Buffer.from(image, 'hex').toString('base64'),
  },
  { what: 'a digest and a line feed', key: register('PCR0'), value: `${image}\n` },
  { what: 'a wildcard that is none', key: register('PCR8'), value: '7*' },
  {
    what: 'a pattern that no digest is like',
    operator: 'StringLike',
    key: register('PCR8'),
    value: '0x7*',
  },
  { what: 'one value of many', key: 'kms:EncryptionContextKeys', value: 'tenant' },
  {
    what: 'tags of a request that has none',
    key: 'aws:RequestTag/tenant',
    value: 'a',
    why: ': kms:Decrypt never has it',
  },
  {
    what: 'a key of other actions',
    key: 'kms:SigningAlgorithm',
    value: 'ECDSA_SHA_256',
    why: ': kms:Decrypt never has it',
  },
  { what: 'an alias without its prefix', key: 'kms:RequestAlias', value: 'app' },
  { what: 'a range that is compared as text', key: 'aws:SourceIp', value: '10.0.0.0/8' },
  { what: 'an account that is none', key: 'aws:SourceAccount', value: 'partner' },
  { what: 'an ARN that is a pattern', key: 'aws:SourceArn', value: 'arn:aws:s3:::b*' },
]

const possible: readonly (Required<Omit<Wanted, 'why'>> & { readonly words: string })[] = [
  {
    what: 'a pattern that a digest is like',
    operator: 'StringLike',
    key: register('PCR8'),
    value: '7*',
    words: 'be like 7*',
  },
  {
    what: 'a digest in any case',
    operator: 'StringEqualsIgnoreCase',
    key: register('PCR8'),
    value: zeros.replace('0', 'F'),
    words: 'be F000000000000000…00000000',
  },
  {
    what: 'an alias',
    operator: 'StringEquals',
    key: 'kms:RequestAlias',
    value: 'alias/app',
    words: 'be alias/app',
  },
  {
    what: 'a pattern of aliases',
    operator: 'StringLike',
    key: 'kms:RequestAlias',
    value: 'alias/app-*',
    words: 'be like alias/app-*',
  },
  {
    what: 'one value among many',
    operator: 'ForAnyValue:StringEquals',
    key: 'kms:EncryptionContextKeys',
    value: 'tenant',
    words: 'include tenant',
  },
  {
    what: 'a value under a set operator that needs none',
    operator: 'ForAnyValue:StringEquals',
    key: register('PCR8'),
    value: zeros,
    words: 'include 0000000000000000…00000000',
  },
]

interface Row {
  readonly title: string
  readonly policies: PolicySet
  readonly request?: AccessRequest
  readonly facts?: HintFacts
  readonly texts: readonly string[]
}

const grant = { grantId: 'g', granteePrincipal: roleArn, operations: ['Decrypt'] }
const silent = policySet([])
const delegated = [allow({ AWS: account })]

/** What the user asks of a role, and a trust policy of that role with one statement. */
const assume = requestOf('user', 'sts:AssumeRole', {}, roleArn)
function trust(principal: unknown, more: StatementSource = {}): PolicySet {
  const statement = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...more }
  return { ...silent, keyPolicy: policyOf('trust', statement) }
}

const rows: readonly Row[] = [
  {
    title: 'a register that has another value',
    policies: policySet([allow(role, when(equalTo(register('PCR0'), image)))]),
    request: requestOf('role', 'kms:Decrypt', { [register('PCR0')]: zeros }),
    facts: withDocument,
    texts: [
      `${register('PCR0')} would have to be 3fb13fb13fb13fb1…3fb13fb1 (is 0000000000000000…00000000)`,
    ],
  },
  {
    title: 'a document, once for all of its registers, rather than one action more',
    policies: policySet([
      allow(role, { Action: 'kms:Encrypt' }),
      allow(role, when({ StringEquals: { [register('PCR0')]: image, [register('PCR3')]: zeros } })),
    ]),
    texts: [
      "the request would have to carry a Nitro enclave's attestation document, whose PCR0 would have to be 3fb13fb13fb13fb1…3fb13fb1",
      `${register('PCR3')} would have to be 0000000000000000…00000000 (is absent)`,
    ],
  },
  {
    title: 'a document of the other kind',
    policies: policySet([allow(role, when(equalTo(register('NitroTPMPCR4'), image)))]),
    request: requestOf('role', 'kms:Decrypt', { [register('PCR4')]: image }),
    facts: withDocument,
    texts: [
      "the request would have to carry a NitroTPM's attestation document, whose NitroTPMPCR4 would have to be 3fb13fb13fb13fb1…3fb13fb1",
    ],
  },
  {
    title: 'no document that an operation cannot carry',
    policies: policySet([allow(role, when(equalTo(register('PCR0'), image), { Sid: 'S' }))]),
    request: requestOf('role', 'kms:Encrypt'),
    facts: withoutRecipient,
    texts: [
      `statement S of the key policy would have to let ${sessionArn} pass StringEquals ${register('PCR0')}: kms:Encrypt carries no document`,
    ],
  },
  {
    title: 'no key that no request has',
    policies: policySet([allow(role, when(equalTo('kms:PCR0', image)))]),
    texts: [
      `statement 0 of the key policy would have to let ${sessionArn} pass StringEquals kms:PCR0`,
    ],
  },
  {
    title: 'the principal that the key policy names',
    policies: policySet([allow({ AWS: userArn })]),
    texts: [`the principal would have to be ${userArn} (is ${sessionArn})`],
  },
  {
    title: 'the account that the key policy names',
    policies: policySet([allow({ AWS: account })]),
    request: requestOf('foreignRole'),
    texts: [
      `the principal would have to be ${account}, or one of its account whose identity policies allow kms:Decrypt`,
    ],
  },
  {
    title: 'a principal that a condition names',
    policies: policySet([allow('*', when({ ArnEquals: { 'aws:PrincipalArn': userArn } }))]),
    texts: [`the principal would have to be ${userArn} (is ${sessionArn})`],
  },
  {
    title: 'an identity policy, where the key policy leaves it to the account',
    policies: policySet(delegated),
    texts: [
      `an identity policy of role/enclave-parent would have to allow kms:Decrypt on ${keyArn} (the key policy leaves it to the account)`,
    ],
  },
  {
    title: 'a condition of an identity policy rather than another one',
    policies: policySet(delegated, {
      identity: [attached('identity', 'Allow', when({ Bool: { 'aws:SecureTransport': 'true' } }))],
    }),
    texts: ['aws:SecureTransport would have to be true (is absent)'],
  },
  {
    title: 'an element that only the policy could change',
    policies: policySet(delegated, {
      identity: [attached('identity', 'Allow', { Action: 'kms:Encrypt', Sid: 'Use' })],
    }),
    texts: ['statement Use of identity-allow would have to cover kms:Decrypt'],
  },
  {
    title: 'the resource of an identity policy',
    policies: policySet(delegated, {
      identity: [attached('identity', 'Allow', { Resource: `${keyArn}0` })],
    }),
    texts: [`statement 0 of identity-allow would have to cover ${keyArn}`],
  },
  {
    title: 'the permissions boundary',
    policies: policySet([allow(role)], {
      boundary: attached('boundary', 'Deny', { Action: 's3:*' }),
    }),
    texts: [
      `the permissions boundary of role/enclave-parent would have to allow kms:Decrypt on ${keyArn}`,
    ],
  },
  {
    title: 'a session policy',
    policies: policySet([allow(role)], { session: [] }),
    texts: [`a session policy would have to allow kms:Decrypt on ${keyArn}`],
  },
  {
    title: 'a condition of a service control policy',
    policies: policySet([allow(role)], {
      serviceControl: [
        attached('serviceControl', 'Allow', when(equalTo('aws:SourceVpc', 'vpc-1'))),
      ],
    }),
    texts: ['aws:SourceVpc would have to be vpc-1 (is absent)'],
  },
  {
    title: 'two types of policies at once',
    policies: policySet([allow(role)], {
      boundary: attached('boundary', 'Deny', { Action: 's3:*' }),
      vpcEndpoint: attached('vpcEndpoint', 'Deny', { Action: 's3:*' }),
    }),
    texts: [
      `the VPC endpoint policy would have to allow kms:Decrypt on ${keyArn}`,
      `the permissions boundary of role/enclave-parent would have to allow kms:Decrypt on ${keyArn}`,
    ],
  },
  {
    title: 'what a Deny lets through',
    policies: policySet([
      allow(role),
      deny('*', when({ StringNotEquals: { [register('ImageSha384')]: image } })),
    ]),
    texts: [
      "the request would have to carry a Nitro enclave's attestation document, whose ImageSha384 would have to be 3fb13fb13fb13fb1…3fb13fb1",
    ],
  },
  {
    title: 'a Deny and an Allow that one document satisfies',
    policies: policySet([
      allow(role, when(equalTo(register('PCR0'), image))),
      deny('*', when({ StringNotEquals: { [register('ImageSha384')]: image } })),
    ]),
    texts: [
      "the request would have to carry a Nitro enclave's attestation document, whose ImageSha384 would have to be 3fb13fb13fb13fb1…3fb13fb1",
    ],
  },
  {
    title: 'a Deny that nothing in the request could stop',
    policies: policySet([allow(role), deny('*', { Sid: 'Never' })]),
    texts: [
      'statement Never of the key policy would have to not apply: it denies kms:Decrypt without a condition',
    ],
  },
  {
    title: 'a Deny whose condition no value could change',
    policies: policySet([
      allow(role),
      deny('*', when({ StringNotEquals: { [register('PCR0')]: image } }, { Sid: 'D' })),
    ]),
    request: requestOf('role', 'kms:Encrypt'),
    facts: withoutRecipient,
    texts: [
      `statement D of the key policy would have to not apply: StringNotEquals ${register('PCR0')} 3fb13fb13fb13fb1…3fb13fb1 holds`,
    ],
  },
  {
    title: 'whom NotPrincipal exempts',
    policies: policySet([
      allow({ AWS: userArn }),
      { ...deny('*'), Principal: undefined, NotPrincipal: { AWS: [userArn, account] } },
    ]),
    texts: [`the principal would have to be ${userArn} (is ${sessionArn})`],
  },
  {
    title: 'a value that satisfies two conditions, where one wants any',
    policies: policySet([
      allow(
        role,
        when({ Null: { 'aws:SourceVpc': 'false' }, StringEquals: { 'aws:SourceVpc': 'v' } }),
      ),
    ]),
    texts: ['aws:SourceVpc would have to be v (is absent)'],
  },
  {
    title: 'an operation of a grant',
    policies: policySet([], { grants: [grant] }),
    request: requestOf('role', 'kms:Encrypt'),
    texts: ['grant g would have to list the operation Encrypt'],
  },
  {
    title: 'the grantee of a grant',
    policies: policySet([], { grants: [{ ...grant, granteePrincipal: userArn }] }),
    texts: [`the principal would have to be ${userArn} (is ${sessionArn})`],
  },
  {
    title: 'the encryption context that a grant wants some of',
    policies: policySet([], {
      grants: [{ ...grant, constraints: { encryptionContextSubset: { tenant: 'a' } } }],
    }),
    texts: ['the encryption context would have to include tenant=a (is absent)'],
  },
  {
    title: 'the encryption context that a grant wants all of',
    policies: policySet([], {
      grants: [{ ...grant, constraints: { encryptionContextEquals: { tenant: 'a' } } }],
    }),
    request: requestOf('role', 'kms:Decrypt', {
      'kms:EncryptionContextKeys': ['tenant', 'more'],
      'kms:EncryptionContext:tenant': 'a',
      'kms:EncryptionContext:more': 'b',
    }),
    texts: ['the encryption context would have to be tenant=a (is tenant=a, more=b)'],
  },
  {
    title: 'the source that a grant wants',
    policies: policySet([], { grants: [{ ...grant, constraints: { sourceArn: keyArn } }] }),
    texts: [`aws:SourceArn would have to be ${keyArn} (is absent)`],
  },
  {
    title: 'who may retire a grant',
    policies: policySet([], { grants: [{ ...grant, retiringPrincipal: userArn }] }),
    request: requestOf('foreignUser', 'kms:RetireGrant'),
    texts: [`the principal would have to be ${userArn} (is ${callers.foreignUser.arn})`],
  },
  {
    title: 'a key policy, where it says nothing at all',
    policies: silent,
    texts: [`the key policy would have to allow kms:Decrypt on ${keyArn} to ${roleArn}`],
  },
  {
    title: 'the identity policies of another account too',
    policies: policySet([allow({ AWS: foreignRoleArn })]),
    request: requestOf('foreignRole'),
    texts: [`an identity policy of role/partner would have to allow kms:Decrypt on ${keyArn}`],
  },
  {
    title: 'a pair of the encryption context',
    policies: policySet([
      allow(
        role,
        when({
          StringEquals: { 'kms:EncryptionContext:tenant': 'a' },
          'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': 'tenant' },
        }),
      ),
    ]),
    texts: ['kms:EncryptionContext:tenant would have to be a (is absent)'],
  },
  {
    title: 'the trust policy of a role, where it says nothing at all',
    policies: { ...silent, keyPolicy: policyOf('trust') },
    request: assume,
    texts: [`the trust policy would have to allow sts:AssumeRole on ${roleArn} to ${userArn}`],
  },
  {
    title: 'a statement of the trust policy of a role',
    policies: trust({ AWS: userArn }, { Sid: 'Team', Action: 'sts:TagSession' }),
    request: assume,
    texts: ['statement Team of the trust policy would have to cover sts:AssumeRole'],
  },
  {
    title: 'an identity policy, where the trust policy leaves it to the account',
    policies: trust({ AWS: account }),
    request: assume,
    texts: [
      `an identity policy of user/teams/alice would have to allow sts:AssumeRole on ${roleArn} (the trust policy leaves it to the account)`,
    ],
  },
  {
    title: 'a principal only last: the identity policy of a role of another account comes before',
    policies: policySet([allow({ AWS: foreignRoleArn }), allow({ AWS: rootArn })]),
    request: requestOf('foreignRole'),
    texts: [`an identity policy of role/partner would have to allow kms:Decrypt on ${keyArn}`],
  },
  {
    title: 'a principal only last: the boundary comes before',
    policies: policySet([allow(role), allow({ AWS: userArn })], {
      boundary: attached('boundary', 'Deny', { Action: 's3:*' }),
    }),
    texts: [
      `the permissions boundary of role/enclave-parent would have to allow kms:Decrypt on ${keyArn}`,
    ],
  },
  {
    title: 'a principal only last: a session policy comes before',
    policies: policySet([allow(role), allow({ AWS: userArn })], { session: [] }),
    texts: [`a session policy would have to allow kms:Decrypt on ${keyArn}`],
  },
  ...(['resourceControl', 'serviceControl', 'vpcEndpoint'] as const).map((kind) => {
    const name = {
      resourceControl: 'a resource control policy',
      serviceControl: 'a service control policy',
      vpcEndpoint: 'the VPC endpoint policy',
    }[kind]
    const policy = attached(kind, 'Deny', { Action: 's3:*' })
    const other = policySet([allow(role), allow({ AWS: userArn })], {
      [kind]: kind === 'vpcEndpoint' ? policy : [policy],
    })
    return {
      title: `a principal only last: ${name} comes before`,
      policies: other,
      texts: [`${name} would have to allow kms:Decrypt on ${keyArn}`],
    }
  }),
  {
    title: 'a principal only last: a condition of the policy comes before',
    policies: policySet([
      allow({ AWS: userArn }),
      allow(role, when(equalTo('kms:PCR0', image), { Sid: 'S' })),
    ]),
    texts: [
      `statement S of the key policy would have to let ${sessionArn} pass StringEquals kms:PCR0`,
    ],
  },
  ...(['Resource', 'Action'] as const).map((element) => ({
    title: `the ${element} that a statement has not`,
    policies: policySet([
      allow({ AWS: userArn }, { Action: 'kms:Encrypt' }),
      { ...allow(role, { Sid: 'Lacks' }), [element]: undefined },
    ]),
    texts: [
      `statement Lacks of the key policy would have to have ${element === 'Action' ? 'an' : 'a'} ${element}`,
    ],
  })),
  {
    title: 'a condition that a session never meets, beside a register that it does',
    policies: policySet([
      allow(
        role,
        when(
          { StringEquals: { 'aws:PrincipalArn': sessionArn, [register('PCR0')]: image } },
          { Sid: 'S' },
        ),
      ),
    ]),
    request: requestOf('role', 'kms:Decrypt', {
      [register('PCR0')]: image,
      'aws:PrincipalArn': roleArn,
    }),
    facts: withDocument,
    texts: [
      `statement S of the key policy would have to let ${sessionArn} pass StringEquals aws:PrincipalArn`,
    ],
  },
  {
    title: 'one principal that the statement and its condition name',
    policies: policySet([
      allow({ AWS: userArn }, when({ ArnLike: { 'aws:PrincipalArn': userArn } })),
    ]),
    request: requestOf('role', 'kms:Decrypt', { 'aws:PrincipalArn': roleArn }),
    texts: [`the principal would have to be ${userArn} (is ${sessionArn})`],
  },
  {
    title: 'a principal that a condition has a pattern of',
    policies: policySet([
      allow('*', when({ ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/app-*` } })),
    ]),
    request: requestOf('role', 'kms:Decrypt', { 'aws:PrincipalArn': roleArn }),
    texts: [
      `statement 0 of the key policy would have to let ${sessionArn} pass ArnLike aws:PrincipalArn`,
    ],
  },
  ...['aws:PrincipalAccount', 'kms:CallerAccount'].map((key) => ({
    title: `another caller rather than another ${key}`,
    policies: policySet([allow('*', when(equalTo(key, otherAccount)))]),
    request: requestOf('role', 'kms:Decrypt', { [key]: account }),
    texts: [
      `the principal would have to be ${otherAccount}, or one of its account whose identity policies allow kms:Decrypt`,
    ],
  })),
  {
    title: 'the policy for a caller that no name is of',
    policies: policySet([allow(role, when(equalTo('aws:PrincipalType', 'User'), { Sid: 'S' }))]),
    request: requestOf('role', 'kms:Decrypt', { 'aws:PrincipalType': 'AssumedRole' }),
    texts: [
      `statement S of the key policy would have to let ${sessionArn} pass StringEquals aws:PrincipalType`,
    ],
  },
  {
    title: 'the policy of another caller, where it has to be another one',
    policies: policySet([allow({ AWS: foreignRoleArn })]),
    texts: [
      `the principal would have to be ${foreignRoleArn} (is ${sessionArn})`,
      `an identity policy of role/partner would have to allow kms:Decrypt on ${keyArn}`,
    ],
  },
  ...impossible.map(({ what, operator = 'StringEquals', key, value, why = '' }) => ({
    title: `the policy, not a request, for ${what}`,
    policies: policySet([allow(role, when({ [operator]: { [key]: value } }, { Sid: 'S' }))]),
    facts: withDocument,
    texts: [
      `statement S of the key policy would have to let ${sessionArn} pass ${operator} ${key}${why}`,
    ],
  })),
  ...possible.map(({ what, operator, key, value, words }) => ({
    title: `the request for ${what}`,
    policies: policySet([allow(role, when({ [operator]: { [key]: value } }))]),
    facts: withDocument,
    texts: [`${key} would have to ${words} (is absent)`],
  })),
]

const pcrs = (zero: string, eight: string, name = 'PCR0') =>
  when({ StringEquals: { [register(name)]: zero, [register('PCR8')]: eight } })
const encryptFromParent = allow(role, { Sid: 'EncryptFromParent', Action: 'kms:Encrypt' })
const inEnclave = (action: string, conditions: StatementSource) =>
  allow(role, { Sid: 'DecryptInEnclave', Action: action, ...conditions })
const attestedContext = { [register('PCR0')]: image, [register('PCR8')]: zeros }
const partner = { AWS: foreignRoleArn }
const admins = allow({ AWS: userArn }, { Sid: 'Admins', Action: 'kms:DescribeKey' })
const dataset = 'kms:EncryptionContext:dataset'

/** What each of them wants, with the statements in any order. */
const anyOrder: readonly (Row & { readonly statements: readonly StatementSource[] })[] = (
  [
    {
      title: 'a misspelt action rather than an Allow without a document',
      statements: [encryptFromParent, inEnclave('kms:Decypt', pcrs(image, zeros))],
      texts: [
        'statement DecryptInEnclave of the key policy would have to name kms:Decrypt in place of kms:Decypt',
      ],
    },
    {
      title: 'a digest in capitals rather than an Allow without a document',
      statements: [encryptFromParent, inEnclave('kms:Decrypt', pcrs(image.toUpperCase(), zeros))],
      texts: [
        `statement DecryptInEnclave of the key policy would have to have ${register('PCR0')} 3fb13fb13fb13fb1…3fb13fb1 in place of 3FB13FB13FB13FB1…3FB13FB1`,
      ],
    },
    {
      title: 'a misspelt key rather than an Allow without a document',
      statements: [encryptFromParent, inEnclave('kms:Decrypt', pcrs(image, zeros, 'PCR00'))],
      texts: [
        `statement DecryptInEnclave of the key policy would have to name ${register('PCR0')} in place of ${register('PCR00')}`,
      ],
    },
    {
      title: 'a digest in capitals rather than another image',
      statements: [
        inEnclave('kms:Decrypt', pcrs(image.toUpperCase(), 'AB'.repeat(48))),
        allow(role, { Sid: 'Other', ...pcrs(zeros, zeros) }),
      ],
      request: requestOf('role', 'kms:Decrypt', {
        [register('PCR0')]: image,
        [register('PCR8')]: 'ab'.repeat(48),
      }),
      texts: [
        `statement DecryptInEnclave of the key policy would have to have ${register('PCR0')} 3fb13fb13fb13fb1…3fb13fb1 in place of 3FB13FB13FB13FB1…3FB13FB1`,
        `statement DecryptInEnclave of the key policy would have to have ${register('PCR8')} abababababababab…abababab in place of ABABABABABABABAB…ABABABAB`,
      ],
    },
    {
      title: 'another action where a document is asked for',
      statements: [encryptFromParent, inEnclave('kms:Decrypt', pcrs(image, zeros))],
      request: requestOf('role', 'kms:GenerateDataKeyPair', attestedContext),
      texts: [
        'statement DecryptInEnclave of the key policy would have to cover kms:GenerateDataKeyPair',
      ],
    },
    {
      title: 'the principal and the document rather than an Allow without one',
      statements: [
        { ...encryptFromParent, Principal: '*' },
        inEnclave('kms:Decrypt', equalToPcr0()),
      ],
      request: requestOf('user', 'kms:Decrypt'),
      facts: withoutDocument,
      texts: [
        `the principal would have to be ${roleArn} (is ${userArn})`,
        "the request would have to carry a Nitro enclave's attestation document, whose PCR0 would have to be 3fb13fb13fb13fb1…3fb13fb1",
      ],
    },
    {
      title: 'the principal and the document rather than an operation more in a grant',
      statements: [inEnclave('kms:Decrypt', equalToPcr0())],
      more: { grants: [{ ...grant, granteePrincipal: userArn, operations: ['Encrypt'] }] },
      request: requestOf('user', 'kms:Decrypt'),
      facts: withoutDocument,
      texts: [
        `the principal would have to be ${roleArn} (is ${userArn})`,
        "the request would have to carry a Nitro enclave's attestation document, whose PCR0 would have to be 3fb13fb13fb13fb1…3fb13fb1",
      ],
    },
    {
      title: 'the document rather than an identity policy where the account decides',
      statements: [allow({ AWS: account }), inEnclave('kms:Decypt', equalToPcr0())],
      request: requestOf('role'),
      facts: withoutDocument,
      texts: [
        'statement DecryptInEnclave of the key policy would have to name kms:Decrypt in place of kms:Decypt',
        "the request would have to carry a Nitro enclave's attestation document, whose PCR0 would have to be 3fb13fb13fb13fb1…3fb13fb1",
      ],
    },
    {
      title: 'the document rather than another condition of an Allow without one',
      statements: [
        allow(role, { Sid: 'A', ...when(equalTo('aws:SourceVpc', 'vpc-1')) }),
        inEnclave('kms:Decrypt', equalToPcr0()),
      ],
      request: requestOf('role'),
      facts: withoutDocument,
      texts: [
        "the request would have to carry a Nitro enclave's attestation document, whose PCR0 would have to be 3fb13fb13fb13fb1…3fb13fb1",
      ],
    },
    {
      title: 'document, encryption context and identity policy rather than the administrator',
      statements: [
        admins,
        allow(partner, {
          Sid: 'Consumer',
          Action: 'kms:Decrypt',
          ...when({ StringEquals: { [register('PCR0')]: image, [dataset]: 'a' } }),
        }),
      ],
      request: requestOf('foreignRole', 'kms:Decrypt', {
        'kms:EncryptionContextKeys': ['dataset'],
        [dataset]: 'b',
      }),
      facts: withoutDocument,
      texts: [
        "the request would have to carry a Nitro enclave's attestation document, whose PCR0 would have to be 3fb13fb13fb13fb1…3fb13fb1",
        `${dataset} would have to be a (is b)`,
        `an identity policy of role/partner would have to allow kms:Decrypt on ${keyArn}`,
      ],
    },
    {
      title: 'the same of two statements that lack the same',
      statements: [
        allow(role, { Sid: 'B', Action: 'kms:Encrypt' }),
        allow(role, { Sid: 'A', Action: 'kms:Encrypt' }),
      ],
      request: requestOf('role', 'kms:Sign'),
      facts: withoutRecipient,
      texts: ['statement A of the key policy would have to cover kms:Sign'],
    },
    {
      title: 'an Allow without a document where nothing else would do',
      statements: [
        encryptFromParent,
        inEnclave('kms:Decrypt', {}),
        deny('*', { Sid: 'D', Action: 'kms:Decrypt' }),
      ],
      texts: [
        'statement D of the key policy would have to not apply: it denies kms:Decrypt without a condition',
      ],
    },
  ] satisfies readonly (Partial<Row> & {
    readonly title: string
    readonly statements: readonly StatementSource[]
    readonly more?: Partial<PolicySet>
    readonly texts: readonly string[]
  })[]
).map((row) => ({
  request: requestOf('role', 'kms:Decrypt', attestedContext),
  facts: withDocument,
  ...row,
  policies: policySet([], 'more' in row ? row.more : {}),
}))

function equalToPcr0(): StatementSource {
  return when(equalTo(register('PCR0'), image))
}

describe('nearestMiss', () => {
  for (const { title, statements, policies, request, facts, texts } of anyOrder) {
    it(`names ${title}, in whatever order they stand`, () => {
      for (const ordered of [statements, statements.toReversed()]) {
        const keyPolicy = policyOf('key', ...ordered)
        const changes = changesOf(request ?? requestOf('role'), { ...policies, keyPolicy }, facts)
        assert.deepEqual(
          changes?.map(({ text }) => text),
          texts,
        )
      }
    })
  }

  for (const { title, policies, request = requestOf('role'), facts, texts } of rows) {
    it(`names ${title}`, () => {
      const changes = changesOf(request, policies, facts) ?? []
      assert.deepEqual(
        changes.map(({ text }) => text),
        texts,
      )
    })
  }

  it('is none for a request that is allowed', () => {
    assert.equal(changesOf(requestOf('role'), policySet([allow(role)])), null)
  })

  it('is none where nothing allows: an action that does not work across accounts', () => {
    const policies = policySet([allow({ AWS: foreignRoleArn })], {
      identity: [attached('identity', 'Allow')],
    })
    assert.equal(changesOf(requestOf('foreignRole', 'kms:DisableKey'), policies), null)
  })

  it('says where each change stands, with whole values', () => {
    const statement = allow(role, when(equalTo(register('PCR0'), image), { Sid: 'Pinned' }))
    const request = requestOf('role', 'kms:Decrypt', { [register('PCR0')]: zeros })
    const [change] = changesOf(request, policySet([statement]), withDocument) ?? []
    assert.ok(change)
    const { text, ...rest } = change
    assert.match(text, /…/)
    assert.deepEqual(rest, {
      of: 'REQUEST',
      policyType: 'RESOURCE_BASED_POLICY',
      policy: 'default',
      sid: 'Pinned',
      index: 0,
      element: 'Condition',
      operator: 'StringEquals',
      key: register('PCR0'),
      expected: [image],
      actual: zeros,
    })
  })

  it('names what allows, when only the request would have to change', () => {
    const some = <T>(values: readonly T[]) => fc.constantFrom(...values)
    const keys = ['aws:SourceVpc', 'aws:Referer', register('PCR0'), register('PCR3')]
    const operators = ['StringEquals', 'StringNotEquals', 'StringEqualsIfExists', 'StringNotLike']
    const condition = fc
      .array(fc.tuple(some(operators), some(keys), some(['a', 'b'])), { maxLength: 3 })
      .map((list) =>
        Object.fromEntries(list.map(([operator, key, value]) => [operator, { [key]: value }])),
      )
    const statement = fc
      .tuple(some(['Allow', 'Allow', 'Deny']), condition)
      .map(([Effect, Condition]) => ({ ...allow(role), Effect, Condition }))
    const context = fc.dictionary(some(keys), some(['a', 'b', 'c']))
    let confirmed = 0
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 4 }), context, (statements, values) => {
        const request = requestOf('role', 'kms:Decrypt', values)
        const policies = policySet(statements)
        const changes = changesOf(request, policies)
        if (!changes) {
          assert.equal(authorize(request, policies).effect, 'ALLOW')
          return
        }
        const one = changes.length === 1 ? changes[0] : undefined
        if (one?.of !== 'REQUEST' || !one.key) return
        // One key with one of these values, or without any, has to be enough.
        const { key } = one
        const tried = [...one.expected, 'none of them', undefined].map((value) => ({
          ...request,
          context: contextOf({ ...values, [key]: value }),
        }))
        assert.ok(tried.some((changed) => authorize(changed, policies).effect === 'ALLOW'))
        confirmed++
      }),
      { numRuns: 500 },
    )
    assert.ok(confirmed > 50, String(confirmed))
  })

  it('takes milliseconds under the largest of policies', () => {
    const values = Array.from({ length: 10 }, (_, index) => `value-${index}`)
    const statement = (index: number) => ({
      Effect: index % 2 === 0 ? 'Allow' : 'Deny',
      Principal: '*',
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: {
        StringLike: { 'aws:SourceVpc': values.map((value) => `*${value}*${index}*`) },
        StringNotLike: { 'aws:Referer': values },
      },
    })
    const statements = Array.from({ length: 80 }, (_, index) => statement(index))
    const keyPolicy = policyOf('key', ...statements)
    assert.ok(keyPolicy.source.length > 24_000)
    const request = requestOf('role', 'kms:Decrypt', {
      'aws:SourceVpc': `${values.join('-')}1-`.repeat(20),
    })
    const policies = { ...silent, keyPolicy }
    const explanation = explain(request, policies)
    const times = [0, 1, 2].map(() => {
      const start = performance.now()
      nearestMiss(request, policies, explanation, withoutDocument)
      return performance.now() - start
    })
    assert.ok(Math.min(...times) < 50, times.join(', '))
  })

  it('stands beside the root user, whom only a Deny stops', () => {
    const policies = policySet([deny({ AWS: rootArn }, when(equalTo('aws:Referer', 'x')))])
    const request = requestOf('root', 'kms:Decrypt', { 'aws:Referer': 'x' })
    assert.deepEqual(
      changesOf(request, policies)?.map(({ element }) => element),
      ['Condition', 'Policy'],
    )
  })
})
