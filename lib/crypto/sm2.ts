/**
 * SM2: signatures (GB/T 32918.2, GM/T 0003.2), encryption (GB/T 32918.4, GM/T 0003.4), with SM3, and
 * ECDH on its curve.
 * Signatures and ciphertexts are DER, GM/T 0009: r and s; C1's coordinates, C3 and C2. Refuses, with
 * one answer each, what is not exactly so or not of the key.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { DerReader, derTag } from '../codec/der.ts'
import { derOctetString, derSequence, derUnsigned } from '../codec/der-writer.ts'
import { DecodeError } from '../errors.ts'
import { offload } from './offload.ts'
import { sm2Bytes, type Sm2Pair } from './sm2-pair.ts'

/** KMS's, and the default of GM/T 0009, section 10. */
const distinguishingId = Buffer.from('1234567812345678')

/** a, b, and the generator's coordinates, GB/T 32918.5. */
const curve = Buffer.from(
  'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc' +
    '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7' +
    'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
  'hex',
)

/** The digest that a message is signed as: SM3 of Z (GB/T 32918.2 section 5.5) and the message. */
export function sm2Digest({ point }: Sm2Pair, message: Uint8Array): Buffer {
  const idBits = Buffer.alloc(2)
  idBits.writeUInt16BE(distinguishingId.length * 8)
  return sm3(sm3(idBits, distinguishingId, curve, point), message)
}

/** Signs a digest. */
export async function signSm2({ scalar }: Sm2Pair, digest: Uint8Array): Promise<Buffer> {
  const made = await offload('sm2Sign', scalar, digest)
  return derSequence(derUnsigned(made.subarray(0, sm2Bytes)), derUnsigned(made.subarray(sm2Bytes)))
}

/** Whether it is a signature of the digest. */
export async function verifySm2(
  { point }: Sm2Pair,
  digest: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const pair = readSequence(signature, (reader) => Buffer.concat([number(reader), number(reader)]))
  return pair !== null && offload('sm2Verify', point, digest, pair)
}

export async function encryptSm2(pair: Sm2Pair, plaintext: Uint8Array): Promise<Buffer> {
  for (;;) {
    const { point, shared } = await offload('sm2Share', pair.point)
    const mask = deriveKey(shared, plaintext.length)
    // Section 6.1, step A5: a mask of zeros would leave the plaintext as it is.
    if (plaintext.length > 0 && mask.every((byte) => byte === 0)) continue
    return derSequence(
      derUnsigned(point.subarray(0, sm2Bytes)),
      derUnsigned(point.subarray(sm2Bytes)),
      derOctetString(hashOf(shared, plaintext)),
      derOctetString(xor(plaintext, mask)),
    )
  }
}

/** Decrypts; null for a ciphertext that was not made with this key. */
export async function decryptSm2(
  { scalar }: Sm2Pair,
  ciphertext: Uint8Array,
): Promise<Buffer | null> {
  const parts = readSequence(ciphertext, (reader) => ({
    point: Buffer.concat([number(reader), number(reader)]),
    hash: reader.element(derTag.octetString).content,
    masked: reader.element(derTag.octetString).content,
  }))
  const shared = parts && (await offload('sm2Open', scalar, parts.point))
  if (!shared) return null
  const plaintext = xor(parts.masked, deriveKey(shared, parts.masked.length))
  const hash = hashOf(shared, plaintext)
  if (parts.hash.length === hash.length && timingSafeEqual(parts.hash, hash)) return plaintext
  return null
}

/** ECDH: the x coordinate; null for a point, x and y, that is not on the curve. */
export async function agreeSm2({ scalar }: Sm2Pair, point: Uint8Array): Promise<Buffer | null> {
  const shared = await offload('sm2Open', scalar, point)
  return shared && Buffer.from(shared.subarray(0, sm2Bytes))
}

/** C3: SM3 of x2, the plaintext and y2. */
function hashOf(shared: Uint8Array, plaintext: Uint8Array): Buffer {
  return sm3(shared.subarray(0, sm2Bytes), plaintext, shared.subarray(sm2Bytes))
}

/** GB/T 32918.4 section 5.4.3. */
function deriveKey(shared: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let size = 0, count = 1; size < length; count++) {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(count)
    const block = sm3(shared, counter)
    blocks.push(block)
    size += block.length
  }
  return Buffer.concat(blocks).subarray(0, length)
}

function sm3(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sm3')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function xor(bytes: Uint8Array, mask: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0)))
}

/** The one sequence of the bytes, read to its end; null where it is something else. */
function readSequence<T>(bytes: Uint8Array, read: (reader: DerReader) => T): T | null {
  try {
    const outer = new DerReader(bytes)
    const inner = outer.inside(derTag.sequence)
    outer.end()
    const value = read(inner)
    inner.end()
    return value
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

/** A number of at most 32 bytes, as 32 bytes. */
function number(reader: DerReader): Buffer {
  const bytes = reader.unsigned()
  if (bytes.length > sm2Bytes) throw new DecodeError('DER_INTEGER', 'more than 32 bytes')
  return Buffer.concat([Buffer.alloc(sm2Bytes - bytes.length), bytes])
}
