/**
 * The ciphertext blob of a SYMMETRIC_DEFAULT key, in the outer layout that AWS's blobs are seen to
 * have (docs/fidelity.md): a header that names the key and the version of its material, then a CMS
 * EncryptedData in DER. Refuses bytes that differ from that layout anywhere; the header is
 * authenticated with the encryption context, so that a blob cannot be turned to another key.
 */
import type { Material } from '../crypto/material.ts'
import { systemRandom, type RandomSource } from '../crypto/random.ts'
import {
  associatedData,
  nonceBytes,
  openSymmetric,
  sealSymmetric,
  tagBytes,
  type EncryptionContext,
} from '../crypto/symmetric.ts'
import { encryptedDataPrefix, readEncryptedData } from './encrypted-data.ts'

/** AWS's limit for CiphertextBlob, API_Decrypt. */
const maxBlobBytes = 6144

/*
 * 01 02 02 00 78 | 32 bytes | 01 | 16 bytes | length of what follows, 4 bytes | EncryptedData
 * The 32 bytes are ours: key id, its form, and the beginning of the key material id. So are the 16:
 * they are the first part of the nonce.
 */
const magic = Buffer.from('0102020078', 'hex')
const keyIdAt = magic.length
const formAt = keyIdAt + 16
const materialIdAt = formAt + 1
const separatorAt = keyIdAt + 32
const separator = 0x01
const nonceAt = separatorAt + 1
const lengthAt = nonceAt + 16
const headerBytes = lengthAt + 4

/** The two forms of a key id, and the byte that stands for each. */
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const multiRegionId = /^mrk-[0-9a-f]{32}$/
const uuidForm = 0
const multiRegionForm = 1

/** What a blob says about itself. Nothing of it is proven before `openBlob`. */
export interface Blob {
  readonly keyId: string
  /** The first 30 hex digits of the key material id. */
  readonly materialIdPrefix: string
  /** Everything before the EncryptedData. */
  readonly header: Buffer
  readonly nonce: Buffer
  /** The ciphertext and the tag behind it. */
  readonly sealed: Buffer
}

/** The key to encrypt with, and the names of it that the blob will carry. */
export interface BlobKey {
  /** A UUID, or `mrk-` and 32 hex digits, in lower case. */
  readonly keyId: string
  /** 64 lower-case hex digits. */
  readonly materialId: string
  readonly material: Material
}

/** Encrypts a plaintext of up to 4,096 bytes, or a data key pair's private key, into a blob. */
export function sealBlob(
  { keyId, materialId, material }: BlobKey,
  plaintext: Uint8Array,
  context: EncryptionContext,
  random: RandomSource = systemRandom,
): Buffer {
  const nonce = random(nonceBytes)
  const blob = startBlob(keyId, materialId, nonce, plaintext.length + tagBytes)
  const sealedAt = blob.length - plaintext.length - tagBytes
  const header = blob.subarray(0, headerBytes)
  const [ciphertext, tag] = sealSymmetric(
    material.key,
    nonce,
    associatedData(header, context),
    plaintext,
  )
  blob.set(ciphertext, sealedAt)
  blob.set(tag, blob.length - tagBytes)
  return blob
}

/** A blob of which everything is written but the sealed bytes at its end. */
export function startBlob(
  keyId: string,
  materialId: string,
  nonce: Buffer,
  sealedBytes: number,
): Buffer {
  const nonceInHeader = nonce.subarray(0, lengthAt - nonceAt)
  const prefix = encryptedDataPrefix(nonce.subarray(nonceInHeader.length), sealedBytes)
  const blobBytes = headerBytes + prefix.length + sealedBytes
  if (blobBytes > maxBlobBytes) throw new Error(`no blob of ${blobBytes} bytes`)
  const blob = Buffer.allocUnsafe(blobBytes)
  blob.set(magic)
  writeKeyId(blob, keyId)
  writeMaterialId(blob, materialId)
  blob[separatorAt] = separator
  blob.set(nonceInHeader, nonceAt)
  blob.writeUInt32BE(prefix.length + sealedBytes, lengthAt)
  blob.set(prefix, headerBytes)
  return blob
}

/** What of a header is known before the sealed bytes are: all but their number. */
export function namesIn(header: Buffer): Buffer {
  return header.subarray(0, lengthAt)
}

/** Reads a blob; null for bytes that are none. */
export function decodeBlob(bytes: Uint8Array): Blob | null {
  if (bytes.length < headerBytes || bytes.length > maxBlobBytes) return null
  const blob = Buffer.from(bytes)
  const header = blob.subarray(0, headerBytes)
  const body = blob.subarray(headerBytes)
  if (!header.subarray(0, keyIdAt).equals(magic)) return null
  if (header[separatorAt] !== separator) return null
  if (header.readUInt32BE(lengthAt) !== body.length) return null
  const keyId = readKeyId(header)
  const encrypted = readEncryptedData(body)
  if (keyId === null || encrypted === null) return null
  return {
    keyId,
    materialIdPrefix: header.toString('hex', materialIdAt, separatorAt),
    header,
    nonce: Buffer.concat([header.subarray(nonceAt, lengthAt), encrypted.nonce]),
    sealed: encrypted.sealed,
  }
}

/**
 * Decrypts a blob with the version of the material that it names; null for another material,
 * another encryption context and every damage alike.
 */
export function openBlob(
  { header, nonce, sealed }: Blob,
  { key }: Material,
  context: EncryptionContext,
): Buffer | null {
  return openSymmetric(key, nonce, associatedData(header, context), sealed)
}

function writeKeyId(header: Buffer, keyId: string): void {
  const multiRegion = multiRegionId.test(keyId)
  if (!multiRegion && !uuid.test(keyId)) throw new Error(`no key id: ${keyId}`)
  header.write(keyId.replace(/^mrk|-/g, ''), keyIdAt, 'hex')
  header[formAt] = multiRegion ? multiRegionForm : uuidForm
}

function writeMaterialId(header: Buffer, materialId: string): void {
  const written = header.write(materialId, materialIdAt, separatorAt - materialIdAt, 'hex')
  if (written !== separatorAt - materialIdAt) throw new Error('no key material id')
}

function readKeyId(header: Buffer): string | null {
  const hex = header.toString('hex', keyIdAt, formAt)
  switch (header[formAt]) {
    case multiRegionForm:
      return `mrk-${hex}`
    case uuidForm:
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    default:
      return null
  }
}
