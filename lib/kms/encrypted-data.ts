/**
 * The second half of a ciphertext blob: a CMS ContentInfo with EncryptedData (RFC 5652 section 8,
 * aes-256-gcm of RFC 5084), without what is optional. Given the nonce and the length of the content
 * its DER can have one form only: it is read by making it anew, and refused where a byte differs.
 */

/** In DER, whole: pkcs7-encryptedData, the version, pkcs7-data. */
const encryptedDataOid = Buffer.from('06092a864886f70d010706', 'hex')
const version0 = Buffer.from('020100', 'hex')
const dataOid = Buffer.from('06092a864886f70d010701', 'hex')
/** AlgorithmIdentifier: aes256-GCM with the nonce, zeros here, and the length of the tag, 16. */
const algorithm = Buffer.from(`301e060960864801650304012e3011040c${'00'.repeat(12)}020110`, 'hex')

const nonceBytes = 12
/** The nonce's end, counted from the end of the algorithm. */
const behindNonce = 3

const sequence = 0x30
const constructed0 = 0xa0
const primitive0 = 0x80

export interface EncryptedData {
  /** 12 bytes. */
  readonly nonce: Buffer
  /** The ciphertext and the tag behind it. */
  readonly sealed: Buffer
}

/** Everything that stands before so many bytes of ciphertext and tag. */
export function encryptedDataPrefix(nonce: Uint8Array, sealedBytes: number): Buffer {
  const prefix = Buffer.from(template(sealedBytes))
  prefix.set(nonce, nonceAt(prefix, sealedBytes))
  return prefix
}

/** Reads an EncryptedData that fills the bytes; null for anything else. Gives views of the bytes. */
export function readEncryptedData(der: Buffer): EncryptedData | null {
  for (let prefixBytes = leastPrefix; prefixBytes <= mostPrefix; prefixBytes++) {
    const sealedBytes = der.length - prefixBytes
    if (sealedBytes < 0) return null
    if (template(sealedBytes).length !== prefixBytes) continue
    const prefix = der.subarray(0, prefixBytes)
    const at = nonceAt(prefix, sealedBytes)
    const nonce = prefix.subarray(at, at + nonceBytes)
    if (!encryptedDataPrefix(nonce, sealedBytes).equals(prefix)) return null
    return { nonce, sealed: der.subarray(prefixBytes) }
  }
  return null
}

/** One for each length that a blob may have: some six thousand short ones at most. */
const templates = new Map<number, Buffer>()

/** The fewest and the most bytes before the content: five lengths, of one byte to three each. */
const leastPrefix = template(0).length
const mostPrefix = leastPrefix + 5 * 2

function template(sealedBytes: number): Buffer {
  let made = templates.get(sealedBytes)
  if (!made) templates.set(sealedBytes, (made = makeTemplate(sealedBytes)))
  return made
}

function makeTemplate(sealedBytes: number): Buffer {
  const open = (tag: number, ...parts: Buffer[]) => {
    const content = Buffer.concat(parts)
    return Buffer.concat([head(tag, content.length + sealedBytes), content])
  }
  const encryptedContentInfo = open(sequence, dataOid, algorithm, head(primitive0, sealedBytes))
  const encryptedData = open(sequence, version0, encryptedContentInfo)
  return open(sequence, encryptedDataOid, open(constructed0, encryptedData))
}

/** A tag and a length of up to 65,535, X.690 section 10.1. */
function head(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.of(tag, length)
  if (length < 0x100) return Buffer.of(tag, 0x81, length)
  return Buffer.of(tag, 0x82, length >> 8, length & 0xff)
}

function nonceAt(prefix: Buffer, sealedBytes: number): number {
  return prefix.length - head(primitive0, sealedBytes).length - behindNonce - nonceBytes
}
