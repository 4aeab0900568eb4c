/**
 * The algorithms that key material is wrapped with for its import, one row each, and the unwrapping.
 * Refuses, with one answer, what was not wrapped so. Source: KMS developer guide, "Select a wrapping
 * algorithm"; PKCS #11 v2.40, section 2.1.21 (CKM_RSA_AES_KEY_WRAP); RFC 5649.
 */
import { createDecipheriv } from 'node:crypto'
import type { AsymmetricAlgorithm } from './algorithms.ts'
import { decryptAsymmetric } from './cipher.ts'
import type { Material } from './material.ts'
import { isOffered, specs, type KeySpec, type MaterialShape } from './specs.ts'

interface WrappingRow {
  /** What is encrypted under the wrapping key: the material, or an AES key that wraps it. */
  readonly encryption: AsymmetricAlgorithm
  readonly throughAes: boolean
  readonly wraps: readonly MaterialShape['kind'][]
  /** Whether the China Regions have it: they alone, or the others alone. */
  readonly china?: 'only' | 'never'
}

const direct = { throughAes: false, wraps: ['secret', 'ec', 'ed25519', 'sm2'] } as const
const throughAes = { throughAes: true, wraps: ['rsa', 'ec', 'ed25519'], china: 'never' } as const

const rows = {
  RSAES_OAEP_SHA_1: { encryption: 'RSAES_OAEP_SHA_1', ...direct },
  RSAES_OAEP_SHA_256: { encryption: 'RSAES_OAEP_SHA_256', ...direct },
  RSA_AES_KEY_WRAP_SHA_1: { encryption: 'RSAES_OAEP_SHA_1', ...throughAes },
  RSA_AES_KEY_WRAP_SHA_256: { encryption: 'RSAES_OAEP_SHA_256', ...throughAes },
  SM2PKE: {
    encryption: 'SM2PKE',
    throughAes: false,
    wraps: ['rsa', 'ec', 'ed25519', 'sm2'],
    china: 'only',
  },
} as const satisfies Record<string, WrappingRow>

export type WrappingAlgorithm = keyof typeof rows
export type WrappingKeySpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096' | 'SM2'

const wrappingAlgorithms: Readonly<Record<WrappingAlgorithm, WrappingRow>> = rows

/** One of AWS's names of wrapping algorithms: RSAES_PKCS1_V1_5 was given up in October 2023. */
export function isWrappingAlgorithm(name: string): name is WrappingAlgorithm {
  return Object.hasOwn(wrappingAlgorithms, name)
}

/** Whether material of that spec can be imported at all: ML-DSA and ML-KEM keys cannot. */
export function isImportable(spec: KeySpec): boolean {
  const { kind } = specs[spec].material
  return Object.values(wrappingAlgorithms).some(({ wraps }) => wraps.includes(kind))
}

/** Whether a Region takes material of a key spec that is wrapped so. */
export function wraps(
  algorithm: WrappingAlgorithm,
  wrappingKey: WrappingKeySpec,
  spec: KeySpec,
  region: string,
): boolean {
  const row = wrappingAlgorithms[algorithm]
  const isOfKey = (wrappingKey === 'SM2') === (row.encryption === 'SM2PKE')
  const isChina = region.startsWith('cn-')
  const isThere = row.china === undefined || isChina === (row.china === 'only')
  const isWrapped = row.wraps.includes(specs[spec].material.kind)
  // RSAES-OAEP has no room for such a private key.
  const isTooLong = spec === 'ECC_NIST_P521' && wrappingKey === 'RSA_2048' && !row.throughAes
  return isOfKey && isThere && isOffered(wrappingKey, region) && isWrapped && !isTooLong
}

/** Unwraps; null for what was not wrapped with this key and algorithm. */
export async function unwrap(
  wrappingKey: Material,
  algorithm: WrappingAlgorithm,
  wrapped: Uint8Array,
): Promise<Buffer | null> {
  const { encryption, throughAes } = wrappingAlgorithms[algorithm]
  if (!throughAes) return decryptAsymmetric(wrappingKey, encryption, wrapped)
  const { material } = specs[wrappingKey.spec]
  if (material.kind !== 'rsa') throw new Error(`no RSA with ${wrappingKey.spec}`)
  const encryptedKeyBytes = material.modulusBits / 8
  const aesKey = await decryptAsymmetric(
    wrappingKey,
    encryption,
    wrapped.subarray(0, encryptedKeyBytes),
  )
  return aesKey && unwrapPadded(aesKey, wrapped.subarray(encryptedKeyBytes))
}

/** The alternative initial value, RFC 5649 section 3; the lengths are section 4.2's. */
const initialValue = Buffer.from('a65959a6', 'hex')
const blockBytes = 8
/** AWS's guide makes a key of 256 bits; PKCS #11 has others too. */
const aesKeyBytes = 32

/** AES key wrap with padding, RFC 5649 section 4.2. */
export function unwrapPadded(aesKey: Uint8Array, wrapped: Uint8Array): Buffer | null {
  if (aesKey.length !== aesKeyBytes) return null
  if (wrapped.length < 2 * blockBytes || wrapped.length % blockBytes !== 0) return null
  try {
    const decipher = createDecipheriv('id-aes256-wrap-pad', aesKey, initialValue)
    return Buffer.concat([decipher.update(wrapped), decipher.final()])
  } catch {
    return null
  }
}
