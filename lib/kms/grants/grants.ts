/**
 * What a new grant may be: its members, and the operations and constraints that its key has.
 * Source: API reference, CreateGrant; KMS developer guide, "Grants in AWS KMS".
 */
import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { KeyUsage } from '../../crypto/specs.ts'
import type { Grant, GrantConstraints } from '../../iam/grant.ts'
import type { GrantRecord } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { Fault } from '../faults.ts'
import { readPrincipal } from './grant-principal.ts'
import type { Key } from '../key.ts'
import type { Input } from '../model/types.ts'

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
  ENCAPSULATE_DECAPSULATE: ['Encapsulate', 'Decapsulate', 'GetPublicKey'],
}

/** Refuses what AWS does not make a grant of. */
export function checkGrant(key: Key, input: Input<'CreateGrant'>): void {
  checkRoles(input)
  const isSymmetric = key.type === 'symmetric'
  const valid = [...everyKey, ...(isSymmetric ? symmetric : byUsage[key.usage])]
  const others = input.Operations.filter((operation) => !valid.includes(operation))
  if (others.length > 0) {
    const kind = key.type === 'asymmetric' ? 'an asymmetric' : 'a symmetric'
    throw invalid(
      `Operations [${others.join(', ')}] are not supported when creating a grant for ${kind} KMS key with key usage ${key.usage}. Valid operations are [${valid.join(', ')}]`,
    )
  }
  const { EncryptionContextEquals, EncryptionContextSubset } = input.Constraints ?? {}
  for (const pairs of [EncryptionContextEquals, EncryptionContextSubset]) {
    if (!pairs) continue
    if (!isSymmetric) {
      throw invalid(
        'EncryptionContext is supported only when creating a grant for a symmetric encryption KMS key.',
      )
    }
    checkPairs(Object.values(pairs))
  }
}

/** Who gets the grant, and who retires it: a principal or a service, and never both. */
function checkRoles(input: Input<'CreateGrant'>): void {
  const { GranteePrincipal, GranteeServicePrincipal, Constraints } = input
  const { RetiringPrincipal, RetiringServicePrincipal } = input
  if ((GranteePrincipal === undefined) === (GranteeServicePrincipal === undefined)) {
    throw invalid('exactly one of GranteePrincipal and GranteeServicePrincipal is required')
  }
  if (RetiringPrincipal !== undefined && RetiringServicePrincipal !== undefined) {
    throw invalid('RetiringPrincipal and RetiringServicePrincipal exclude each other')
  }
  if (GranteeServicePrincipal === undefined) return
  const retires = RetiringPrincipal ?? RetiringServicePrincipal
  if (Constraints?.SourceArn === undefined || retires === undefined) {
    throw invalid(
      'GranteeServicePrincipal requires a SourceArn constraint and a retiring principal',
    )
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

function invalid(message: string): Fault {
  return new Fault('ValidationException', message)
}

function principalOf(
  call: Call<'CreateGrant'>,
  member: 'GranteePrincipal' | 'RetiringPrincipal',
): string | undefined {
  const text = call.input[member]
  if (text === undefined) return undefined
  const noArn = `${member} does not refer to a valid principal.`
  return readPrincipal(call, text, new Fault('InvalidArnException', noArn))
}

/** The grant that was asked for, when it has passed the checks above. */
export function newGrant(call: Call<'CreateGrant'>, key: Key): GrantRecord {
  const { input } = call
  const grantee = principalOf(call, 'GranteePrincipal') ?? input.GranteeServicePrincipal ?? ''
  const retirer = principalOf(call, 'RetiringPrincipal') ?? input.RetiringServicePrincipal
  const { account, region } = key.record
  return {
    account,
    region,
    keyId: key.id,
    grantId: randomBytes(32).toString('hex'),
    name: input.Name ?? '',
    createdMs: call.nowMs,
    issuingAccount: call.scope.account,
    granteePrincipal: grantee,
    ...(retirer !== undefined && { retiringPrincipal: retirer }),
    ...allowedBy(input),
  }
}

/** What the grant that was asked for allows. */
export function allowedBy({
  Operations,
  Constraints = {},
}: Input<'CreateGrant'>): Pick<Grant, 'operations' | 'constraints'> {
  const { EncryptionContextEquals, EncryptionContextSubset, SourceArn } = Constraints
  return {
    operations: [...new Set(Operations)],
    constraints: {
      ...(EncryptionContextEquals && { encryptionContextEquals: EncryptionContextEquals }),
      ...(EncryptionContextSubset && { encryptionContextSubset: EncryptionContextSubset }),
      ...(SourceArn !== undefined && { sourceArn: SourceArn }),
    },
  }
}

/** Whether a grant is the one that the same named request made before. */
export function sameGrant(old: GrantRecord, asked: GrantRecord): boolean {
  return asked.name !== '' && isDeepStrictEqual(decided(old), decided(asked))
}

/** What the caller decides of a grant; the order of its operations says nothing. */
function decided(grant: GrantRecord) {
  const { granteePrincipal, retiringPrincipal, operations, name, constraints, issuingAccount } =
    grant
  const asked = { granteePrincipal, retiringPrincipal, name, constraints, issuingAccount }
  return { ...asked, operations: operations.toSorted() }
}

/** The condition keys that a grant's encryption context constraint sets. */
export function constraintConditions({
  encryptionContextEquals: equals,
  encryptionContextSubset: subset,
}: GrantConstraints = {}) {
  return {
    encryptionContext: equals ?? subset,
    'kms:GrantConstraintType': equals
      ? 'EncryptionContextEquals'
      : subset && 'EncryptionContextSubset',
  }
}
