/**
 * How to call every operation on a key, one row each: on which kind of key, with which member naming
 * it, and with what beside. For tests that hold a rule over all operations.
 */
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { call } from './call.ts'
import { importRequest, newExternalKey } from './imports.ts'
import { delegation, policyOf } from './policies.ts'
import { arnOf, keyIds, parentArn, region, type KeyName, type TestKms } from './scene.ts'

export interface KeyCall {
  /** A key of the scene of the kind that the operation is for. */
  readonly kind: KeyName
  /** Whether the key's material must be imported. */
  readonly imported?: true
  /** The member that names the key by its id; null where something else does, which is made. */
  readonly member: 'KeyId' | 'TargetKeyId' | 'DestinationKeyId' | null
  /** The rest of the input: what has to be made before, on an enabled key, is made here. */
  readonly rest: (kms: TestKms, keyId: string) => Promise<object> | object
  /** The rest of the input on a key without material, where nothing can be made before. */
  readonly restWithoutMaterial?: (keyId: string) => object
}

/** A key that never changes, for what needs one beside the key in question. */
const bystander = keyIds.other

const plain: KeyCall = { kind: 'symmetric', member: 'KeyId', rest: () => ({}) }

const peer = createPublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey).export({
  type: 'spki',
  format: 'der',
})

const message = { Message: Buffer.from('message') }
const signing = { ...message, SigningAlgorithm: 'ECDSA_SHA_256' }
const mac = { ...message, MacAlgorithm: 'HMAC_SHA_256' }
const encapsulation = { EncapsulationAlgorithm: 'ML_KEM' }
const noCiphertext = { CiphertextBlob: Buffer.alloc(200) }

let aliases = 0

/** An alias name that nobody has used. */
export function newAliasName(): string {
  aliases += 1
  return `alias/new-${String(aliases)}`
}

const otherRegions = ['eu-west-1', 'us-west-2', 'ap-east-1', 'sa-east-1', 'af-south-1']

/** A Region that the last calls have not named. */
function anotherRegion(): string {
  const next = otherRegions.shift()!
  otherRegions.push(next)
  return next
}

async function newAlias(kms: TestKms, keyId: string): Promise<{ AliasName: string }> {
  const AliasName = newAliasName()
  await call(kms.root, 'CreateAlias', { AliasName, TargetKeyId: keyId })
  return { AliasName }
}

/** A grant id that no key has a grant for. */
export const nobodysGrantId = 'f'.repeat(64)

/** A grant that lets nobody do anything but look at the key. */
async function newGrant(kms: TestKms, KeyId: string): Promise<{ GrantId: string }> {
  const input = { KeyId, GranteePrincipal: parentArn, Operations: ['DescribeKey'] }
  const { GrantId } = await call(kms.root, 'CreateGrant', input)
  return { GrantId: GrantId! }
}

/** What tests import into a key for imported material. */
export const importedMaterial = Buffer.alloc(32, 7)

const onImported: KeyCall = { ...plain, imported: true }

/** What imports that material into the key, or into another one where the key takes none. */
async function newImport(kms: TestKms, KeyId: string): Promise<object> {
  const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
  const keyId = KeyMetadata?.Origin === 'EXTERNAL' ? KeyId : await newExternalKey(kms)
  const { KeyId: _, ...rest } = await importRequest(kms, keyId, importedMaterial)
  return rest
}

async function ciphertextOf(kms: TestKms, keyId: string): Promise<{ CiphertextBlob: Uint8Array }> {
  const input = { KeyId: keyId, Plaintext: Buffer.from('plaintext') }
  const { CiphertextBlob } = await call(kms.root, 'Encrypt', input)
  return { CiphertextBlob: CiphertextBlob! }
}

export const keyCalls: Readonly<Partial<Record<OperationName, KeyCall>>> = {
  CancelKeyDeletion: plain,
  CreateAlias: {
    ...plain,
    member: 'TargetKeyId',
    rest: () => ({ AliasName: newAliasName() }),
  },
  CreateGrant: {
    ...plain,
    rest: () => ({ GranteePrincipal: parentArn, Operations: ['DescribeKey'] }),
  },
  Decapsulate: {
    ...plain,
    kind: 'encapsulation',
    rest: () => ({ ...encapsulation, SharedSecretCiphertextBlob: Buffer.alloc(768) }),
  },
  Decrypt: { ...plain, rest: ciphertextOf, restWithoutMaterial: () => noCiphertext },
  DeleteAlias: { ...plain, member: null, rest: newAlias },
  DeleteImportedKeyMaterial: onImported,
  DeriveSharedSecret: {
    ...plain,
    kind: 'agreement',
    rest: () => ({ KeyAgreementAlgorithm: 'ECDH', PublicKey: peer }),
  },
  DescribeKey: plain,
  DisableKey: plain,
  DisableKeyRotation: plain,
  EnableKey: plain,
  EnableKeyRotation: plain,
  Encapsulate: { ...plain, kind: 'encapsulation', rest: () => encapsulation },
  Encrypt: { ...plain, rest: () => ({ Plaintext: Buffer.from('plaintext') }) },
  GenerateDataKey: { ...plain, rest: () => ({ KeySpec: 'AES_256' }) },
  GenerateDataKeyPair: { ...plain, rest: () => ({ KeyPairSpec: 'ECC_NIST_P256' }) },
  GenerateDataKeyPairWithoutPlaintext: {
    ...plain,
    rest: () => ({ KeyPairSpec: 'ECC_NIST_P256' }),
  },
  GenerateDataKeyWithoutPlaintext: { ...plain, rest: () => ({ KeySpec: 'AES_128' }) },
  GenerateMac: { ...plain, kind: 'hmac', rest: () => mac },
  GetKeyLastUsage: plain,
  GetKeyPolicy: plain,
  GetKeyRotationStatus: plain,
  GetParametersForImport: {
    ...onImported,
    rest: () => ({ WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }),
  },
  GetPublicKey: { ...plain, kind: 'signing' },
  ImportKeyMaterial: { ...onImported, rest: newImport },
  ListAliases: plain,
  ListGrants: plain,
  ListKeyPolicies: plain,
  ListKeyRotations: plain,
  ListResourceTags: plain,
  PutKeyPolicy: { ...plain, rest: () => ({ Policy: policyOf(delegation) }) },
  ReEncrypt: {
    ...plain,
    member: 'DestinationKeyId',
    rest: (kms) => ciphertextOf(kms, bystander),
  },
  ReplicateKey: {
    ...plain,
    kind: 'multiRegion',
    rest: () => ({ ReplicaRegion: anotherRegion() }),
  },
  RetireGrant: {
    ...plain,
    member: null,
    // It takes no key id.
    rest: async (kms, keyId) => ({ KeyId: arnOf(keyId), ...(await newGrant(kms, keyId)) }),
    restWithoutMaterial: (keyId) => ({ KeyId: arnOf(keyId), GrantId: nobodysGrantId }),
  },
  RevokeGrant: {
    ...plain,
    rest: newGrant,
    restWithoutMaterial: () => ({ GrantId: nobodysGrantId }),
  },
  RotateKeyOnDemand: plain,
  ScheduleKeyDeletion: { ...plain, rest: () => ({ PendingWindowInDays: 7 }) },
  Sign: { ...plain, kind: 'signing', rest: () => signing },
  TagResource: { ...plain, rest: () => ({ Tags: [{ TagKey: 'a', TagValue: 'b' }] }) },
  UntagResource: { ...plain, rest: () => ({ TagKeys: ['a'] }) },
  UpdateAlias: {
    ...plain,
    member: 'TargetKeyId',
    rest: (kms) => newAlias(kms, bystander),
  },
  UpdateKeyDescription: { ...plain, rest: () => ({ Description: 'text' }) },
  UpdatePrimaryRegion: {
    ...plain,
    kind: 'multiRegion',
    // Where the primary is: nothing has to be made before, and the next call finds it again.
    rest: () => ({ PrimaryRegion: region }),
  },
  Verify: {
    ...plain,
    kind: 'signing',
    rest: async (kms, keyId) => {
      const { Signature } = await call(kms.root, 'Sign', { KeyId: keyId, ...signing })
      return { ...signing, Signature }
    },
    restWithoutMaterial: () => ({ ...signing, Signature: Buffer.alloc(70) }),
  },
  VerifyMac: {
    ...plain,
    kind: 'hmac',
    rest: async (kms, keyId) => {
      const { Mac } = await call(kms.root, 'GenerateMac', { KeyId: keyId, ...mac })
      return { ...mac, Mac }
    },
    restWithoutMaterial: () => ({ ...mac, Mac: Buffer.alloc(32) }),
  },
}

/** The operations that are on no key, whatever else they need. */
export const keylessOperations: readonly OperationName[] = [
  'ConnectCustomKeyStore',
  'CreateCustomKeyStore',
  'CreateKey',
  'DeleteCustomKeyStore',
  'DescribeCustomKeyStores',
  'DisconnectCustomKeyStore',
  'GenerateRandom',
  'ListKeys',
  'ListRetirableGrants',
  'UpdateCustomKeyStore',
]
