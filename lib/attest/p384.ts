/**
 * The keys of the simulated chain: made, identified, and signed with by ES384's algorithm, ECDSA
 * with P-384 and SHA-384. All of it that takes time is done on Node's thread pool.
 */
import { createHash, generateKeyPair, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/** The uncompressed point, 04 and two coordinates of 48 bytes, ends the SubjectPublicKeyInfo. */
const pointBytes = 1 + 2 * 48

export interface P384Keys {
  readonly privateKey: KeyObject
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKeyInfo: Buffer
}

/** A new pair of random keys. */
export async function generateP384Keys(): Promise<P384Keys> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', {
    namedCurve: 'secp384r1',
  })
  return { privateKey, publicKeyInfo: publicKey.export({ type: 'spki', format: 'der' }) }
}

/** SHA-1 of the point, as RFC 5280, 4.2.1.2 (1) has it: 20 bytes. */
export function identifyKey(publicKeyInfo: Uint8Array): Buffer {
  return createHash('sha1').update(publicKeyInfo.subarray(-pointBytes)).digest()
}

/** r and s: in DER as certificates have them, or 48 bytes each as COSE has them (ieee-p1363). */
export function signP384(
  message: Uint8Array,
  key: KeyObject,
  dsaEncoding: 'der' | 'ieee-p1363',
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign('sha384', message, { key, dsaEncoding }, (error, signature) => {
      if (error) reject(error)
      else resolve(signature)
    })
  })
}
