/**
 * The primitives that take long enough to keep other requests waiting, one row each. They are called
 * through offload.ts, which runs them on a thread of their own; what goes in and comes out is what
 * can be sent to another thread.
 */
import {
  constants,
  diffieHellman,
  privateDecrypt,
  privateEncrypt,
  type KeyObject,
} from 'node:crypto'

const { RSA_NO_PADDING, RSA_PKCS1_OAEP_PADDING } = constants

/** KMS's signatures are not in low-S form, and each signature of a message is another one. */
const ecdsa = { prehash: false, lowS: false, format: 'der' } as const

export const slow = {
  /** RSASP1, RFC 8017 section 5.2.1, on a block as long as the modulus. */
  rsaPrivate: (key: KeyObject, block: Uint8Array): Uint8Array =>
    privateEncrypt({ key, padding: RSA_NO_PADDING }, block),

  /** RSAES-OAEP-DECRYPT, RFC 8017 section 7.1.2; null for every "decryption error". */
  rsaDecryptOaep: (key: KeyObject, oaepHash: string, ciphertext: Uint8Array): Uint8Array | null => {
    try {
      return privateDecrypt({ key, padding: RSA_PKCS1_OAEP_PADDING, oaepHash }, ciphertext)
    } catch {
      return null
    }
  },

  /** ECDH, NIST SP 800-56A section 5.7.1.2: the x coordinate, as long as the field. */
  ecdh: (privateKey: KeyObject, publicKey: KeyObject): Uint8Array =>
    diffieHellman({ privateKey, publicKey }),

  /** ECDSA over a digest, which node:crypto would hash once more. FIPS 186-5 section 6.4.1. */
  ecdsaSign: async (key: KeyObject, digest: Uint8Array): Promise<Uint8Array> => {
    const { crv, d } = key.export({ format: 'jwk' })
    const curve = await weierstrass(crv)
    return curve.sign(digest, coordinate(d), { ...ecdsa, extraEntropy: true })
  },

  /** FIPS 186-5 section 6.4.2. */
  ecdsaVerify: async (
    key: KeyObject,
    digest: Uint8Array,
    signature: Uint8Array,
  ): Promise<boolean> => {
    const { crv, x, y } = key.export({ format: 'jwk' })
    const curve = await weierstrass(crv)
    const uncompressed = Buffer.concat([Buffer.of(4), coordinate(x), coordinate(y)])
    return curve.verify(signature, digest, uncompressed, ecdsa)
  },

  /** Ed25519ph, RFC 8032 section 5.1: hashes the message itself. */
  ed25519phSign: async (key: KeyObject, message: Uint8Array): Promise<Uint8Array> => {
    const { ed25519ph } = await import('@noble/curves/ed25519.js')
    return ed25519ph.sign(message, coordinate(key.export({ format: 'jwk' }).d))
  },

  ed25519phVerify: async (
    key: KeyObject,
    message: Uint8Array,
    signature: Uint8Array,
  ): Promise<boolean> => {
    if (signature.length !== 64) return false
    const { ed25519ph } = await import('@noble/curves/ed25519.js')
    const publicKey = coordinate(key.export({ format: 'jwk' }).x)
    return ed25519ph.verify(signature, message, publicKey, { zip215: false })
  },
}

export type Slow = typeof slow

async function weierstrass(curve: string | undefined) {
  const { p256, p384, p521 } = await import('@noble/curves/nist.js')
  switch (curve) {
    case 'P-256':
      return p256
    case 'P-384':
      return p384
    case 'P-521':
      return p521
    case 'secp256k1':
      return (await import('@noble/curves/secp256k1.js')).secp256k1
    default:
      throw new Error(`no ECDSA on ${String(curve)}`)
  }
}

/** A member of a JSON Web Key: a fixed number of bytes, RFC 7518 section 6.2. */
function coordinate(member: string | undefined): Uint8Array {
  return Buffer.from(member ?? '', 'base64url')
}
