/**
 * How to call every IAM action of KMS so that each of its condition keys is there, and so that none
 * is that need not be. For the test that holds AWS's list of actions and their condition keys.
 */
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mintAttestationDocument } from '../../lib/attest/mint.ts'
import { operations } from '../../lib/kms/operations/index.ts'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { call } from './call.ts'
import { recipientOf, rsaKey } from './enclaves.ts'
import { newExternalKey } from './imports.ts'
import { keyCalls, newAliasName } from './key-calls.ts'
import { aliasOf, arnOf, keyIds, parentArn, type TestKms } from './scene.ts'

/**
 * `bare` leaves out whatever can be left out. `full` has every parameter that sets a condition key,
 * on the multi-Region key, by its alias where the action knows aliases. `other` has what `full`
 * cannot have beside the rest; few actions have it.
 */
export type Variant = 'bare' | 'full' | 'other'

export interface ConditionCall {
  readonly operation: OperationName
  readonly input: object
  /** The key that the action is on. */
  readonly keyId: string | null
}

export const encryptionContext = { Tenant: 'a', app: 'b' }
export const tag = { TagKey: 'Team', TagValue: 'payments' }
export const service = 'ec2.amazonaws.com'
export const sourceArn = 'arn:aws:ec2:us-east-1:111122223333:volume/vol-1234abcd'
export const validTo = new Date('2030-12-31T23:59:59Z')

const store = { CustomKeyStoreId: 'cks-1234567890abcdef0' }

/** The calls on no key, which key-calls.ts does not have. */
const onNoKey: Readonly<Record<string, object>> = {
  ConnectCustomKeyStore: store,
  CreateCustomKeyStore: { CustomKeyStoreName: 'store' },
  CreateKey: {},
  DeleteCustomKeyStore: store,
  DescribeCustomKeyStores: {},
  DisconnectCustomKeyStore: store,
  GenerateRandom: { NumberOfBytes: 32 },
  ListKeys: {},
  ListRetirableGrants: { RetiringPrincipal: parentArn },
  UpdateCustomKeyStore: store,
}

const context = { EncryptionContext: encryptionContext }
const digest = { Message: Buffer.alloc(32), MessageType: 'DIGEST' }
const signing = { ...digest, SigningAlgorithm: 'ECDSA_SHA_256' }
const agreementKey = createPublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)

const grant = { GranteePrincipal: parentArn, Operations: ['Decrypt', 'DescribeKey'] }

/** What makes a condition key present; the decision is made before anybody looks at the rest. */
const full: Readonly<Record<string, object>> = {
  CreateAlias: { AliasName: newAliasName() },
  CreateGrant: {
    ...grant,
    RetiringPrincipal: parentArn,
    Constraints: { EncryptionContextEquals: encryptionContext },
  },
  CreateKey: {
    KeySpec: 'RSA_2048',
    KeyUsage: 'SIGN_VERIFY',
    Origin: 'EXTERNAL',
    MultiRegion: true,
    BypassPolicyLockoutSafetyCheck: true,
    Tags: [tag],
  },
  Decrypt: { ...context, CiphertextBlob: Buffer.alloc(200) },
  DeleteAlias: { AliasName: aliasOf('multiRegion') },
  DeriveSharedSecret: {
    KeyAgreementAlgorithm: 'ECDH',
    PublicKey: agreementKey.export({ type: 'spki', format: 'der' }),
  },
  EnableKeyRotation: { RotationPeriodInDays: 180 },
  Encrypt: { ...context, Plaintext: Buffer.from('plaintext') },
  GenerateDataKey: { ...context, KeySpec: 'AES_256' },
  GenerateDataKeyPair: { ...context, KeyPairSpec: 'ECC_NIST_P384' },
  GenerateDataKeyPairWithoutPlaintext: { ...context, KeyPairSpec: 'ECC_NIST_P384' },
  GenerateDataKeyWithoutPlaintext: { ...context, KeySpec: 'AES_256' },
  GenerateMac: { Message: Buffer.alloc(32), MacAlgorithm: 'HMAC_SHA_512' },
  GetParametersForImport: {
    WrappingAlgorithm: 'RSA_AES_KEY_WRAP_SHA_256',
    WrappingKeySpec: 'RSA_4096',
  },
  ImportKeyMaterial: {
    ImportToken: Buffer.alloc(8),
    EncryptedKeyMaterial: Buffer.alloc(8),
    ExpirationModel: 'KEY_MATERIAL_EXPIRES',
    ValidTo: validTo,
  },
  PutKeyPolicy: { Policy: '{}', BypassPolicyLockoutSafetyCheck: true },
  ReEncrypt: {
    CiphertextBlob: Buffer.alloc(200),
    SourceKeyId: aliasOf('multiRegion'),
    SourceEncryptionContext: encryptionContext,
    DestinationEncryptionContext: encryptionContext,
  },
  ReplicateKey: { ReplicaRegion: 'eu-west-1' },
  ScheduleKeyDeletion: { PendingWindowInDays: 14 },
  Sign: signing,
  TagResource: { Tags: [tag] },
  UntagResource: { TagKeys: [tag.TagKey] },
  UpdateAlias: { AliasName: aliasOf('multiRegion') },
  UpdateKeyDescription: { Description: 'text' },
  UpdatePrimaryRegion: { PrimaryRegion: 'eu-west-1' },
  Verify: { ...signing, Signature: Buffer.alloc(70) },
  VerifyMac: { Message: Buffer.alloc(32), MacAlgorithm: 'HMAC_SHA_512', Mac: Buffer.alloc(64) },
}

/** What a bare call has to have beside what key-calls.ts says. */
const bare: Readonly<Record<string, object>> = {
  ImportKeyMaterial: { ImportToken: Buffer.alloc(8), EncryptedKeyMaterial: Buffer.alloc(8) },
  ScheduleKeyDeletion: {},
}

const other: Readonly<Record<string, object>> = {
  CreateGrant: {
    GranteeServicePrincipal: service,
    RetiringServicePrincipal: service,
    Operations: ['DescribeKey'],
    Constraints: { SourceArn: sourceArn },
  },
}

/** The call that asks for an action; null where the action has no such variant. */
export async function conditionCall(
  kms: TestKms,
  action: string,
  variant: Variant,
  { byAlias }: { byAlias: boolean },
): Promise<ConditionCall | null> {
  const operation = (action.startsWith('ReEncrypt') ? 'ReEncrypt' : action) as OperationName
  const takesRecipient = operations.get(operation)?.recipient !== undefined
  if (variant === 'other' && !other[operation] && !takesRecipient) return null
  if (variant === 'bare') return bareCall(kms, action, operation)
  const name = byAlias ? aliasOf('multiRegion') : keyIds.multiRegion
  const { member } = keyCalls[operation] ?? { member: null }
  const recipient = takesRecipient ? recipientOf(await document(variant)) : {}
  const input = {
    ...onNoKey[operation],
    ...((variant === 'other' ? other[operation] : undefined) ?? full[operation]),
    ...(operation === 'RetireGrant' && (await newGrant(kms))),
    ...(operation === 'RevokeGrant' && { GrantId: 'f'.repeat(64) }),
    ...recipient,
    ...(member && { [member]: name }),
  }
  return { operation, input, keyId: onNoKey[operation] ? null : keyIds.multiRegion }
}

async function bareCall(
  kms: TestKms,
  action: string,
  operation: OperationName,
): Promise<ConditionCall> {
  const row = keyCalls[operation]
  if (!row) return { operation, input: onNoKey[operation] ?? {}, keyId: null }
  const keyId = row.imported ? await newExternalKey(kms) : keyIds[row.kind]
  const rest = bare[operation] ?? (await row.rest(kms, keyId))
  const input = { ...rest, ...(row.member && { [row.member]: keyId }) }
  // The ciphertext that a re-encryption starts from, and the alias that changes its key, are of the
  // key beside it.
  const isOther = action === 'ReEncryptFrom' || action === 'UpdateAlias'
  return { operation, input, keyId: isOther ? keyIds.other : keyId }
}

async function newGrant(kms: TestKms): Promise<object> {
  const Constraints = { EncryptionContextSubset: encryptionContext }
  const input = { ...grant, KeyId: keyIds.multiRegion, Constraints }
  const { GrantId } = await call(kms.root, 'CreateGrant', input)
  return { KeyId: arnOf(keyIds.multiRegion), GrantId }
}

/** How many registers a document has. */
export const registers = { full: 32, other: 24 } as const

export function registerOf(index: number): Buffer {
  return Buffer.alloc(48, index + 1)
}

/** A document with every register that its platform has: an enclave's, or the other one's. */
async function document(variant: 'full' | 'other'): Promise<Uint8Array> {
  const key = createPublicKey(await rsaKey(2048)).export({ type: 'spki', format: 'der' })
  const pcrs = Array.from(
    { length: registers[variant] },
    (_, index) => [index, registerOf(index)] as const,
  )
  const platform = variant === 'full' ? 'nitro-enclave' : 'nitro-tpm'
  return mintAttestationDocument({ platform, pcrs: new Map(pcrs), publicKey: key }, Date.now())
}
