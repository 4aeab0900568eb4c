/**
 * Key material: the secret or the key pair behind a KMS key, as bytes for the store and as key
 * objects for use. Refuses material that is not exactly what its key spec says: another length,
 * modulus or curve, another encoding than PKCS#8 DER (RFC 5208), or halves that are not a pair.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPair,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { promisify } from 'node:util'
import { DerReader, derTag } from '../codec/der.ts'
import { DecodeError } from '../errors.ts'
import { systemRandom, type RandomSource } from './random.ts'
import { specs, type KeySpec, type MaterialShape } from './specs.ts'

const generatePair = promisify(generateKeyPair)
const signInPool = promisify(sign)

const publicExponent = 65537

export class Material {
  readonly spec: KeySpec
  /** The secret key, or the private key of the pair. */
  readonly key: KeyObject
  #bytes: Buffer | undefined
  #publicKey: KeyObject | undefined
  #spki: Buffer | undefined

  constructor(spec: KeySpec, key: KeyObject) {
    this.spec = spec
    this.key = key
  }

  /** As the store keeps it: the raw secret, or the private key in PKCS#8 DER. */
  get bytes(): Buffer {
    return (this.#bytes ??=
      this.key.type === 'secret'
        ? this.key.export()
        : this.key.export({ type: 'pkcs8', format: 'der' }))
  }

  /** The public key of the pair; a secret has none. */
  get publicKey(): KeyObject {
    return (this.#publicKey ??= createPublicKey(this.key))
  }

  /** The public key as GetPublicKey answers it: SubjectPublicKeyInfo DER, RFC 5280 section 4.1. */
  get spki(): Buffer {
    return (this.#spki ??= this.publicKey.export({ type: 'spki', format: 'der' }))
  }
}

/** Makes new material; key pairs are made off the main thread. */
export async function generateMaterial(
  spec: KeySpec,
  random: RandomSource = systemRandom,
): Promise<Material> {
  const { material } = specs[spec]
  if (material.kind === 'secret') {
    return new Material(spec, createSecretKey(random(material.bytes)))
  }
  const { privateKey } = await generateKeyObjects(material)
  return new Material(spec, privateKey)
}

/** Ours: half of the threads that libuv has unless told otherwise. */
const maxAtOnce = 2
const turns: Promise<unknown>[] = Array.from({ length: maxAtOnce }, () => Promise.resolve())

/**
 * Runs at most two at once: primes take seconds, and would keep every thread of Node's pool from
 * the signatures that other requests wait for.
 */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const run = (turns.shift() ?? Promise.resolve()).then(work)
  turns.push(run.catch(() => undefined))
  return run
}

function generateKeyObjects(
  shape: Exclude<MaterialShape, { kind: 'secret' }>,
): Promise<{ privateKey: KeyObject }> {
  switch (shape.kind) {
    case 'rsa':
      return inTurn(() => generatePair('rsa', { modulusLength: shape.modulusBits, publicExponent }))
    case 'ec':
      return generatePair('ec', { namedCurve: shape.curve })
    case 'ed25519':
      return generatePair('ed25519')
  }
}

/**
 * Reads material in the form that `Material.bytes` gives.
 *
 * @throws DecodeError `MATERIAL_ENCODING`, `MATERIAL_LENGTH` or `MATERIAL_SPEC`
 */
export function materialFromBytes(spec: KeySpec, bytes: Uint8Array): Material {
  const { material } = specs[spec]
  if (material.kind === 'secret') {
    checkSecretLength(spec, material.bytes, bytes)
    return new Material(spec, createSecretKey(bytes))
  }
  const key = readPkcs8(bytes)
  checkKind(spec, material, key)
  return new Material(spec, key)
}

/**
 * Reads material that came from outside, and proves that the halves of a key pair belong together.
 * The same key in another encoding is the same material.
 *
 * @throws DecodeError as `materialFromBytes`, and `MATERIAL_PAIR`
 */
export async function importMaterial(spec: KeySpec, bytes: Uint8Array): Promise<Material> {
  const given = materialFromBytes(spec, bytes)
  if (given.key.type === 'secret') return given
  const material = new Material(spec, withoutItsEncoding(given.key))
  await checkPair(material)
  return material
}

/**
 * KMS's KeyMaterialId: 64 lower-case hex digits, a function of the key id and the material, the
 * same in every Region that a multi-Region key has replicas in. How AWS computes it is not known.
 *
 * @param bytes `Material.bytes`
 */
export function keyMaterialId(keyId: string, bytes: Uint8Array): string {
  const hash = createHash('sha256').update('enclave-kms key material id\0')
  for (const part of [Buffer.from(keyId), bytes]) {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(part.length)
    hash.update(length).update(part)
  }
  return hash.digest('hex')
}

function checkSecretLength(spec: KeySpec, want: number, bytes: Uint8Array): void {
  if (bytes.length === want) return
  throw new DecodeError(
    'MATERIAL_LENGTH',
    `key material: want ${want} bytes for ${spec}, got ${bytes.length}`,
    { spec, want, got: bytes.length },
  )
}

function readPkcs8(bytes: Uint8Array): KeyObject {
  try {
    const reader = new DerReader(bytes)
    reader.element(derTag.sequence)
    // OpenSSL ignores what follows.
    reader.end()
    return createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' })
  } catch {
    // The cause is left out: it describes a secret.
    throw new DecodeError('MATERIAL_ENCODING', 'key material: want a private key in PKCS#8 DER')
  }
}

function checkKind(spec: KeySpec, shape: MaterialShape, key: KeyObject): void {
  if (isOfShape(shape, key)) return
  throw new DecodeError('MATERIAL_SPEC', `key material: the private key is not of spec ${spec}`, {
    spec,
  })
}

function isOfShape(shape: MaterialShape, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== shape.kind) return false
  const details = key.asymmetricKeyDetails ?? {}
  if (shape.kind === 'ec') return details.namedCurve === shape.curve
  if (shape.kind !== 'rsa') return true
  return (
    details.modulusLength === shape.modulusBits && details.publicExponent === BigInt(publicExponent)
  )
}

/**
 * OpenSSL remembers that an EC key came without its public half or with its curve spelt out, and
 * would write it so again.
 */
function withoutItsEncoding(key: KeyObject): KeyObject {
  return createPrivateKey({ key: key.export({ format: 'jwk' }), format: 'jwk' })
}

/** The pairwise consistency test of FIPS 140-3: what one half signs, the other must verify. */
async function checkPair({ key, publicKey }: Material): Promise<void> {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  const message = Buffer.from('pairwise consistency')
  const signature = await signInPool(hash, message, key).catch(() => null)
  if (signature && verify(hash, message, publicKey, signature)) return
  throw new DecodeError('MATERIAL_PAIR', 'key material: the private and public key are not a pair')
}
