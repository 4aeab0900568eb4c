/** A CiphertextBlob of a symmetric key: what it says of itself, which only its key can prove. */
import { decodeBlob } from '../../kms/blob.ts'
import type { Describer } from './settings.ts'

const magic = Buffer.from('0102020078', 'hex')

export const ciphertextBlob: Describer = {
  recognizes: (bytes) => bytes.subarray(0, magic.length).equals(magic),

  describe(bytes) {
    const blob = decodeBlob(bytes)
    const report = {
      kind: 'ciphertext-blob',
      valid: blob !== null,
      keyId: blob?.keyId ?? null,
      bytes: bytes.length,
    }
    const text = blob
      ? `ciphertext blob, ${bytes.length} bytes, of the key ${blob.keyId}`
      : `ciphertext blob, ${bytes.length} bytes: not one of enclave-kms, or damaged`
    return { report, text }
  },
}
