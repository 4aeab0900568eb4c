/** The kinds of files that `inspect` knows, each told by how its bytes begin; first come, first served. */
import { certificate } from './certificate.ts'
import { ciphertextBlob } from './ciphertext-blob.ts'
import { ciphertextForRecipient } from './ciphertext-for-recipient.ts'
import { attestationDocument } from './attestation-document.ts'
import { eif } from './eif.ts'
import type { Describer } from './settings.ts'

export const describers: readonly Describer[] = [
  eif,
  ciphertextBlob,
  certificate,
  ciphertextForRecipient,
  attestationDocument,
]
