/**
 * AWS's request quotas, one row each, and which of them a call counts towards. Whoever asks is
 * counted, not the owner of the key, and each Region by itself.
 * Source: KMS developer guide, "Request quotas", and its table.
 */
import type { KeySpec } from '../crypto/specs.ts'
import type { KeyRecord, Reader, Scope } from '../store/store.ts'
import { parseKeyName } from './arn.ts'
import { decodeBlob } from './blob.ts'
import type { OperationName } from './model/types.ts'

const symmetricByRegion: Readonly<Record<string, number>> = {
  'us-east-2': 20_000,
  'ap-southeast-1': 20_000,
  'ap-southeast-2': 20_000,
  'ap-northeast-1': 20_000,
  'eu-central-1': 20_000,
  'eu-west-2': 20_000,
  'us-east-1': 100_000,
  'us-west-2': 100_000,
  'eu-west-1': 100_000,
}

function inChina(there: number, elsewhere: number): (region: string) => number {
  return (region) => (region.startsWith('cn-') ? there : elsewhere)
}

/** Requests a second that AWS allows unless asked; `group.member` is AWS's `group (member)`. */
const rates = {
  'cryptographicOperations.symmetric': (region: string) => symmetricByRegion[region] ?? 10_000,
  'cryptographicOperations.RSA': 1000,
  'cryptographicOperations.ML_DSA': 1000,
  'cryptographicOperations.ECC_SM2': 1000,
  customKeyStore: 1800,
  CancelKeyDeletion: 5,
  ConnectCustomKeyStore: 5,
  CreateAlias: 5,
  CreateCustomKeyStore: 5,
  CreateGrant: 50,
  CreateKey: 5,
  DeleteAlias: 15,
  DeleteCustomKeyStore: 5,
  DeleteImportedKeyMaterial: 15,
  DescribeCustomKeyStores: 5,
  DescribeKey: 2000,
  DisableKey: 5,
  DisableKeyRotation: 5,
  DisconnectCustomKeyStore: 5,
  EnableKey: 5,
  EnableKeyRotation: 15,
  'GenerateDataKeyPair.ECC_NIST_P256': 100,
  'GenerateDataKeyPair.ECC_NIST_P384': 100,
  'GenerateDataKeyPair.ECC_NIST_P521': 100,
  'GenerateDataKeyPair.ECC_SECG_P256K1': 100,
  'GenerateDataKeyPair.ECC_NIST_EDWARDS25519': 100,
  'GenerateDataKeyPair.RSA_2048': inChina(1, 20),
  'GenerateDataKeyPair.RSA_3072': inChina(0.5, 4),
  'GenerateDataKeyPair.RSA_4096': inChina(0.1, 1),
  'GenerateDataKeyPair.SM2': 25,
  GetKeyLastUsage: 5,
  GetKeyPolicy: 1000,
  GetKeyRotationStatus: 1000,
  GetParametersForImport: 1,
  GetPublicKey: 2000,
  ImportKeyMaterial: 15,
  ListAliases: 500,
  ListGrants: 100,
  ListKeyPolicies: 100,
  ListKeyRotations: 100,
  ListKeys: 500,
  ListResourceTags: 2000,
  ListRetirableGrants: 100,
  PutKeyPolicy: 15,
  ReplicateKey: 5,
  RetireGrant: 50,
  RevokeGrant: 50,
  RotateKeyOnDemand: 5,
  ScheduleKeyDeletion: 15,
  TagResource: 10,
  UntagResource: 5,
  UpdateAlias: 5,
  UpdateCustomKeyStore: 5,
  UpdateKeyDescription: 5,
  UpdatePrimaryRegion: 5,
  // AWS has no quota for these by themselves; a config may.
  Decapsulate: Infinity,
  Decrypt: Infinity,
  DeriveSharedSecret: Infinity,
  Encapsulate: Infinity,
  Encrypt: Infinity,
  GenerateDataKey: Infinity,
  GenerateDataKeyWithoutPlaintext: Infinity,
  GenerateMac: Infinity,
  GenerateRandom: Infinity,
  ReEncrypt: Infinity,
  Sign: Infinity,
  Verify: Infinity,
  VerifyMac: Infinity,
} as const satisfies Readonly<Record<string, number | ((region: string) => number)>>

export type RateName = keyof typeof rates

export const rateNames = Object.keys(rates) as readonly RateName[]

function isRateName(name: string): name is RateName {
  return Object.hasOwn(rates, name)
}

/** AWS's own quota: requests a second; Infinity where it has none. */
export function usualRate(name: RateName, region: string): number {
  const rate = rates[name]
  return typeof rate === 'number' ? rate : rate(region)
}

/** What a call counts towards one quota. */
export interface Charge {
  readonly name: RateName
  readonly region: string
  /** Whose quota it is: an account, or a custom key store. */
  readonly holder: string
  readonly count: number
}

export interface ChargedCall {
  readonly operation: OperationName
  readonly input: object
  /** The caller's account and Region. */
  readonly scope: Scope
  readonly store: Reader
}

type One = (name: string) => Charge[]

/** Operations that count otherwise than once, where they are called, under their own name. */
const special: Partial<Record<OperationName, (input: object, one: One) => Charge[]>> = {
  GenerateDataKeyPair: pairs,
  GenerateDataKeyPairWithoutPlaintext: pairs,
  // One of the two is AWS's trial, before the replica is made.
  ReplicateKey: (input, one) => {
    const { ReplicaRegion: region } = input as { ReplicaRegion: string }
    return [
      ...one('ReplicateKey'),
      ...one('CreateKey').map((key) => ({ ...key, region, count: 2 })),
    ]
  },
  UpdatePrimaryRegion: (input, one) => {
    const { PrimaryRegion: region } = input as { PrimaryRegion: string }
    const here = one('UpdatePrimaryRegion')
    return [...here, ...here.map((charge) => ({ ...charge, region }))]
  },
}

function pairs(input: object, one: One): Charge[] {
  return one(`GenerateDataKeyPair.${(input as { KeyPairSpec: string }).KeyPairSpec}`)
}

/** The operations whose quota is that of the kind of key that they use. */
const ofKeys = new Set<OperationName>(
  rateNames.filter((name): name is RateName & OperationName => rates[name] === Infinity),
)

/** The quotas that a call counts towards; none where AWS documents none. */
export async function chargesOf(call: ChargedCall): Promise<readonly Charge[]> {
  const { operation, input, scope } = call
  const one: One = (name) =>
    isRateName(name) ? [{ name, region: scope.region, holder: scope.account, count: 1 }] : []
  const charges = special[operation]?.(input, one) ?? one(operation)
  return ofKeys.has(operation) ? [...charges, ...(await use(call, one))] : charges
}

/** A cryptographic operation counts towards the quota of each kind of key that it uses. */
async function use(call: ChargedCall, one: One): Promise<readonly Charge[]> {
  const { CustomKeyStoreId } = call.input as { CustomKeyStoreId?: string }
  const keys = await usedKeys(call)
  const stores = [CustomKeyStoreId, ...keys.map((key) => key?.customKeyStore?.id)]
  // A key that nobody knows counts as most keys do.
  const kinds = keys.map((key) => kindOf(key?.spec ?? 'SYMMETRIC_DEFAULT'))
  return [
    ...[...new Set(kinds)].flatMap((kind) => one(`cryptographicOperations.${kind}`)),
    ...[...new Set(stores)].flatMap((holder) =>
      holder === undefined ? [] : one('customKeyStore').map((charge) => ({ ...charge, holder })),
    ),
  ]
}

/** ML-KEM keys have no quota in AWS's table. */
function kindOf(spec: KeySpec): string {
  if (spec.startsWith('RSA_')) return 'RSA'
  if (spec.startsWith('ML_DSA_')) return 'ML_DSA'
  if (spec.startsWith('ML_KEM_')) return 'ML_KEM'
  return spec.startsWith('ECC_') || spec === 'SM2' ? 'ECC_SM2' : 'symmetric'
}

interface KeyNames {
  readonly KeyId?: string
  readonly SourceKeyId?: string
  readonly DestinationKeyId?: string
  readonly CiphertextBlob?: Buffer
}

/** The keys of a cryptographic operation, as far as its parameters tell; one at least. */
function usedKeys({ input, scope, store }: ChargedCall): Promise<(KeyRecord | undefined)[]> {
  const { KeyId, SourceKeyId = KeyId, DestinationKeyId, CiphertextBlob } = input as KeyNames
  const names = DestinationKeyId === undefined ? [SourceKeyId] : [SourceKeyId, DestinationKeyId]
  return Promise.all(
    names.map(async (name) => {
      if (name !== undefined) return keyNamed(store, scope, name)
      const blob = CiphertextBlob && decodeBlob(CiphertextBlob)
      return blob ? store.keyInRegion(scope.region, blob.keyId) : undefined
    }),
  )
}

async function keyNamed(
  store: Reader,
  scope: Scope,
  keyId: string,
): Promise<KeyRecord | undefined> {
  const name = parseKeyName(keyId)
  if (!name) return undefined
  const where = name.scope ?? scope
  if (name.kind === 'key') return store.key(where, name.name)
  const alias = await store.alias(where, name.name)
  return alias && store.key(where, alias.keyId)
}
