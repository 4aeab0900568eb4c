/**
 * The key specs, one row each: what the key material is, which usages a key may be created with,
 * which algorithms it then has, and in which Regions. Source: KMS developer guide, "Key spec
 * reference"; API_CreateKey.
 */
import type {
  EncapsulationAlgorithm,
  EncryptionAlgorithm,
  KeyAgreementAlgorithm,
  MacAlgorithm,
  SigningAlgorithm,
} from './algorithms.ts'
import type { MlDsaParameterSet, MlKemParameterSet } from './parameter-sets.ts'

/** Each key usage, with the kind of algorithms that it is for. */
interface AlgorithmsOfUsage {
  ENCRYPT_DECRYPT: EncryptionAlgorithm
  SIGN_VERIFY: SigningAlgorithm
  GENERATE_VERIFY_MAC: MacAlgorithm
  KEY_AGREEMENT: KeyAgreementAlgorithm
  ENCAPSULATE_DECAPSULATE: EncapsulationAlgorithm
}

export type KeyUsage = keyof AlgorithmsOfUsage

/** What the material of a key spec is. Curves have OpenSSL's names. */
export type MaterialShape =
  | {
      readonly kind: 'secret'
      /** The length of one that is made here, and the least of one that is imported. */
      readonly bytes: number
      /** The greatest length of one that is imported. */
      readonly maxBytes: number
    }
  | { readonly kind: 'rsa'; readonly modulusBits: number }
  | {
      readonly kind: 'ec'
      readonly curve: 'prime256v1' | 'secp384r1' | 'secp521r1' | 'secp256k1'
      readonly fieldBytes: number
    }
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'sm2' }
  | { readonly kind: 'ml-dsa'; readonly parameterSet: MlDsaParameterSet }
  | { readonly kind: 'ml-kem'; readonly parameterSet: MlKemParameterSet }

export interface KeySpecRow {
  readonly material: MaterialShape
  /** The allowed usages with their algorithms, in the order in which AWS lists them. */
  readonly usages: { readonly [U in KeyUsage]?: readonly AlgorithmsOfUsage[U][] }
  /** The usage of a key that was created without one; such a spec's keys only. */
  readonly defaultUsage?: KeyUsage
  /** Whether GenerateDataKeyPair makes such pairs. */
  readonly dataKeyPair: boolean
  /** Whether the China Regions have it: they alone, or the others alone; all Regions, unless said. */
  readonly china?: 'only' | 'never'
}

const oaep = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const
const rsassa = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
] as const

const secret = (bytes: number, maxBytes = bytes) => ({ kind: 'secret', bytes, maxBytes }) as const

/** Imported keys may be longer. Source: KMS developer guide, "Requirements for imported key material". */
const hmac = (bytes: number) => secret(bytes, 128)

function rsa(modulusBits: number) {
  return {
    material: { kind: 'rsa', modulusBits },
    usages: { ENCRYPT_DECRYPT: oaep, SIGN_VERIFY: rsassa },
    dataKeyPair: true,
  } as const
}

function mlDsa(parameterSet: MlDsaParameterSet) {
  return {
    material: { kind: 'ml-dsa', parameterSet },
    usages: { SIGN_VERIFY: ['ML_DSA_SHAKE_256'] },
    dataKeyPair: false,
  } as const
}

function mlKem(parameterSet: MlKemParameterSet) {
  return {
    material: { kind: 'ml-kem', parameterSet },
    usages: { ENCAPSULATE_DECAPSULATE: ['ML_KEM'] },
    dataKeyPair: true,
    china: 'never',
  } as const
}

const rows = {
  SYMMETRIC_DEFAULT: {
    material: secret(32),
    usages: { ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'] },
    defaultUsage: 'ENCRYPT_DECRYPT',
    dataKeyPair: false,
  },
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: {
    material: { kind: 'ec', curve: 'prime256v1', fieldBytes: 32 },
    usages: { SIGN_VERIFY: ['ECDSA_SHA_256'], KEY_AGREEMENT: ['ECDH'] },
    dataKeyPair: true,
  },
  ECC_NIST_P384: {
    material: { kind: 'ec', curve: 'secp384r1', fieldBytes: 48 },
    usages: { SIGN_VERIFY: ['ECDSA_SHA_384'], KEY_AGREEMENT: ['ECDH'] },
    dataKeyPair: true,
  },
  ECC_NIST_P521: {
    material: { kind: 'ec', curve: 'secp521r1', fieldBytes: 66 },
    usages: { SIGN_VERIFY: ['ECDSA_SHA_512'], KEY_AGREEMENT: ['ECDH'] },
    dataKeyPair: true,
  },
  ECC_SECG_P256K1: {
    material: { kind: 'ec', curve: 'secp256k1', fieldBytes: 32 },
    usages: { SIGN_VERIFY: ['ECDSA_SHA_256'] },
    dataKeyPair: true,
  },
  ECC_NIST_EDWARDS25519: {
    material: { kind: 'ed25519' },
    usages: { SIGN_VERIFY: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] },
    dataKeyPair: true,
  },
  SM2: {
    material: { kind: 'sm2' },
    usages: { ENCRYPT_DECRYPT: ['SM2PKE'], SIGN_VERIFY: ['SM2DSA'], KEY_AGREEMENT: ['ECDH'] },
    dataKeyPair: true,
    china: 'only',
  },
  ML_DSA_44: mlDsa('ML-DSA-44'),
  ML_DSA_65: mlDsa('ML-DSA-65'),
  ML_DSA_87: mlDsa('ML-DSA-87'),
  ML_KEM_512: mlKem('ML-KEM-512'),
  ML_KEM_768: mlKem('ML-KEM-768'),
  ML_KEM_1024: mlKem('ML-KEM-1024'),
  HMAC_224: {
    material: hmac(28),
    usages: { GENERATE_VERIFY_MAC: ['HMAC_SHA_224'] },
    dataKeyPair: false,
  },
  HMAC_256: {
    material: hmac(32),
    usages: { GENERATE_VERIFY_MAC: ['HMAC_SHA_256'] },
    dataKeyPair: false,
  },
  HMAC_384: {
    material: hmac(48),
    usages: { GENERATE_VERIFY_MAC: ['HMAC_SHA_384'] },
    dataKeyPair: false,
  },
  HMAC_512: {
    material: hmac(64),
    usages: { GENERATE_VERIFY_MAC: ['HMAC_SHA_512'] },
    dataKeyPair: false,
  },
} as const satisfies Record<string, KeySpecRow>

export type KeySpec = keyof typeof rows

export const specs: Readonly<Record<KeySpec, KeySpecRow>> = rows

export const keyUsages = [
  ...new Set(Object.values(specs).flatMap(({ usages }) => Object.keys(usages))),
] as KeyUsage[]

/** Whether a Region has keys and data key pairs of that spec. */
export function isOffered(spec: KeySpec, region: string): boolean {
  const { china } = specs[spec]
  return china === undefined || region.startsWith('cn-') === (china === 'only')
}
