/**
 * Sign and Verify. A RAW message goes to node:crypto as it is, where that has the algorithm; a DIGEST
 * takes the path that hashes nothing more, except under Ed25519ph, where KMS hashes the digest again
 * (API_Sign). Refuses every signature that is not exactly of the algorithm's form: length, DER, salt
 * length.
 */
import {
  constants,
  publicDecrypt,
  sign as signRaw,
  verify as verifyRaw,
  type SignKeyObjectInput,
} from 'node:crypto'
import { promisify } from 'node:util'
import { signingAlgorithms, type MessageType, type SigningAlgorithm } from './algorithms.ts'
import { encodePkcs1, encodePss, isPkcs1, isPss } from './emsa.ts'
import type { Material } from './material.ts'
import { messageRepresentative, signMlDsa, verifyMlDsa } from './ml-dsa.ts'
import { offload } from './offload.ts'
import type { MlDsaParameterSet } from './parameter-sets.ts'
import { systemRandom, type RandomSource } from './random.ts'
import type { SeedPair } from './seed-pair.ts'
import { signSm2, sm2Digest, verifySm2 } from './sm2.ts'
import { specs } from './specs.ts'

type Row = (typeof signingAlgorithms)[SigningAlgorithm]
/** What node:crypto signs messages with. */
type NodeRow = Exclude<Row, { scheme: 'SM2DSA' | 'ML-DSA' }>

const { RSA_NO_PADDING, RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = constants

const signInPool = promisify(signRaw)
const verifyInPool: (
  hash: string | null,
  message: Uint8Array,
  key: SignKeyObjectInput,
  signature: Uint8Array,
) => Promise<boolean> = promisify(verifyRaw)

/** What is signed: a message, or a digest or μ of `digestBytes` of the algorithm's row. */
export interface Message {
  readonly type: MessageType
  readonly bytes: Uint8Array
}

/**
 * Signs with an algorithm of the key's spec and a message type of the algorithm's row. RSA: RFC 8017,
 * as long as the modulus; ECDSA and SM2DSA: DER, RFC 3279 section 2.2.3; Ed25519: 64 bytes, RFC
 * 8032; ML-DSA: FIPS 204.
 */
export async function sign(
  material: Material,
  algorithm: SigningAlgorithm,
  message: Message,
  random: RandomSource = systemRandom,
): Promise<Buffer> {
  const row = signingAlgorithms[algorithm]
  checkMessage(algorithm, row, message)
  if (row.scheme === 'SM2DSA') return signSm2(material.sm2Pair, sm2DigestOf(material, message))
  if (row.scheme === 'ML-DSA') {
    const pair = mlDsaPair(material)
    return signMlDsa(pair, await muOf(pair, message), random)
  }
  if (message.type === 'RAW') {
    return signInPool(hashOf(row), message.bytes, { key: material.key, ...options(row) })
  }
  return Buffer.from(await signDigest(material, row, message.bytes, random))
}

/** Whether the signature is the key's, by that algorithm, of that message. */
export async function verify(
  material: Material,
  algorithm: SigningAlgorithm,
  message: Message,
  signature: Uint8Array,
): Promise<boolean> {
  const row = signingAlgorithms[algorithm]
  checkMessage(algorithm, row, message)
  if (row.scheme === 'SM2DSA')
    return verifySm2(material.sm2Pair, sm2DigestOf(material, message), signature)
  if (row.scheme === 'ML-DSA') {
    const pair = mlDsaPair(material)
    const { publicKey } = await pair.keys()
    return verifyMlDsa(pair.parameterSet, publicKey, await muOf(pair, message), signature)
  }
  if (message.type === 'DIGEST') return verifyDigest(material, row, message.bytes, signature)
  const key = { key: material.publicKey, ...options(row) }
  return verifyInPool(hashOf(row), message.bytes, key, signature)
}

function sm2DigestOf({ sm2Pair }: Material, { type, bytes }: Message): Uint8Array {
  return type === 'DIGEST' ? bytes : sm2Digest(sm2Pair, bytes)
}

async function muOf(pair: SeedPair, { type, bytes }: Message): Promise<Uint8Array> {
  return type === 'EXTERNAL_MU'
    ? bytes
    : messageRepresentative((await pair.keys()).publicKey, bytes)
}

function mlDsaPair({ spec, seedPair }: Material): SeedPair<MlDsaParameterSet> {
  if (specs[spec].material.kind !== 'ml-dsa') throw new Error(`no ML-DSA with ${spec}`)
  return seedPair as SeedPair<MlDsaParameterSet>
}

function signDigest(
  { key }: Material,
  row: NodeRow,
  digest: Uint8Array,
  random: RandomSource,
): Promise<Uint8Array> {
  const blockBytes = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8
  switch (row.scheme) {
    case 'RSASSA-PSS': {
      const salt = random(row.digestBytes)
      return offload('rsaPrivate', key, encodePss(row.hash, digest, salt, blockBytes))
    }
    case 'RSASSA-PKCS1-v1_5':
      return offload('rsaPrivate', key, encodePkcs1(row.hash, digest, blockBytes))
    case 'ECDSA':
      return offload('ecdsaSign', key, digest)
    case 'Ed25519ph':
      return offload('ed25519phSign', key, digest)
    case 'Ed25519':
      throw new Error('Ed25519 signs messages, not digests')
  }
}

async function verifyDigest(
  { publicKey }: Material,
  row: NodeRow,
  digest: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  switch (row.scheme) {
    case 'RSASSA-PSS': {
      const block = openBlock(publicKey, signature)
      return block !== null && isPss(row.hash, digest, block)
    }
    case 'RSASSA-PKCS1-v1_5': {
      const block = openBlock(publicKey, signature)
      return block !== null && isPkcs1(row.hash, digest, block)
    }
    case 'ECDSA':
      return offload('ecdsaVerify', publicKey, digest, signature)
    case 'Ed25519ph':
      return offload('ed25519phVerify', publicKey, digest, signature)
    case 'Ed25519':
      throw new Error('Ed25519 verifies messages, not digests')
  }
}

/** RSAVP1, RFC 8017 section 5.2.2; null for a signature of another length or out of range. */
function openBlock(key: Material['publicKey'], signature: Uint8Array): Buffer | null {
  if (signature.length * 8 !== key.asymmetricKeyDetails?.modulusLength) return null
  try {
    return publicDecrypt({ key, padding: RSA_NO_PADDING }, signature)
  } catch {
    return null
  }
}

/** KMS has refused these before: the caller did not, which is a bug. */
function checkMessage(algorithm: SigningAlgorithm, row: Row, { type, bytes }: Message): void {
  const types: readonly MessageType[] = row.messageTypes
  if (!types.includes(type)) throw new Error(`${algorithm} takes no ${type} message`)
  if (type !== 'RAW' && bytes.length !== row.digestBytes) {
    throw new Error(`${algorithm} takes a digest of ${row.digestBytes} bytes`)
  }
}

/** Ed25519 has its hash built in, and node:crypto wants none named. */
function hashOf(row: NodeRow): string | null {
  return row.scheme === 'Ed25519' ? null : row.hash
}

function options(row: NodeRow): Omit<SignKeyObjectInput, 'key'> {
  switch (row.scheme) {
    case 'RSASSA-PSS':
      return { padding: RSA_PKCS1_PSS_PADDING, saltLength: row.digestBytes }
    case 'RSASSA-PKCS1-v1_5':
      return { padding: RSA_PKCS1_PADDING }
    case 'ECDSA':
      return { dsaEncoding: 'der' }
    case 'Ed25519':
    case 'Ed25519ph':
      return {}
  }
}
