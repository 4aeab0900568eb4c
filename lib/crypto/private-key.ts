/**
 * Private keys as node:crypto has them: made, read from PKCS#8 DER (RFC 5208), and proven. Refuses a
 * key that is not exactly what its key spec says: another modulus or curve, another encoding, or
 * halves that are not a pair.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { promisify } from 'node:util'
import { DerReader, derTag } from '../codec/der.ts'
import { DecodeError } from '../errors.ts'
import { encodingError } from './pkcs8.ts'
import { generateRsaKey, isRsaKey, publicExponent } from './rsa-key.ts'
import type { KeySpec, MaterialShape } from './specs.ts'

const generatePair = promisify(generateKeyPair)
const signInPool = promisify(sign)

/** Of pairs that node:crypto has key objects for. */
export type PairShape = Extract<MaterialShape, { kind: 'rsa' | 'ec' | 'ed25519' }>

/** Ours: half of the threads that libuv has unless told otherwise. */
const maxAtOnce = 2
const turns: Promise<unknown>[] = Array.from({ length: maxAtOnce }, () => Promise.resolve())

/**
 * Runs at most two at once: a search for primes keeps a thread of Node's pool busy for a second, and
 * more of them would keep all from the signatures that other requests wait for.
 */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const run = (turns.shift() ?? Promise.resolve()).then(work)
  turns.push(run.catch(() => undefined))
  return run
}

/** Makes a private key off the main thread. */
export async function generatePrivateKey(shape: PairShape): Promise<KeyObject> {
  switch (shape.kind) {
    case 'rsa':
      return inTurn(() => generateRsaKey(shape.modulusBits))
    case 'ec':
      return (await generatePair('ec', { namedCurve: shape.curve })).privateKey
    case 'ed25519':
      return (await generatePair('ed25519')).privateKey
  }
}

/**
 * Reads PKCS#8 DER.
 *
 * @throws DecodeError `MATERIAL_ENCODING` or `MATERIAL_SPEC`
 */
export function readPrivateKey(spec: KeySpec, shape: PairShape, pkcs8: Uint8Array): KeyObject {
  const key = readPkcs8(pkcs8)
  if (isOfShape(shape, key)) return key
  throw new DecodeError('MATERIAL_SPEC', `key material: the private key is not of spec ${spec}`, {
    spec,
  })
}

function readPkcs8(bytes: Uint8Array): KeyObject {
  try {
    const reader = new DerReader(bytes)
    reader.element(derTag.sequence)
    // OpenSSL ignores what follows.
    reader.end()
    const key = createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' })
    // OpenSSL takes an EC key whose scalar or point it cannot read, and Node's process ends when it
    // is asked about that key. Writing it again fails.
    key.export({ type: 'pkcs8', format: 'der' })
    return key
  } catch {
    // The cause is left out: it describes a secret.
    throw encodingError()
  }
}

function isOfShape(shape: PairShape, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== shape.kind) return false
  const details = key.asymmetricKeyDetails ?? {}
  if (shape.kind === 'ec') return details.namedCurve === shape.curve
  if (shape.kind !== 'rsa') return true
  return details.modulusLength === shape.modulusBits && details.publicExponent === publicExponent
}

/**
 * The same key without a trace of its encoding: OpenSSL remembers that an EC key came without its
 * public half or with its curve spelt out, and would write it so again.
 */
export function withoutItsEncoding(key: KeyObject): KeyObject {
  try {
    return createPrivateKey({ key: key.export({ format: 'jwk' }), format: 'jwk' })
  } catch {
    // A scalar that is 0 or the curve's order, for one: it has no public half to write.
    throw encodingError()
  }
}

/**
 * The pairwise consistency test of FIPS 140-3: what one half signs, the other must verify. OpenSSL
 * makes up for factors of an RSA key that are wrong, so these are looked at too.
 *
 * @throws DecodeError `MATERIAL_PAIR`
 */
export async function checkPair(key: KeyObject): Promise<void> {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  const message = Buffer.from('pairwise consistency')
  const signature = await signInPool(hash, message, key).catch(() => null)
  const isWhole = key.asymmetricKeyType !== 'rsa' || isRsaKey(key)
  if (isWhole && signature && verify(hash, message, createPublicKey(key), signature)) return
  throw new DecodeError('MATERIAL_PAIR', 'key material: the private and public key are not a pair')
}
