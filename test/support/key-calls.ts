/**
 * How to call every operation on a key, one row each: on which kind of key, with which member naming
 * it, and with what beside. For tests that hold a rule over all operations.
 */
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { OperationName } from '../../lib/kms/types.ts'
import { call } from './call.ts'
import { delegation, policyOf } from './policies.ts'
import { keyIds, parentArn, type KeyName, type TestKms } from './scene.ts'

export interface KeyCall {
  /** A key of the scene of the kind that the operation is for. */
  readonly kind: KeyName
  /** The member that names the key; null where an alias does. */
  readonly member: 'KeyId' | 'TargetKeyId' | 'DestinationKeyId' | null
  /** The rest of the input: what has to be made before, on an enabled key, is made here. */
  readonly rest: (kms: TestKms, keyId: string) => Promise<object> | object
  /** The rest of the input on a key without material, where nothing can be made before. */
  readonly restWithoutMaterial?: object
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
const noCiphertext = { CiphertextBlob: Buffer.alloc(200) }

let aliases = 0

/** An alias name that nobody has used. */
export function newAliasName(): string {
  aliases += 1
  return `alias/new-${String(aliases)}`
}

async function newAlias(kms: TestKms, keyId: string): Promise<{ AliasName: string }> {
  const AliasName = newAliasName()
  await call(kms.root, 'CreateAlias', { AliasName, TargetKeyId: keyId })
  return { AliasName }
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
  Decrypt: { ...plain, rest: ciphertextOf, restWithoutMaterial: noCiphertext },
  DeleteAlias: { ...plain, member: null, rest: newAlias },
  DeriveSharedSecret: {
    ...plain,
    kind: 'agreement',
    rest: () => ({ KeyAgreementAlgorithm: 'ECDH', PublicKey: peer }),
  },
  DescribeKey: plain,
  DisableKey: plain,
  EnableKey: plain,
  Encrypt: { ...plain, rest: () => ({ Plaintext: Buffer.from('plaintext') }) },
  GenerateDataKey: { ...plain, rest: () => ({ KeySpec: 'AES_256' }) },
  GenerateDataKeyPair: { ...plain, rest: () => ({ KeyPairSpec: 'ECC_NIST_P256' }) },
  GenerateDataKeyPairWithoutPlaintext: {
    ...plain,
    rest: () => ({ KeyPairSpec: 'ECC_NIST_P256' }),
  },
  GenerateDataKeyWithoutPlaintext: { ...plain, rest: () => ({ KeySpec: 'AES_128' }) },
  GenerateMac: { ...plain, kind: 'hmac', rest: () => mac },
  GetKeyPolicy: plain,
  GetPublicKey: { ...plain, kind: 'signing' },
  ListAliases: plain,
  ListKeyPolicies: plain,
  ListResourceTags: plain,
  PutKeyPolicy: { ...plain, rest: () => ({ Policy: policyOf(delegation) }) },
  ReEncrypt: {
    ...plain,
    member: 'DestinationKeyId',
    rest: (kms) => ciphertextOf(kms, bystander),
  },
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
  Verify: {
    ...plain,
    kind: 'signing',
    rest: async (kms, keyId) => {
      const { Signature } = await call(kms.root, 'Sign', { KeyId: keyId, ...signing })
      return { ...signing, Signature }
    },
    restWithoutMaterial: { ...signing, Signature: Buffer.alloc(70) },
  },
  VerifyMac: {
    ...plain,
    kind: 'hmac',
    rest: async (kms, keyId) => {
      const { Mac } = await call(kms.root, 'GenerateMac', { KeyId: keyId, ...mac })
      return { ...mac, Mac }
    },
    restWithoutMaterial: { ...mac, Mac: Buffer.alloc(32) },
  },
}

/** The operations that are on no key, whatever else they need. */
export const keylessOperations: readonly OperationName[] = [
  'CreateKey',
  'GenerateRandom',
  'ListKeys',
]
