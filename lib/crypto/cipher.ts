/**
 * Encryption with RSA KMS keys: RSAES-OAEP, RFC 8017 section 7.1. The ciphertext is the primitive's
 * own, as long as the modulus, and names no key. Refuses, with one answer, whatever does not decrypt.
 */
import { constants, publicEncrypt } from 'node:crypto'
import { oaepAlgorithms, type OaepAlgorithm } from './algorithms.ts'
import type { Material } from './material.ts'
import { offload } from './offload.ts'
import { specs } from './specs.ts'

/** The longest plaintext, in bytes: what the modulus leaves after two hashes and two bytes. */
export function maxPlaintextBytes(
  material: Pick<Material, 'spec'>,
  algorithm: OaepAlgorithm,
): number {
  return modulusBytes(material) - 2 * oaepAlgorithms[algorithm].hashBytes - 2
}

/** Encrypts at most `maxPlaintextBytes`. */
export function encryptRsa(
  { publicKey: key }: Material,
  algorithm: OaepAlgorithm,
  plaintext: Uint8Array,
): Buffer {
  const oaepHash = oaepAlgorithms[algorithm].hash
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, plaintext)
}

/** Decrypts; null for a ciphertext that was not made with this key and algorithm. */
export async function decryptRsa(
  material: Material,
  algorithm: OaepAlgorithm,
  ciphertext: Uint8Array,
): Promise<Buffer | null> {
  if (ciphertext.length !== modulusBytes(material)) return null
  const { hash } = oaepAlgorithms[algorithm]
  const plaintext = await offload('rsaDecryptOaep', material.key, hash, ciphertext)
  return plaintext && Buffer.from(plaintext)
}

function modulusBytes({ spec }: Pick<Material, 'spec'>): number {
  const { material } = specs[spec]
  if (material.kind !== 'rsa') throw new Error(`no RSA with ${spec}`)
  return material.modulusBits / 8
}
