/**
 * Encryption with key pairs: RSAES-OAEP, RFC 8017 section 7.1, and SM2PKE. The ciphertext is the
 * primitive's own and names no key. Refuses, with one answer, whatever does not decrypt.
 */
import { constants, publicEncrypt } from 'node:crypto'
import { oaepAlgorithms, type AsymmetricAlgorithm, type OaepAlgorithm } from './algorithms.ts'
import type { Material } from './material.ts'
import { offload } from './offload.ts'
import { decryptSm2, encryptSm2 } from './sm2.ts'
import { specs } from './specs.ts'

/** Of SM2PKE. Source: API_Encrypt. */
const maxSm2PlaintextBytes = 1024

/** The longest plaintext, in bytes: in RSA what the modulus leaves after two hashes and two bytes. */
export function maxPlaintextBytes(
  material: Pick<Material, 'spec'>,
  algorithm: AsymmetricAlgorithm,
): number {
  if (algorithm === 'SM2PKE') return maxSm2PlaintextBytes
  return modulusBytes(material) - 2 * oaepAlgorithms[algorithm].hashBytes - 2
}

/** Encrypts at most `maxPlaintextBytes`. */
export async function encryptAsymmetric(
  material: Material,
  algorithm: AsymmetricAlgorithm,
  plaintext: Uint8Array,
): Promise<Buffer> {
  return algorithm === 'SM2PKE'
    ? encryptSm2(material.sm2Pair, plaintext)
    : encryptRsa(material, algorithm, plaintext)
}

/** Decrypts; null for a ciphertext that was not made with this key and algorithm. */
export function decryptAsymmetric(
  material: Material,
  algorithm: AsymmetricAlgorithm,
  ciphertext: Uint8Array,
): Promise<Buffer | null> {
  return algorithm === 'SM2PKE'
    ? decryptSm2(material.sm2Pair, ciphertext)
    : decryptRsa(material, algorithm, ciphertext)
}

function encryptRsa(
  { publicKey: key }: Material,
  algorithm: OaepAlgorithm,
  plaintext: Uint8Array,
): Buffer {
  const oaepHash = oaepAlgorithms[algorithm].hash
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, plaintext)
}

async function decryptRsa(
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
