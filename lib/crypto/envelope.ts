/**
 * Seals plaintext for an enclave as AWS KMS does, in a CiphertextForRecipient, and opens one with
 * the enclave's private key: AES-256-CBC under a fresh key, which RSAES-OAEP with SHA-256 encrypts.
 * Refuses an envelope for another key, and gives one answer to every failed decryption.
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  privateDecrypt,
  type KeyObject,
} from 'node:crypto'
import { decodeEnvelopedData, encodeEnvelopedData, type EnvelopedData } from '../codec/cms.ts'
import { DecodeError } from '../errors.ts'
import { newContentKey, type ContentKey } from './content-keys.ts'
import type { RandomSource } from './random.ts'

const ivBytes = 16
const oaepSha256 = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }

/** The RSA key that an attestation document carries. */
export interface RecipientKey {
  readonly key: KeyObject
  /** The document's public_key as it stands there: DER of a SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
}

/**
 * Encrypts plaintext to a recipient, in the layout of AWS KMS.
 *
 * @param random gives so many random bytes; the IV comes from it, and the content key unless given
 * @param content a content key for this recipient that nothing was sealed with
 */
export function sealForRecipient(
  plaintext: Uint8Array,
  recipient: RecipientKey,
  random: RandomSource,
  content: ContentKey = newContentKey(recipient.key, random),
): Buffer {
  const { contentKey, encryptedKey } = content
  const iv = random(ivBytes)
  const cipher = createCipheriv('aes-256-cbc', contentKey, iv)
  return encodeEnvelopedData({
    subjectKeyIdentifier: identifierOf(recipient),
    encryptedKey,
    iv,
    ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final()]),
  })
}

/**
 * Decrypts a CiphertextForRecipient of any form that codec/cms reads. The envelope is not
 * authenticated: whoever has the public key can make one.
 *
 * @throws DecodeError `CMS_…` for other bytes than an envelope, `ENVELOPE_OTHER_KEY` for one that
 *   names another key, `ENVELOPE_UNREADABLE` where decryption fails, whatever the cause
 */
export async function openEnvelope(bytes: Uint8Array, privateKey: KeyObject): Promise<Buffer> {
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== 'rsa') {
    throw new DecodeError('ENVELOPE_KEY', 'envelope: want an RSA private key to open it')
  }
  const envelope = await decodeEnvelopedData(bytes)
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  if (!keyIdentifier(spki).equals(envelope.subjectKeyIdentifier)) {
    throw new DecodeError('ENVELOPE_OTHER_KEY', 'envelope: sealed for another key than this one')
  }
  try {
    return decrypt(envelope, privateKey)
  } catch {
    // Which step failed is an oracle for whoever sends envelopes: one answer for all.
    throw new DecodeError('ENVELOPE_UNREADABLE', 'envelope: cannot be decrypted')
  }
}

function decrypt(envelope: EnvelopedData, privateKey: KeyObject): Buffer {
  const contentKey = privateDecrypt({ key: privateKey, ...oaepSha256 }, envelope.encryptedKey)
  const decipher = createDecipheriv('aes-256-cbc', contentKey, envelope.iv)
  return Buffer.concat([decipher.update(envelope.ciphertext), decipher.final()])
}

function keyIdentifier(spki: Uint8Array): Buffer {
  return createHash('sha256').update(spki).digest()
}

/** Of recipients that come again the same object comes again. */
const identifiers = new WeakMap<Uint8Array, Buffer>()

function identifierOf({ spki }: RecipientKey): Buffer {
  let identifier = identifiers.get(spki)
  if (!identifier) identifiers.set(spki, (identifier = keyIdentifier(spki)))
  return identifier
}
