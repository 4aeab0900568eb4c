/**
 * The public key of an attestation document, as KMS can use it: RSA of 2048, 3072 or 4096 bits in a
 * SubjectPublicKeyInfo (spec of AWS KMS's RecipientInfo and its SDKs). Refuses every other thing that
 * enclaves put there, and says which it is.
 */
import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import type { AttestationDocument } from '../codec/document.ts'
import { DerReader, derTag } from '../codec/der.ts'
import { decodePublicKeyInfo, oid, type PublicKeyInfo } from '../codec/x509.ts'
import { DecodeError, TrustError } from '../errors.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'

export interface RecipientKey {
  readonly key: KeyObject
  /** DER, as it is in the document. */
  readonly spki: Uint8Array
  readonly bits: 2048 | 3072 | 4096
}

type RecipientKeyCode =
  | 'RECIPIENT_KEY_ABSENT'
  | 'RECIPIENT_KEY_EC'
  | 'RECIPIENT_KEY_EMPTY'
  | 'RECIPIENT_KEY_EXPONENT'
  | 'RECIPIENT_KEY_MODULUS'
  | 'RECIPIENT_KEY_NOT_RSA'
  | 'RECIPIENT_KEY_NOT_SPKI'
  | 'RECIPIENT_KEY_PEM'
  | 'RECIPIENT_KEY_PKCS1'
  | 'RECIPIENT_KEY_SIZE'
  | 'RECIPIENT_KEY_TRAILING_BYTES'

/** Why a key cannot be used; `what` describes it in one line. */
interface Refusal {
  readonly code: RecipientKeyCode
  readonly what: string
}

const rsaEncryption = '1.2.840.113549.1.1.1'

const curveNames: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.10': 'secp256k1',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
}

/** OpenSSL takes no longer one with a modulus over 3072 bits (OPENSSL_RSA_MAX_PUBEXP_BITS). */
const maxExponentBytes = 8

const maxKeys = 1024
const keys = new LeastRecentlyUsed<RecipientKey>(maxKeys)

/** The key to seal for. TrustError with a code RECIPIENT_KEY_* where KMS cannot use it. */
export function recipientKey({ publicKey }: Pick<AttestationDocument, 'publicKey'>): RecipientKey {
  if (publicKey === null) {
    throw new TrustError('RECIPIENT_KEY_ABSENT', 'the document has no public key')
  }
  const digest = hash('sha256', publicKey, 'hex')
  const known = keys.get(digest)
  if (known) return known
  const found = examine(publicKey)
  if ('code' in found) {
    throw new TrustError(
      found.code,
      `the public key is not an RSA key of 2048, 3072 or 4096 bits in a SubjectPublicKeyInfo: ${found.what}`,
    )
  }
  const spki = new Uint8Array(publicKey)
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  const usable: RecipientKey = { key, spki, bits: found.bits }
  keys.set(digest, usable)
  return usable
}

/** What the bytes are, in one line for people: `RSA 2048 SubjectPublicKeyInfo`. */
export function describePublicKey(publicKey: Uint8Array): string {
  const found = examine(publicKey)
  return 'code' in found ? found.what : `RSA ${found.bits} SubjectPublicKeyInfo`
}

function examine(bytes: Uint8Array): { bits: RecipientKey['bits'] } | Refusal {
  if (bytes.length === 0) return { code: 'RECIPIENT_KEY_EMPTY', what: 'empty' }
  if (Buffer.from(bytes.subarray(0, 11)).toString('latin1') === '-----BEGIN ') {
    return { code: 'RECIPIENT_KEY_PEM', what: 'PEM text' }
  }
  const info = attempt(() => decodePublicKeyInfo(bytes))
  if (info) return examineInfo(info)
  if (attempt(() => decodeRsaKey(bytes))) {
    return { code: 'RECIPIENT_KEY_PKCS1', what: 'a PKCS#1 RSAPublicKey' }
  }
  const first = attempt(() => new DerReader(bytes).any().bytes)
  if (first && first.length < bytes.length && attempt(() => decodePublicKeyInfo(first))) {
    const what = `${bytes.length - first.length} bytes after a SubjectPublicKeyInfo`
    return { code: 'RECIPIENT_KEY_TRAILING_BYTES', what }
  }
  const what = `${bytes.length} bytes that are no SubjectPublicKeyInfo`
  return { code: 'RECIPIENT_KEY_NOT_SPKI', what }
}

function examineInfo(info: PublicKeyInfo): { bits: RecipientKey['bits'] } | Refusal {
  const { algorithm, curve } = info
  if (algorithm === oid.ecPublicKey) {
    const name = curveNames[curve ?? ''] ?? curve ?? ''
    return { code: 'RECIPIENT_KEY_EC', what: `EC ${name} SubjectPublicKeyInfo` }
  }
  if (algorithm !== rsaEncryption) {
    return { code: 'RECIPIENT_KEY_NOT_RSA', what: `SubjectPublicKeyInfo of ${algorithm}` }
  }
  const key = attempt(() => decodeRsaInfo(info))
  if (!key) return { code: 'RECIPIENT_KEY_NOT_SPKI', what: 'a damaged RSA SubjectPublicKeyInfo' }
  return examineRsa(key)
}

interface RsaKey {
  /** Big-endian, without zeros in front. */
  readonly modulus: Uint8Array
  readonly exponent: Uint8Array
}

function examineRsa({ modulus, exponent }: RsaKey): { bits: RecipientKey['bits'] } | Refusal {
  const bits = modulus.length * 8 - (modulus[0] === undefined ? 0 : Math.clz32(modulus[0]) - 24)
  if (bits !== 2048 && bits !== 3072 && bits !== 4096) {
    return { code: 'RECIPIENT_KEY_SIZE', what: `RSA ${bits} SubjectPublicKeyInfo` }
  }
  if (!isOdd(modulus)) {
    return { code: 'RECIPIENT_KEY_MODULUS', what: `RSA ${bits} whose modulus is even` }
  }
  // Under an exponent of 1 the ciphertext is the padded plaintext; an even one has no inverse.
  const isOne = exponent.length === 1 && exponent[0] === 1
  if (!isOdd(exponent) || isOne || exponent.length > maxExponentBytes) {
    const what = `RSA ${bits} whose public exponent is not odd, 3 or more and at most 64 bits`
    return { code: 'RECIPIENT_KEY_EXPONENT', what }
  }
  return { bits }
}

/** RFC 3279, 2.3.1: the algorithm's parameters are NULL. */
function decodeRsaInfo({ spki, key }: PublicKeyInfo): RsaKey {
  const identifier = new DerReader(spki).inside(derTag.sequence).inside(derTag.sequence)
  identifier.oid()
  identifier.inside(derTag.null).end()
  identifier.end()
  return decodeRsaKey(key)
}

/** RSAPublicKey (RFC 8017, A.1.1). */
function decodeRsaKey(bytes: Uint8Array): RsaKey {
  const outer = new DerReader(bytes)
  const key = outer.inside(derTag.sequence)
  outer.end()
  const modulus = key.unsigned()
  const exponent = key.unsigned()
  key.end()
  return { modulus, exponent }
}

function isOdd(number: Uint8Array): boolean {
  return ((number.at(-1) ?? 0) & 1) === 1
}

/** The value, or null where the bytes cannot be read as that. */
function attempt<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}
