/**
 * What a worker thread of offload.ts runs: the primitives that take long enough to keep other
 * requests waiting, one row each; offload.ts has their types. JavaScript, because threads of Node 20
 * get no TypeScript loader, and so the same file from source as from dist/.
 */
import {
  constants,
  diffieHellman,
  privateDecrypt,
  privateEncrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import { parentPort } from 'node:worker_threads'

const { RSA_NO_PADDING, RSA_PKCS1_OAEP_PADDING } = constants

/** KMS's signatures need not be in low-S form. */
const ecdsa = { prehash: false, lowS: false, format: 'der' }

const slow = {
  rsaPrivate: (key, block) => privateEncrypt({ key, padding: RSA_NO_PADDING }, block),

  rsaDecryptOaep(key, oaepHash, ciphertext) {
    try {
      return privateDecrypt({ key, padding: RSA_PKCS1_OAEP_PADDING, oaepHash }, ciphertext)
    } catch {
      return null
    }
  },

  contentKeys(key, count) {
    const oaep = { key, padding: RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
    const contentKeys = randomBytes(32 * count)
    const encrypted = Array.from({ length: count }, (_, i) =>
      publicEncrypt(oaep, contentKeys.subarray(32 * i, 32 * (i + 1))),
    )
    // Two arrays for all of them: each one that crosses the threads costs as much as a small key.
    return { contentKeys, encryptedKeys: Buffer.concat(encrypted) }
  },

  ecdh: (privateKey, publicKey) => diffieHellman({ privateKey, publicKey }),

  async ecdsaSign(key, digest) {
    const { crv, d } = key.export({ format: 'jwk' })
    const curve = await weierstrass(crv)
    // With entropy each signature of a message is another one, as KMS's are.
    return curve.sign(digest, decode(d), { ...ecdsa, extraEntropy: true })
  },

  async ecdsaVerify(key, digest, signature) {
    const { crv, x, y } = key.export({ format: 'jwk' })
    const curve = await weierstrass(crv)
    const uncompressed = Buffer.concat([Buffer.of(4), decode(x), decode(y)])
    return curve.verify(signature, digest, uncompressed, ecdsa)
  },

  async ed25519phSign(key, message) {
    const { ed25519ph } = await import('@noble/curves/ed25519.js')
    return ed25519ph.sign(message, decode(key.export({ format: 'jwk' }).d))
  },

  async ed25519phVerify(key, message, signature) {
    if (signature.length !== 64) return false
    const { ed25519ph } = await import('@noble/curves/ed25519.js')
    const publicKey = decode(key.export({ format: 'jwk' }).x)
    return ed25519ph.verify(signature, message, publicKey, { zip215: false })
  },

  sm2Sign: async (scalar, digest) => (await import('./slow-sm2.js')).sign(scalar, digest),

  sm2Verify: async (point, digest, signature) =>
    (await import('./slow-sm2.js')).verify(point, digest, signature),

  sm2Share: async (point) => (await import('./slow-sm2.js')).share(point),

  sm2Open: async (scalar, point) => (await import('./slow-sm2.js')).open(scalar, point),

  expandSeed: async (set, seed) => (await lattice(set)).keygen(seed),

  mlDsaSign: async (set, secretKey, mu, extraEntropy) =>
    (await lattice(set)).internal.sign(mu, secretKey, { externalMu: true, extraEntropy }),

  mlDsaVerify: async (set, publicKey, mu, signature) =>
    (await lattice(set)).internal.verify(signature, mu, publicKey, { externalMu: true }),

  mlKemEncapsulate: async (set, publicKey, random) =>
    (await lattice(set)).encapsulate(publicKey, random),

  mlKemDecapsulate: async (set, secretKey, ciphertext) =>
    (await lattice(set)).decapsulate(ciphertext, secretKey),
}

/** A parameter set of ML-DSA or ML-KEM. */
async function lattice(set) {
  const { ml_dsa44, ml_dsa65, ml_dsa87 } = await import('@noble/post-quantum/ml-dsa.js')
  const { ml_kem512, ml_kem768, ml_kem1024 } = await import('@noble/post-quantum/ml-kem.js')
  return {
    'ML-DSA-44': ml_dsa44,
    'ML-DSA-65': ml_dsa65,
    'ML-DSA-87': ml_dsa87,
    'ML-KEM-512': ml_kem512,
    'ML-KEM-768': ml_kem768,
    'ML-KEM-1024': ml_kem1024,
  }[set]
}

async function weierstrass(curve) {
  if (curve === 'secp256k1') return (await import('@noble/curves/secp256k1.js')).secp256k1
  const { p256, p384, p521 } = await import('@noble/curves/nist.js')
  return { 'P-256': p256, 'P-384': p384, 'P-521': p521 }[curve]
}

/** A member of a JSON Web Key: as many bytes as the curve wants, RFC 7518 section 6.2. */
function decode(member) {
  return Buffer.from(member, 'base64url')
}

parentPort.on('message', async ({ id, name, args }) => {
  try {
    parentPort.postMessage({ id, result: await slow[name](...args) })
  } catch (error) {
    parentPort.postMessage({ id, error })
  }
})
