/**
 * What a ciphertext blob of a key in an external key store holds: everything that the proxy's
 * encrypt answered, as AWS says that KMS keeps it; the form is ours. Refuses bytes of any other form.
 */
import {
  authenticationTagBytes,
  isVectorLength,
  maxCiphertextMetadataBytes,
  type XksCiphertext,
} from './xks-api.ts'

/*
 * 01 | length, initialization vector | length, the proxy's metadata | tag, 16 bytes | ciphertext
 */
const form = 1
const vectorAt = 2

export function writeExternalCiphertext(sealed: XksCiphertext): Buffer {
  const { initializationVector, metadata, authenticationTag, ciphertext } = sealed
  return Buffer.concat([
    Buffer.of(form, initializationVector.length),
    initializationVector,
    Buffer.of(metadata.length),
    metadata,
    authenticationTag,
    ciphertext,
  ])
}

/** Null for bytes that are none. Gives views of the bytes. */
export function readExternalCiphertext(bytes: Buffer): XksCiphertext | null {
  const [actualForm, vectorBytes = 0] = bytes
  if (actualForm !== form || !isVectorLength(vectorBytes)) return null
  const metadataAt = vectorAt + vectorBytes + 1
  const metadataBytes = bytes[metadataAt - 1]
  if (metadataBytes === undefined || metadataBytes > maxCiphertextMetadataBytes) return null
  const tagAt = metadataAt + metadataBytes
  const ciphertextAt = tagAt + authenticationTagBytes
  if (bytes.length <= ciphertextAt) return null
  return {
    initializationVector: bytes.subarray(vectorAt, vectorAt + vectorBytes),
    metadata: bytes.subarray(metadataAt, tagAt),
    authenticationTag: bytes.subarray(tagAt, ciphertextAt),
    ciphertext: bytes.subarray(ciphertextAt),
  }
}
