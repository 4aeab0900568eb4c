/**
 * How a digest becomes the block that an RSA signature is made of, RFC 8017 section 9: EMSA-PSS and
 * EMSA-PKCS1-v1_5. Refuses a block that is not exactly so, and every salt that is not as long as
 * the digest.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

export type Hash = 'sha256' | 'sha384' | 'sha512'

const trailer = 0xbc

/** DER of DigestInfo up to the digest itself, RFC 8017 section 9.2, note 1. */
const digestInfoPrefix: Readonly<Record<Hash, Buffer>> = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
}

/** EMSA-PKCS1-v1_5-ENCODE, section 9.2, from step 2 on. */
export function encodePkcs1(hash: Hash, digest: Uint8Array, blockBytes: number): Buffer {
  const info = Buffer.concat([digestInfoPrefix[hash], digest])
  const padding = Buffer.alloc(blockBytes - 3 - info.length, 0xff)
  return Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), info])
}

/** RSASSA-PKCS1-v1_5's comparison, section 8.2.2: the block is made anew, and never parsed. */
export function isPkcs1(hash: Hash, digest: Uint8Array, block: Uint8Array): boolean {
  return timingSafeEqual(encodePkcs1(hash, digest, block.length), block)
}

/**
 * EMSA-PSS-ENCODE, section 9.1.1, from step 4 on, with MGF1 of the same hash.
 *
 * @param blockBytes the length of the modulus, whose bits must be a multiple of 8
 * @param salt random, as long as the digest
 */
export function encodePss(
  hash: Hash,
  digest: Uint8Array,
  salt: Uint8Array,
  blockBytes: number,
): Buffer {
  const block = Buffer.alloc(blockBytes)
  const maskBytes = blockBytes - digest.length - 1
  const data = block.subarray(0, maskBytes)
  data[maskBytes - salt.length - 1] = 1
  data.set(salt, maskBytes - salt.length)
  const seed = hashOfSalted(hash, digest, salt)
  xorMask(hash, seed, data)
  clearTopBit(data)
  block.set(seed, maskBytes)
  block[blockBytes - 1] = trailer
  return block
}

/** EMSA-PSS-VERIFY, section 9.1.2, from step 3 on. */
export function isPss(hash: Hash, digest: Uint8Array, block: Uint8Array): boolean {
  const maskBytes = block.length - digest.length - 1
  const data = Buffer.from(block.subarray(0, maskBytes))
  const seed = block.subarray(maskBytes, -1)
  if (block.at(-1) !== trailer) return false
  if (((data[0] ?? 0) & 0x80) !== 0) return false
  xorMask(hash, seed, data)
  clearTopBit(data)
  const saltAt = maskBytes - digest.length
  if (data[saltAt - 1] !== 1) return false
  if (data.subarray(0, saltAt - 1).some((byte) => byte !== 0)) return false
  return timingSafeEqual(hashOfSalted(hash, digest, data.subarray(saltAt)), seed)
}

/** H, section 9.1.1, steps 5 and 6. */
function hashOfSalted(hash: Hash, digest: Uint8Array, salt: Uint8Array): Buffer {
  return createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest()
}

/** The modulus has 8n bits and the block one less. */
function clearTopBit(data: Buffer): void {
  data.writeUInt8(data.readUInt8(0) & 0x7f, 0)
}

/** XORs MGF1's mask over the data, appendix B.2.1. */
function xorMask(hash: Hash, seed: Uint8Array, data: Buffer): void {
  const counter = Buffer.alloc(4)
  for (let at = 0, count = 0; at < data.length; count++) {
    counter.writeUInt32BE(count)
    for (const byte of createHash(hash).update(seed).update(counter).digest()) {
      if (at === data.length) return
      data.writeUInt8(data.readUInt8(at) ^ byte, at++)
    }
  }
}
