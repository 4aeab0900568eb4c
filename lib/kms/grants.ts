/**
 * What a grant may be: its principals, and the operations that its key has.
 * Source: API reference, CreateGrant; KMS developer guide, "Grants in AWS KMS".
 */
import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { KeyUsage } from '../crypto/specs.ts'
import type { Grant } from '../iam/grant.ts'
import type { GrantRecord } from '../store/store.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'
import type { Input } from './types.ts'

/** What the caller decides of a grant. */
export type GrantParameters = Omit<Grant, 'grantId'> &
  Pick<GrantRecord, 'name' | 'retiringPrincipal'>

const everyKey = ['CreateGrant', 'RetireGrant', 'DescribeKey']
const symmetric = [
  'Encrypt',
  'Decrypt',
  'ReEncryptFrom',
  'ReEncryptTo',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
]

/** The operations that a grant may allow on an asymmetric or HMAC key, by the key's usage. */
const byUsage: Readonly<Record<KeyUsage, readonly string[]>> = {
  ENCRYPT_DECRYPT: ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GetPublicKey'],
  SIGN_VERIFY: ['Sign', 'Verify', 'GetPublicKey'],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac'],
  KEY_AGREEMENT: ['DeriveSharedSecret', 'GetPublicKey'],
}

/** Refuses what AWS does not make a grant of. The texts are ours. */
export function checkGrant(key: Key, input: Input<'CreateGrant'>): void {
  const { GranteePrincipal, GranteeServicePrincipal, Constraints = {} } = input
  const { RetiringPrincipal, RetiringServicePrincipal } = input
  if ((GranteePrincipal === undefined) === (GranteeServicePrincipal === undefined)) {
    throw invalid('exactly one of GranteePrincipal and GranteeServicePrincipal is required')
  }
  if (RetiringPrincipal !== undefined && RetiringServicePrincipal !== undefined) {
    throw invalid('RetiringPrincipal and RetiringServicePrincipal exclude each other')
  }
  for (const principal of [GranteePrincipal, RetiringPrincipal]) {
    if (principal !== undefined && !isGrantee(principal)) {
      throw new Fault('InvalidArnException', `Invalid principal ${principal}`)
    }
  }
  const retires = RetiringPrincipal ?? RetiringServicePrincipal
  if (GranteeServicePrincipal && (Constraints.SourceArn === undefined || retires === undefined)) {
    throw invalid(
      'GranteeServicePrincipal requires a SourceArn constraint and a retiring principal',
    )
  }
  const isSymmetric = key.type === 'symmetric'
  const allowed = isSymmetric ? symmetric : byUsage[key.usage]
  for (const operation of input.Operations) {
    if (allowed.includes(operation) || everyKey.includes(operation)) continue
    throw invalid(`operation ${operation} is not supported by ${key.arn}`)
  }
  for (const pairs of [Constraints.EncryptionContextEquals, Constraints.EncryptionContextSubset]) {
    if (!pairs) continue
    if (!isSymmetric) {
      throw invalid('encryption context constraints are for symmetric encryption keys only')
    }
    checkPairs(Object.values(pairs))
  }
}

/** AWS's limits of an encryption context constraint: pairs, and characters of a value. */
const maxPairs = 8
const maxValueLength = 384

function checkPairs(values: readonly string[]): void {
  if (values.length > maxPairs) {
    throw invalid(`an encryption context constraint has at most ${maxPairs} pairs`)
  }
  if (values.some((value) => value.length > maxValueLength)) {
    throw invalid(
      `a value of an encryption context constraint has at most ${maxValueLength} characters`,
    )
  }
}

/** An account, or the ARN of an account, a user, a role, a federated user or a session. */
function isGrantee(principal: string): boolean {
  const arn = /^arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|[a-z-]+\/[\x21-\x7e]+)$/
  if (/^\d{12}$/.test(principal)) return true
  const [, service, resource = ''] = arn.exec(principal) ?? []
  const [kind = ''] = resource.split('/')
  return service === 'iam'
    ? ['root', 'user', 'role'].includes(kind)
    : service === 'sts' && ['assumed-role', 'federated-user'].includes(kind)
}

/** Whether a grant is the one that the same named request made before. */
export function sameGrant(old: GrantRecord, parameters: GrantParameters): boolean {
  const { granteePrincipal, retiringPrincipal, operations, name, constraints } = old
  const asked = {
    granteePrincipal,
    ...(retiringPrincipal !== undefined && { retiringPrincipal }),
    operations,
    name,
    constraints,
  }
  return isDeepStrictEqual(asked, parameters)
}

function invalid(message: string): Fault {
  return new Fault('ValidationException', message)
}

/**
 * A grant token: it says which grant of which key it stands for, and each one is another. It proves
 * nothing: whether its holder may do something is asked of the grant.
 */
export function newGrantToken(key: Key, grantId: string): string {
  const parts = [Buffer.from(grantId, 'hex'), randomBytes(16), Buffer.from(key.arn)]
  return Buffer.concat(parts).toString('base64')
}
