/**
 * Key material: the secret or the key pair behind a KMS key, as bytes for the store and ready for
 * use. Refuses material that is not exactly what its key spec says: another length or kind of key,
 * another encoding than PKCS#8 DER (RFC 5208), or halves that are not a pair.
 */
import {
  createHash,
  createPublicKey,
  createSecretKey,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
import { DecodeError } from '../errors.ts'
import { parameterSets, type ParameterSet } from './parameter-sets.ts'
import { checkPair, generatePrivateKey, readPrivateKey, withoutItsEncoding } from './private-key.ts'
import { systemRandom, type RandomSource } from './random.ts'
import { decodeSeed } from './seed-encoding.ts'
import { SeedPair } from './seed-pair.ts'
import { Sm2Pair } from './sm2-pair.ts'
import { specs, type KeySpec } from './specs.ts'

/** What a key does its work with: a key object, or a pair that node:crypto has none for. */
type Secret = KeyObject | SeedPair | Sm2Pair

export class Material {
  readonly spec: KeySpec
  readonly #secret: Secret
  #bytes: Buffer | undefined
  #publicKey: KeyObject | undefined
  #spki: Buffer | undefined

  /** @param secret of the kind that the spec's row names */
  constructor(spec: KeySpec, secret: Secret) {
    this.spec = spec
    this.#secret = secret
  }

  /** The secret key, or the private key of a pair that has key objects. */
  get key(): KeyObject {
    if (!isPair(this.#secret)) return this.#secret
    throw new Error(`no key object of ${this.spec}`)
  }

  /** The pair of an ML-DSA or ML-KEM spec. */
  get seedPair(): SeedPair {
    if (this.#secret instanceof SeedPair) return this.#secret
    throw new Error(`no seed of ${this.spec}`)
  }

  /** The pair of the SM2 spec. */
  get sm2Pair(): Sm2Pair {
    if (this.#secret instanceof Sm2Pair) return this.#secret
    throw new Error(`no SM2 pair of ${this.spec}`)
  }

  /** As the store keeps it: the raw secret, or the private key in PKCS#8 DER. */
  get bytes(): Buffer {
    return (this.#bytes ??= encode(this.#secret))
  }

  /** The public key of a pair that has key objects. */
  get publicKey(): KeyObject {
    return (this.#publicKey ??= createPublicKey(this.key))
  }

  /** The same in SubjectPublicKeyInfo DER, RFC 5280 section 4.1. */
  get spki(): Buffer {
    return (this.#spki ??= this.publicKey.export({ type: 'spki', format: 'der' }))
  }

  /** The public key of any pair, as GetPublicKey answers it: SubjectPublicKeyInfo DER. */
  async publicKeyInfo(): Promise<Buffer> {
    return isPair(this.#secret) ? (this.#spki ??= await this.#secret.spki()) : this.spki
  }
}

function isPair(secret: Secret): secret is SeedPair | Sm2Pair {
  return secret instanceof SeedPair || secret instanceof Sm2Pair
}

function encode(secret: Secret): Buffer {
  if (isPair(secret)) return secret.pkcs8()
  return secret.type === 'secret'
    ? secret.export()
    : secret.export({ type: 'pkcs8', format: 'der' })
}

/** Makes new material; what takes long is made off the main thread. */
export async function generateMaterial(
  spec: KeySpec,
  random: RandomSource = systemRandom,
): Promise<Material> {
  const { material } = specs[spec]
  switch (material.kind) {
    case 'secret':
      return new Material(spec, createSecretKey(random(material.bytes)))
    case 'ml-dsa':
    case 'ml-kem': {
      const { parameterSet } = material
      return new Material(
        spec,
        new SeedPair(parameterSet, random(parameterSets[parameterSet].seedBytes)),
      )
    }
    case 'sm2':
      return new Material(spec, Sm2Pair.generate())
    case 'rsa':
    case 'ec':
    case 'ed25519':
      return new Material(spec, await generatePrivateKey(material))
  }
}

/**
 * Reads material in the form that `Material.bytes` gives.
 *
 * @throws DecodeError `MATERIAL_ENCODING`, `MATERIAL_LENGTH`, `MATERIAL_SPEC` or `MATERIAL_PAIR`
 */
export function materialFromBytes(spec: KeySpec, bytes: Uint8Array): Material {
  const { material } = specs[spec]
  switch (material.kind) {
    case 'secret':
      checkSecretLength(spec, material, bytes)
      return new Material(spec, createSecretKey(bytes))
    case 'ml-dsa':
    case 'ml-kem': {
      const { parameterSet } = material
      return new Material(spec, new SeedPair(parameterSet, decodeSeed(parameterSet, bytes).seed))
    }
    case 'sm2':
      return new Material(spec, Sm2Pair.fromPkcs8(bytes))
    case 'rsa':
    case 'ec':
    case 'ed25519':
      return new Material(spec, readPrivateKey(spec, material, bytes))
  }
}

/**
 * Reads material that came from outside, and proves that the halves of a key pair belong together.
 * The same key in another encoding is the same material.
 *
 * @throws DecodeError as `materialFromBytes`
 */
export async function importMaterial(spec: KeySpec, bytes: Uint8Array): Promise<Material> {
  const given = materialFromBytes(spec, bytes)
  const { material } = specs[spec]
  switch (material.kind) {
    case 'secret':
    case 'sm2':
      return given
    case 'ml-dsa':
    case 'ml-kem':
      await checkExpandedKey(material.parameterSet, given, bytes)
      return given
    case 'rsa':
    case 'ec':
    case 'ed25519':
      await checkPair(given.key)
      return new Material(spec, withoutItsEncoding(given.key))
  }
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

function checkSecretLength(
  spec: KeySpec,
  { bytes: least, maxBytes: most }: { bytes: number; maxBytes: number },
  { length: got }: Uint8Array,
): void {
  if (got >= least && got <= most) return
  const want = least === most ? String(least) : `${least} to ${most}`
  throw new DecodeError(
    'MATERIAL_LENGTH',
    `key material: want ${want} bytes for ${spec}, got ${got}`,
    { spec, want: least, got },
  )
}

/** A private key may repeat what its seed says: RFC 9881 section 6, RFC 9935 section 6. */
async function checkExpandedKey(
  parameterSet: ParameterSet,
  { seedPair }: Material,
  pkcs8: Uint8Array,
): Promise<void> {
  const { expandedKey } = decodeSeed(parameterSet, pkcs8)
  if (!expandedKey) return
  const { secretKey } = await seedPair.keys()
  if (expandedKey.length === secretKey.length && timingSafeEqual(expandedKey, secretKey)) return
  throw new DecodeError('MATERIAL_PAIR', 'key material: the expanded key is not of the seed')
}
