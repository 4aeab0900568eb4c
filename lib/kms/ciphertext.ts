/**
 * Encrypting and decrypting under a KMS key of either kind: what Encrypt, Decrypt, ReEncrypt and
 * the data keys share. A SYMMETRIC_DEFAULT ciphertext is a blob; an RSA one is the primitive's own.
 */
import {
  oaepAlgorithms,
  type EncryptionAlgorithm,
  type OaepAlgorithm,
} from '../crypto/algorithms.ts'
import { decryptRsa, encryptRsa, maxPlaintextBytes } from '../crypto/cipher.ts'
import type { EncryptionContext } from '../crypto/symmetric.ts'
import { decodeBlob, openBlob, sealBlob, type Blob } from './blob.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'
import { requireAlgorithm } from './operation.ts'

const noContext: EncryptionContext = {}

/** One side of an encryption: with which algorithm, and bound to which encryption context. */
export interface Mode {
  readonly algorithm: EncryptionAlgorithm
  readonly context: EncryptionContext
}

/** A mode as a request's parameters give it; refuses an algorithm that is not built. */
export function modeOf(
  algorithm: string | undefined,
  context: EncryptionContext | undefined,
): Mode {
  const name = algorithm ?? 'SYMMETRIC_DEFAULT'
  if (name === 'SYMMETRIC_DEFAULT' || isOaep(name)) {
    return { algorithm: name, context: context ?? noContext }
  }
  throw new Fault('UnsupportedOperationException', `enclave-kms does not have ${name} yet`)
}

function isOaep(name: string): name is OaepAlgorithm {
  return Object.hasOwn(oaepAlgorithms, name)
}

/** Refuses what the key cannot encrypt or decrypt that way. */
export function checkMode(key: Key, { algorithm, context }: Mode): void {
  requireAlgorithm(key, algorithm)
  if (algorithm !== 'SYMMETRIC_DEFAULT' && Object.keys(context).length > 0) {
    throw new Fault(
      'ValidationException',
      `EncryptionContext is not supported with algorithm ${algorithm}.`,
    )
  }
}

/** Refuses a plaintext that is too long for the algorithm. */
export function checkPlaintext(key: Key, { algorithm }: Mode, plaintext: Uint8Array): void {
  if (algorithm === 'SYMMETRIC_DEFAULT') return
  const most = maxPlaintextBytes(key.current, algorithm)
  if (plaintext.length <= most) return
  throw new Fault(
    'ValidationException',
    `Algorithm ${algorithm} and key spec ${key.spec} cannot encrypt data larger than ${most} bytes.`,
  )
}

export function encryptUnder(
  key: Key,
  { algorithm, context }: Mode,
  plaintext: Uint8Array,
): Buffer {
  if (algorithm !== 'SYMMETRIC_DEFAULT') return encryptRsa(key.current, algorithm, plaintext)
  const { id: materialId, material } = key.currentVersion
  return sealBlob({ keyId: key.id, materialId, material }, plaintext, context)
}

/** Throws InvalidCiphertextException, whatever is wrong with the ciphertext. */
export async function decryptUnder(
  key: Key,
  { algorithm, context }: Mode,
  ciphertext: Buffer,
): Promise<{ plaintext: Buffer; materialId?: string }> {
  if (algorithm !== 'SYMMETRIC_DEFAULT') {
    const plaintext = await decryptRsa(key.current, algorithm, ciphertext)
    if (plaintext) return { plaintext }
    throw new Fault('InvalidCiphertextException')
  }
  const blob = blobOf(ciphertext)
  const version = blob?.keyId === key.id ? key.version(blob.materialIdPrefix) : undefined
  const plaintext = blob && version && openBlob(blob, version.material, context)
  if (plaintext) return { plaintext, materialId: version.id }
  throw new Fault('InvalidCiphertextException')
}

const decoded = new WeakMap<Buffer, { blob: Blob | null }>()

/** A ciphertext's blob, read once for all that ask; null when the bytes are none. */
export function blobOf(ciphertext: Buffer): Blob | null {
  let known = decoded.get(ciphertext)
  if (!known) decoded.set(ciphertext, (known = { blob: decodeBlob(ciphertext) }))
  return known.blob
}

/** Refuses a ciphertext that names another key than the request does. */
export function checkSameKey(key: Key, { algorithm }: Mode, ciphertext: Buffer): void {
  const blob = algorithm === 'SYMMETRIC_DEFAULT' ? blobOf(ciphertext) : null
  if (blob && blob.keyId !== key.id) throw new Fault('IncorrectKeyException')
}
