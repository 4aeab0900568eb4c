/**
 * The encryption of SYMMETRIC_DEFAULT keys: AES-256-GCM (NIST SP 800-38D), with the encryption
 * context as associated data. Refuses, with one answer, whatever was not made with the same key,
 * nonce and associated data.
 */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'

export type EncryptionContext = Readonly<Record<string, string>>

/**
 * All of it random. Of random nonces of 12 bytes two may be the same after some 2^32 messages under
 * one key; GCM hashes a longer one to 16 bytes (SP 800-38D section 7.1), which costs a tenth of what
 * deriving a key for each message would.
 */
export const nonceBytes = 28

/** The bytes of the tag, which stands behind the ciphertext. */
export const tagBytes = 16

/** Encrypts: the ciphertext, and behind it the tag. */
export function sealSymmetric(
  key: KeyObject,
  nonce: Uint8Array,
  associatedData: Uint8Array,
  plaintext: Uint8Array,
): [ciphertext: Buffer, tag: Buffer] {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(associatedData)
  const ciphertext = cipher.update(plaintext)
  cipher.final()
  return [ciphertext, cipher.getAuthTag()]
}

/** Decrypts what `sealSymmetric` made, ciphertext and tag together; null where it did not. */
export function openSymmetric(
  key: KeyObject,
  nonce: Uint8Array,
  associatedData: Uint8Array,
  sealed: Uint8Array,
): Buffer | null {
  const end = sealed.length - tagBytes
  if (end < 0) return null
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(associatedData)
  decipher.setAuthTag(sealed.subarray(end))
  const plaintext = decipher.update(sealed.subarray(0, end))
  try {
    decipher.final()
  } catch {
    plaintext.fill(0)
    return null
  }
  return plaintext
}

/**
 * The associated data: a header of fixed length, then the encryption context in a form that is the
 * same for every order of its pairs and different for different contexts, its keys sorted and the
 * length before each text. The texts are in UTF-16, which is what JSON's strings are made of: UTF-8
 * would make one text of all unpaired surrogates.
 */
export function associatedData(header: Uint8Array, context: EncryptionContext): Buffer {
  const texts: string[] = []
  // Sorted by code units, which is by bytes (big-endian).
  for (const key of Object.keys(context).sort()) texts.push(key, context[key] ?? '')
  let size = header.length
  for (const text of texts) size += 4 + text.length * 2
  const data = Buffer.allocUnsafe(size)
  data.set(header)
  let at = header.length
  for (const text of texts) {
    at = data.writeUInt32BE(text.length, at)
    at += data.write(text, at, 'utf16le')
  }
  return data
}
