/**
 * The mistakes that people make, and the hint that names each: the policies and the request of a
 * refusal, and the beginning of what is said of it.
 */
import { createHash } from 'node:crypto'
import type { PolicySet } from '../../../lib/iam/authorize.ts'
import { parsePolicy } from '../../../lib/iam/document.ts'
import type { HintFacts } from '../../../lib/iam/hints.ts'
import type { AccessRequest, ContextValue } from '../../../lib/iam/request.ts'
import {
  account,
  allow,
  attached,
  deny,
  foreignRoleArn,
  keyArn,
  otherAccount,
  policySet,
  requestOf,
  roleArn,
  sessionArn,
  userArn,
  type CallerName,
  type StatementSource,
} from '../support.ts'

export interface HintCase {
  readonly title: string
  readonly request: AccessRequest
  readonly policies: PolicySet
  readonly facts: HintFacts
  readonly hint: RegExp
}

export const pcrs = new Map(
  Array.from({ length: 16 }, (_, index) => [index, sha384(`register ${index}`)] as const),
)
const zeros = '0'.repeat(96)
const image = 'kms:RecipientAttestation:ImageSha384'
const register = (index: number): string => `kms:RecipientAttestation:PCR${index}`
const valueOf = (index: number): string => pcrs.get(index) ?? ''

export const noDocument: HintFacts = { attestation: null, takesRecipient: true }
const believed: HintFacts = {
  attestation: { platform: 'nitro-enclave', pcrs, debug: false },
  takesRecipient: true,
}
const debugPcrs = new Map([...pcrs].map(([index, value]) => [index, index < 3 ? zeros : value]))
const debugDocument: HintFacts = {
  attestation: { platform: 'nitro-enclave', pcrs: debugPcrs, debug: true },
  takesRecipient: true,
}

/** A role that the key policy names, under this condition. */
function measured(
  operator: string,
  key: string,
  expected: string,
  actual: ContextValue | undefined,
  facts: HintFacts,
  hint: RegExp,
  action = 'kms:Decrypt',
): HintCase {
  return {
    title: `${operator} ${key}: ${hint.source}`,
    request: requestOf('role', action, { [key]: actual }),
    policies: policySet([
      allow({ AWS: roleArn }, { Condition: { [operator]: { [key]: expected } } }),
    ]),
    facts,
    hint,
  }
}

function decided(
  caller: CallerName,
  action: string,
  statements: readonly StatementSource[],
  more: Partial<PolicySet>,
  hint: RegExp,
): HintCase {
  const request = requestOf(caller, action)
  return {
    title: hint.source,
    request,
    policies: policySet(statements, more),
    facts: noDocument,
    hint,
  }
}

const equals = 'StringEqualsIgnoreCase'
const other = sha384('something else')

const otherKey = keyArn.replace(/..$/, 'ff')

/** A Deny for all others. */
function sparing(principal: unknown): StatementSource {
  return { Effect: 'Deny', NotPrincipal: principal, Action: 'kms:*', Resource: '*' }
}

/** A policy variable in the language that has none. */
function literal(version: string | undefined): HintCase {
  const key = 'kms:EncryptionContext:tenant'
  const condition = { StringEquals: { [key]: '${aws:PrincipalTag/tenant}' } }
  const statement = allow({ AWS: roleArn }, { Condition: condition })
  const keyPolicy = parsePolicy(JSON.stringify({ Version: version, Statement: [statement] }), 'key')
  return {
    title: `a policy variable in a policy of version ${version ?? 'none'}`,
    request: requestOf('role', 'kms:Decrypt', { [key]: 'a', 'aws:PrincipalTag/tenant': 'a' }),
    policies: { ...policySet(null), keyPolicy },
    facts: noDocument,
    hint: /^the \$\{…\} of kms:EncryptionContext:tenant is taken literally: policy variables want "Version": "2012-10-17"$/,
  }
}

export const hintCases: readonly HintCase[] = [
  measured(
    equals,
    image,
    other,
    undefined,
    { attestation: null, takesRecipient: false },
    /^kms:Sign never carries an attestation document: kms:RecipientAttestation:ImageSha384 is never there$/,
    'kms:Sign',
  ),
  measured(
    equals,
    register(0),
    other,
    undefined,
    noDocument,
    /^the request carried no attestation document \(Recipient\): kms:RecipientAttestation:PCR0 is not there$/,
  ),
  measured(
    equals,
    'kms:RecipientAttestation:NitroTPMPCR4',
    other,
    undefined,
    believed,
    /^the document is of platform nitro-enclave: .*NitroTPMPCR4 is there for nitro-tpm$/,
  ),
  measured(
    'StringEquals',
    'kms:RecipientAttestation:PCR32',
    other,
    undefined,
    believed,
    /^no request has a condition key kms:RecipientAttestation:PCR32: the registers are kms:RecipientAttestation:PCR0 to kms:RecipientAttestation:PCR31$/,
  ),
  measured(
    'StringEquals',
    'kms:RecipientAttestation:NitroTPMPCR24',
    other,
    undefined,
    believed,
    /: the registers are kms:RecipientAttestation:NitroTPMPCR0 to kms:RecipientAttestation:NitroTPMPCR23$/,
  ),
  measured(
    'StringEquals',
    'kms:RecipientAttestation:PCR00',
    other,
    undefined,
    believed,
    /: the registers are .*PCR0 to .*PCR31$/,
  ),
  measured(
    'StringEquals',
    'kms:RecipientAttestation:TPMPCR4',
    other,
    undefined,
    believed,
    /: is kms:RecipientAttestation:NitroTPMPCR4 meant\?$/,
  ),
  measured(
    'StringEquals',
    'kms:RecipientAttestion:PCR40',
    other,
    undefined,
    believed,
    /^no request has a condition key kms:RecipientAttestion:PCR40$/,
  ),
  measured(
    'StringEquals',
    'kms:EncryptionContext',
    'a',
    undefined,
    noDocument,
    /: is kms:EncryptionContext:<name> meant\?$/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [allow({ AWS: roleArn }, { Action: ['kms:Encrypt', 'kms:Decypt'] })],
    {},
    /^there is no action kms:Decypt: is kms:Decrypt meant\?$/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [allow({ AWS: roleArn }, { Resource: `arn:aws:kms:us-east-1:${account}:alias/app` })],
    {},
    /^an alias does not stand for its key in a policy: .*alias\/app$/,
  ),
  decided(
    'role',
    'kms:ReEncryptFrom',
    [allow({ AWS: roleArn }, { Action: 'kms:ReEncrypt' })],
    {},
    /^there is no action kms:ReEncrypt: is kms:ReEncryptFrom meant\?$/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [allow({ AWS: roleArn }, { Resource: otherKey })],
    {},
    /^the policy is of .*567890ab, and the statement is about .*567890ff: "\*" means the policy's own key$/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [allow({ AWS: roleArn.replace('enclave', 'Enclave') })],
    {},
    /^the policy names .*Enclave-parent: the caller is .*worker-1, and upper and lower case differ$/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [allow({ Service: 'ec2.amazonaws.com' })],
    {},
    /^the policy names ec2\.amazonaws\.com: what runs there calls as its role, .*role\/enclave-parent$/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [allow({ AWS: sessionArn.replace('worker-1', 'worker-2') })],
    {},
    /^the policy names another session of the role, .*worker-2: the caller is .*worker-1$/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [allow('*'), sparing({ AWS: roleArn })],
    {},
    /^NotPrincipal spares the caller only where it also names .*\/worker-1 and arn:aws:iam::111122223333:root$/,
  ),
  decided(
    'user',
    'kms:Decrypt',
    [allow('*'), sparing({ AWS: userArn })],
    {},
    /^NotPrincipal spares the caller only where it also names arn:aws:iam::111122223333:root$/,
  ),
  literal(undefined),
  literal('2008-10-17'),
  measured(equals, register(17), other, undefined, believed, /^the document has no PCR17/),
  measured(
    equals,
    register(0),
    `0x${valueOf(0)}`,
    valueOf(0),
    believed,
    /begins with 0x: the request's is plain hex digits$/,
  ),
  measured(
    'StringEquals',
    image,
    valueOf(0).toUpperCase(),
    valueOf(0),
    believed,
    /^the values of kms:RecipientAttestation:ImageSha384 differ only by case: the request's hex digits are lower-case \(StringEqualsIgnoreCase\)$/,
  ),
  measured(
    equals,
    image,
    valueOf(0),
    zeros,
    debugDocument,
    /^the document comes from an enclave in debug mode, so its PCR0, PCR1 and PCR2 are zero/,
  ),
  measured(
    equals,
    register(2),
    other,
    zeros,
    debugDocument,
    /^the document comes from an enclave in debug mode/,
  ),
  measured(
    equals,
    image,
    zeros,
    valueOf(0),
    believed,
    /^the policy wants zeros for .*ImageSha384: only an enclave in debug mode has them$/,
  ),
  measured(
    equals,
    image,
    valueOf(2),
    valueOf(0),
    believed,
    /^the policy's value of .*ImageSha384 is the document's PCR2, and ImageSha384 is PCR0$/,
  ),
  measured(
    equals,
    register(1),
    valueOf(8),
    valueOf(1),
    believed,
    /^the policy's value of .*PCR1 is the document's PCR8$/,
  ),
  measured(
    equals,
    register(3),
    other,
    pcr3(roleArn),
    believed,
    /^the document's PCR3 is of arn:aws:iam::111122223333:role\/enclave-parent: the policy's is of another role$/,
  ),
  measured(
    equals,
    register(3),
    pcr3(roleArn),
    pcr3('arn:aws:iam::1:role/x'),
    believed,
    /^the policy's PCR3 is of arn:aws:iam::111122223333:role\/enclave-parent: the document's is of another role$/,
  ),
  measured(
    equals,
    register(3),
    roleArn,
    pcr3(roleArn),
    believed,
    /^PCR3 is the SHA-384 digest of the parent's role ARN, not the ARN/,
  ),
  measured(
    equals,
    register(3),
    pcr3(roleArn),
    zeros,
    believed,
    /^the document's PCR3 is zero: the parent instance has no role$/,
  ),
  measured(
    equals,
    register(3),
    pcr3('arn:aws:iam::1:role/x'),
    pcr3('arn:aws:iam::1:role/y'),
    believed,
    /^PCR3 does not match: the document's parent has another role than the policy's value is of$/,
  ),
  measured(
    equals,
    register(8),
    other,
    zeros,
    believed,
    /^the document's PCR8 is zero: the enclave image is not signed$/,
  ),
  measured(
    equals,
    image,
    valueOf(0).slice(0, 64),
    valueOf(0),
    believed,
    /has 64 hex digits: a SHA-384 digest has 96$/,
  ),
  measured(equals, image, 'replace-me', valueOf(0), believed, /is not hex digits: replace-me$/),
  measured(equals, image, ` ${valueOf(0)}`, valueOf(0), believed, /differ only by white space$/),
  measured(
    'StringEquals',
    'aws:PrincipalTag/team',
    'Blue',
    'blue',
    noDocument,
    /^the values of aws:PrincipalTag\/team differ only by case \(StringEqualsIgnoreCase\)$/,
  ),
  measured(
    'StringEquals',
    'kms:ViaService',
    's3.*.amazonaws.com',
    's3.us-east-1.amazonaws.com',
    noDocument,
    /^StringEquals takes \* and \? literally: StringLike/,
  ),
  measured(
    'StringEquals',
    'kms:EncryptionContextKeys',
    'a',
    ['a'],
    noDocument,
    /^kms:EncryptionContextKeys is multivalued: StringEquals compares nothing/,
  ),
  measured(
    'StringEquals',
    'kms:EncryptionContext:tenant',
    'a',
    undefined,
    noDocument,
    /^the request has no encryption context: kms:EncryptionContext:tenant is not there$/,
  ),
  measured(
    'StringEquals',
    'kms:RecipientAttestion:PCR0',
    'a',
    undefined,
    noDocument,
    /^no request has a condition key kms:RecipientAttestion:PCR0: is kms:RecipientAttestation:PCR0 meant\?$/,
  ),
  measured(
    'StringEquals',
    'kms:CallerAcount',
    'a',
    undefined,
    noDocument,
    /is kms:CallerAccount meant\?$/,
  ),
  measured(
    'StringEquals',
    'aws:PrincipalTags/team',
    'a',
    undefined,
    noDocument,
    /^no request has a condition key aws:PrincipalTags\/team/,
  ),
  measured(
    'StringEquals',
    'kms:Something',
    'a',
    undefined,
    noDocument,
    /^no request has a condition key kms:Something$/,
  ),
  {
    title: 'a pair that the encryption context lacks',
    request: requestOf('role', 'kms:Decrypt', {
      'kms:EncryptionContextKeys': ['other'],
      'kms:EncryptionContext:other': 'x',
    }),
    policies: policySet([
      allow(
        { AWS: roleArn },
        { Condition: { StringEquals: { 'kms:EncryptionContext:tenant': 'a' } } },
      ),
    ]),
    facts: noDocument,
    hint: /^the request's encryption context has no pair named tenant$/,
  },
  {
    title: 'a Deny for what is not the image',
    request: requestOf('role', 'kms:Decrypt', { [image]: valueOf(0) }),
    policies: policySet([
      allow('*'),
      deny('*', { Condition: { StringNotEquals: { [image]: valueOf(0).toUpperCase() } } }),
    ]),
    facts: believed,
    hint: /differ only by case/,
  },
  {
    title: 'a Deny of plain HTTP',
    request: requestOf('root', 'kms:Decrypt', { 'aws:SecureTransport': 'false' }),
    policies: policySet([
      allow('*'),
      deny('*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ]),
    facts: noDocument,
    hint: /^the call came over plain HTTP/,
  },
  {
    title: 'a Deny without a document',
    request: requestOf('role'),
    policies: policySet([
      allow('*'),
      deny('*', { Condition: { StringNotEqualsIgnoreCase: { [image]: valueOf(0) } } }),
    ]),
    facts: noDocument,
    hint: /carried no attestation document/,
  },
  decided(
    'role',
    'kms:Decrypt',
    [allow('*', { Sid: 'use', Resource: undefined })],
    {},
    /^statement use has no Resource: no effect$/,
  ),
  decided(
    'user',
    'kms:Decrypt',
    [allow({ AWS: `arn:aws:iam::${account}:user/alice` })],
    {},
    /^the policy names arn:aws:iam::111122223333:user\/alice: the caller is arn:aws:iam::111122223333:user\/teams\/alice$/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [allow({ AWS: `arn:aws:iam::${otherAccount}:role/enclave-parent` })],
    {},
    /^the policy names arn:aws:iam::444455556666:role\/enclave-parent/,
  ),
  decided(
    'user',
    'kms:Decrypt',
    [allow({ AWS: account })],
    {
      identity: [
        attached('identity', 'Allow', { Resource: `arn:aws:kms:us-east-1:${account}:alias/app` }),
      ],
    },
    /^an alias does not stand for its key in a policy: .*alias\/app$/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [allow({ AWS: account })],
    {},
    /^the key policy leaves it to account 111122223333: no identity policy allows it$/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [allow({ AWS: userArn })],
    { identity: [attached('identity', 'Allow')] },
    /^an identity policy allows it, but identity policies count only where/,
  ),
  decided(
    'foreignRole',
    'kms:DisableKey',
    [allow({ AWS: foreignRoleArn })],
    { identity: [attached('identity', 'Allow')] },
    /^kms:DisableKey does not work on a key of another account/,
  ),
  decided(
    'user',
    'kms:RetireGrant',
    [allow({ AWS: userArn })],
    {},
    /^kms:RetireGrant has no effect in a key policy/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [allow('*')],
    { resourceControl: [attached('resourceControl', 'Deny', { Action: 'kms:Sign' })] },
    /^no resource control policy allows it: AWS always attaches RCPFullAWSAccess/,
  ),
  decided(
    'role',
    'kms:Decrypt',
    [],
    {
      grants: [
        {
          grantId: 'g',
          granteePrincipal: roleArn,
          operations: ['Decrypt'],
          constraints: { encryptionContextSubset: { a: 'b' } },
        },
      ],
    },
    /^the request has no encryption context, and the grant g wants one$/,
  ),
]

function sha384(text: string): string {
  return createHash('sha384').update(text).digest('hex')
}

/** PCR3 as AWS computes it. */
function pcr3(role: string): string {
  return createHash('sha384')
    .update(Buffer.concat([Buffer.alloc(48), Buffer.from(role)]))
    .digest('hex')
}
