/**
 * The cryptography of a key in an external key store: KMS encrypts with material of its own, and the
 * proxy encrypts that again with the external key, so that neither can decrypt without the other.
 * Source: KMS developer guide, "External key stores", double encryption.
 */
import { hash } from 'node:crypto'
import { systemRandom } from '../../crypto/random.ts'
import {
  associatedData,
  nonceBytes,
  openSymmetric,
  sealSymmetric,
  type EncryptionContext,
} from '../../crypto/symmetric.ts'
import { namesIn, startBlob, type Blob } from '../blob.ts'
import type { Call } from '../call.ts'
import { xksCaller } from './custom-key-stores.ts'
import { readExternalCiphertext, writeExternalCiphertext } from './external-ciphertext.ts'
import { Fault } from '../faults.ts'
import type { Key, MaterialVersion } from '../key.ts'
import { decrypt, encrypt, type XksCaller } from './xks-api.ts'
import { answeredFor, XksFailure } from './xks-failures.ts'

/** A ciphertext blob. Throws KMSInvalidStateException where the proxy does not encrypt. */
export async function encryptExternally(
  call: Call,
  key: Key,
  context: EncryptionContext,
  plaintext: Uint8Array,
): Promise<Buffer> {
  const { id: materialId, material } = key.currentVersion
  const nonce = systemRandom(nonceBytes)
  const names = namesIn(startBlob(key.id, materialId, nonce, 0))
  const bound = associatedData(names, context)
  const inner = Buffer.concat(sealSymmetric(material.key, nonce, bound, plaintext))
  const sealed = await answeredFor('cryptography', throughProxy(call, key, inner, bound))
  const outer = writeExternalCiphertext(sealed)
  const blob = startBlob(key.id, materialId, nonce, outer.length)
  blob.set(outer, blob.length - outer.length)
  return blob
}

async function throughProxy(call: Call, key: Key, inner: Buffer, bound: Buffer) {
  const { caller, xksKeyId } = await proxyOf(call, key)
  return encrypt(caller, xksKeyId, inner, digestOf(bound))
}

/**
 * What a blob holds. Throws InvalidCiphertextException for a blob whose form is not that of such
 * keys, and KMSInvalidStateException where the proxy does not decrypt it: AWS answers so even where
 * only the encryption context is another.
 */
export async function decryptExternally(
  call: Call,
  key: Key,
  context: EncryptionContext,
  blob: Blob | null,
): Promise<{ plaintext: Buffer; materialId: string }> {
  const version = blob?.keyId === key.id ? key.version(blob.materialIdPrefix) : undefined
  const sealed = blob && readExternalCiphertext(blob.sealed)
  if (!version || !sealed) throw new Fault('InvalidCiphertextException')
  const bound = associatedData(namesIn(blob.header), context)
  const opening = async () => {
    const { caller, xksKeyId } = await proxyOf(call, key)
    const inner = await decrypt(caller, xksKeyId, sealed, digestOf(bound))
    return openInner(version, blob, bound, inner)
  }
  return { plaintext: await answeredFor('cryptography', opening()), materialId: version.id }
}

function openInner({ material }: MaterialVersion, { nonce }: Blob, bound: Buffer, inner: Buffer) {
  const plaintext = openSymmetric(material.key, nonce, bound, inner)
  if (plaintext) return plaintext
  throw new XksFailure('foreignPlaintext')
}

/**
 * What the proxy has to authenticate. It takes 8,192 bytes at most, and an encryption context is its
 * caller's own: 32 bytes stand for all of it. Ours: what AWS sends is not known.
 */
function digestOf(bound: Buffer): Buffer {
  return hash('sha256', bound, 'buffer')
}

async function proxyOf(call: Call, key: Key): Promise<{ caller: XksCaller; xksKeyId: string }> {
  const { id, xksKeyId } = key.record.customKeyStore ?? {}
  const found = id === undefined ? undefined : await call.store.customKeyStore(key.record, id)
  if (found?.connection.state !== 'CONNECTED') throw new XksFailure('notConnected')
  if (found.backing.type !== 'EXTERNAL_KEY_STORE' || xksKeyId === undefined) {
    throw new Error(`no external key: ${key.arn}`)
  }
  return { caller: xksCaller(call, found.backing, key), xksKeyId }
}
