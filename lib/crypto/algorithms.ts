/**
 * The algorithms of asymmetric, symmetric and HMAC KMS keys, one row each: what the standard that
 * defines an algorithm needs to be told, and the lengths that KMS checks. Which key spec has which
 * algorithm is in specs.ts. Source: KMS developer guide, "Key spec reference"; API_Sign.
 */

/** RSAES-OAEP, RFC 8017 section 7.1: MGF1 uses the same hash, the label is empty. */
export const oaepAlgorithms = {
  RSAES_OAEP_SHA_1: { hash: 'sha1', hashBytes: 20 },
  RSAES_OAEP_SHA_256: { hash: 'sha256', hashBytes: 32 },
} as const

export type OaepAlgorithm = keyof typeof oaepAlgorithms
/** Of key pairs. SM2PKE is GB/T 32918.4 (GM/T 0003.4), with SM3. */
export type AsymmetricAlgorithm = OaepAlgorithm | 'SM2PKE'
export type EncryptionAlgorithm = 'SYMMETRIC_DEFAULT' | AsymmetricAlgorithm

/**
 * What a Message is: the message, the digest that the signing algorithm would make of it, or the
 * message representative μ that ML-DSA would (FIPS 204, section 6.2).
 */
export type MessageType = 'RAW' | 'DIGEST' | 'EXTERNAL_MU'

interface SigningRow {
  /**
   * How the signature is made: RFC 8017 sections 8.1 and 8.2, FIPS 186-5, RFC 8032, GB/T 32918.2,
   * FIPS 204.
   */
  readonly scheme:
    'RSASSA-PSS' | 'RSASSA-PKCS1-v1_5' | 'ECDSA' | 'Ed25519' | 'Ed25519ph' | 'SM2DSA' | 'ML-DSA'
  /** Of the message; for RSASSA-PSS of MGF1 too, and the length of the salt. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | 'sm3' | 'shake256'
  /** The length of a Message that is a digest or μ. */
  readonly digestBytes: number
  readonly messageTypes: readonly MessageType[]
}

const rawOrDigest = ['RAW', 'DIGEST'] as const
const sha256 = { hash: 'sha256', digestBytes: 32, messageTypes: rawOrDigest } as const
const sha384 = { hash: 'sha384', digestBytes: 48, messageTypes: rawOrDigest } as const
const sha512 = { hash: 'sha512', digestBytes: 64, messageTypes: rawOrDigest } as const
const sm3 = { hash: 'sm3', digestBytes: 32, messageTypes: rawOrDigest } as const
const shake256 = {
  hash: 'shake256',
  digestBytes: 64,
  messageTypes: ['RAW', 'EXTERNAL_MU'],
} as const

export const signingAlgorithms = {
  RSASSA_PSS_SHA_256: { scheme: 'RSASSA-PSS', ...sha256 },
  RSASSA_PSS_SHA_384: { scheme: 'RSASSA-PSS', ...sha384 },
  RSASSA_PSS_SHA_512: { scheme: 'RSASSA-PSS', ...sha512 },
  RSASSA_PKCS1_V1_5_SHA_256: { scheme: 'RSASSA-PKCS1-v1_5', ...sha256 },
  RSASSA_PKCS1_V1_5_SHA_384: { scheme: 'RSASSA-PKCS1-v1_5', ...sha384 },
  RSASSA_PKCS1_V1_5_SHA_512: { scheme: 'RSASSA-PKCS1-v1_5', ...sha512 },
  ECDSA_SHA_256: { scheme: 'ECDSA', ...sha256 },
  ECDSA_SHA_384: { scheme: 'ECDSA', ...sha384 },
  ECDSA_SHA_512: { scheme: 'ECDSA', ...sha512 },
  ED25519_SHA_512: { scheme: 'Ed25519', ...sha512, messageTypes: ['RAW'] },
  // The Message is a digest, and KMS prehashes it all the same: it is hashed twice (API_Sign).
  ED25519_PH_SHA_512: { scheme: 'Ed25519ph', ...sha512, messageTypes: ['DIGEST'] },
  SM2DSA: { scheme: 'SM2DSA', ...sm3 },
  ML_DSA_SHAKE_256: { scheme: 'ML-DSA', ...shake256 },
} as const satisfies Record<string, SigningRow>

export type SigningAlgorithm = keyof typeof signingAlgorithms

/** HMAC, RFC 2104; a tag is never shortened. */
export const macAlgorithms = {
  HMAC_SHA_224: { hash: 'sha224' },
  HMAC_SHA_256: { hash: 'sha256' },
  HMAC_SHA_384: { hash: 'sha384' },
  HMAC_SHA_512: { hash: 'sha512' },
} as const

export type MacAlgorithm = keyof typeof macAlgorithms

export type KeyAgreementAlgorithm = 'ECDH'

export type EncapsulationAlgorithm = 'ML_KEM'
