/**
 * Encrypting and decrypting under a KMS key of either kind: what Encrypt, Decrypt, ReEncrypt and
 * the data keys share. A SYMMETRIC_DEFAULT ciphertext is a blob; that of a key pair is the
 * primitive's own.
 */
import type { EncryptionAlgorithm } from '../crypto/algorithms.ts'
import { decryptAsymmetric, encryptAsymmetric, maxPlaintextBytes } from '../crypto/cipher.ts'
import type { EncryptionContext } from '../crypto/symmetric.ts'
import type { MaybePromise } from '../store/store.ts'
import { decodeBlob, openBlob, sealBlob, type Blob } from './blob.ts'
import type { Call } from './call.ts'
import { decryptExternally, encryptExternally } from './key-stores/external-keys.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'
import { requireAlgorithm } from './operation.ts'

const noContext: EncryptionContext = {}

/** One side of an encryption: with which algorithm, and bound to which encryption context. */
export interface Mode {
  readonly algorithm: EncryptionAlgorithm
  readonly context: EncryptionContext
}

/** A mode as a request's parameters give it. */
export function modeOf(
  algorithm: EncryptionAlgorithm | undefined,
  context: EncryptionContext | undefined,
): Mode {
  return { algorithm: algorithm ?? 'SYMMETRIC_DEFAULT', context: context ?? noContext }
}

/** Refuses what the key cannot encrypt or decrypt that way. */
export function checkMode(key: Key, { algorithm, context }: Mode): void {
  requireAlgorithm(key, algorithm)
  if (algorithm !== 'SYMMETRIC_DEFAULT' && Object.keys(context).length > 0) {
    throw new Fault(
      'ValidationException',
      'EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.',
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

export async function encryptUnder(
  call: Call,
  key: Key,
  { algorithm, context }: Mode,
  plaintext: Uint8Array,
): Promise<Buffer> {
  return algorithm === 'SYMMETRIC_DEFAULT'
    ? sealUnder(call, key, context, plaintext)
    : encryptAsymmetric(key.current, algorithm, plaintext)
}

/** Encrypts under a symmetric encryption key; with one in an external key store its proxy does. */
export function sealUnder(
  call: Call,
  key: Key,
  context: EncryptionContext,
  plaintext: Uint8Array,
): MaybePromise<Buffer> {
  if (key.origin === 'EXTERNAL_KEY_STORE') return encryptExternally(call, key, context, plaintext)
  const { id: materialId, material } = key.currentVersion
  return sealBlob({ keyId: key.id, materialId, material }, plaintext, context)
}

/** Throws InvalidCiphertextException, whatever is wrong with the ciphertext. */
export async function decryptUnder(
  call: Call,
  key: Key,
  { algorithm, context }: Mode,
  ciphertext: Buffer,
): Promise<{ plaintext: Buffer; materialId?: string }> {
  if (algorithm !== 'SYMMETRIC_DEFAULT') {
    const plaintext = await decryptAsymmetric(key.current, algorithm, ciphertext)
    if (plaintext) return { plaintext }
    throw new Fault('InvalidCiphertextException')
  }
  const blob = blobOf(ciphertext)
  if (key.origin === 'EXTERNAL_KEY_STORE') return decryptExternally(call, key, context, blob)
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

/** Refuses what is no symmetric ciphertext, where it should be one, before the key is asked. */
export function checkForm({ algorithm }: Mode, ciphertext: Buffer): void {
  if (algorithm === 'SYMMETRIC_DEFAULT' && !blobOf(ciphertext)) {
    throw new Fault('InvalidCiphertextException')
  }
}

/** Refuses a ciphertext that names another key than the request does. */
export function checkSameKey(key: Key, { algorithm }: Mode, ciphertext: Buffer): void {
  const blob = algorithm === 'SYMMETRIC_DEFAULT' ? blobOf(ciphertext) : null
  if (blob && blob.keyId !== key.id) throw new Fault('IncorrectKeyException')
}
