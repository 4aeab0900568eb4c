/**
 * The signature section of an EIF: a signing certificate and a COSE_Sign1 over PCR0, both as CBOR
 * arrays of numbers. Refuses byte strings in their place, as nitro-cli does, and any algorithm but
 * ES256, ES384 and ES512; the signature is not verified.
 * https://github.com/aws/aws-nitro-enclaves-image-format#eifsectionsignature
 */
import { DecodeError } from '../errors.ts'
import { decodeCbor, type CborValue } from './cbor.ts'
import { decodeEifCertificate, type EifCertificate } from './eif-certificate.ts'

export interface EifSignature {
  readonly certificate: EifCertificate
  /** The encoded protected header. */
  readonly protectedBytes: Uint8Array
  /** The header's `alg` (RFC 9053, table 1). */
  readonly algorithm: number
  /** An encoded register and its index. */
  readonly payload: Uint8Array
  /** r and s, one after the other. */
  readonly signature: Uint8Array
}

/** The format's SIGNATURE_MAX_SIZE. */
const maxSectionBytes = 32_768

const sign1Tag = 18
const algorithmLabel = 1

/** Reads the section's data; only its first signature counts. Codes: EIF_SIGNATURE, EIF_CERTIFICATE. */
export function decodeEifSignature(section: Uint8Array): EifSignature {
  if (section.length > maxSectionBytes) {
    refuse(`${section.length} bytes, more than ${maxSectionBytes}`)
  }
  const signatures = decode(section, 'the section')
  const [first] = Array.isArray(signatures) ? (signatures as readonly CborValue[]) : []
  if (!(first instanceof Map)) refuse('want an array of maps')
  const entry = first as ReadonlyMap<unknown, CborValue>
  const certificate = bytesOf(entry.get('signing_certificate'), 'signing_certificate')
  const message = bytesOf(entry.get('signature'), 'signature')
  return { certificate: decodeEifCertificate(certificate), ...decodeMessage(message) }
}

function decodeMessage(bytes: Uint8Array): Omit<EifSignature, 'certificate'> {
  const parts = decode(bytes, 'signature', sign1Tag)
  if (!Array.isArray(parts) || parts.length !== 4) refuse('signature: want an array of four items')
  const [protectedBytes, unprotected, payload, signature] = parts as readonly CborValue[]
  if (!(protectedBytes instanceof Uint8Array)) refuse('protected header: want a byte string')
  if (!(unprotected instanceof Map)) refuse('unprotected header: want a map')
  if (!(payload instanceof Uint8Array)) refuse('payload: want a byte string')
  if (!(signature instanceof Uint8Array)) refuse('r and s: want a byte string')
  const header = decode(protectedBytes, 'protected header')
  const algorithm = header instanceof Map ? (header.get(algorithmLabel) as CborValue) : null
  if (typeof algorithm !== 'number') refuse('protected header: want a map with alg')
  return { protectedBytes, algorithm, payload, signature }
}

/** What serde makes of a `Vec<u8>`: an array, each byte a number. */
function bytesOf(value: CborValue | undefined, name: string): Uint8Array {
  if (!Array.isArray(value) || !value.every(isByte)) {
    refuse(`${name}: want an array of numbers from 0 to 255`)
  }
  return Uint8Array.from(value)
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 0xff
}

function decode(bytes: Uint8Array, name: string, tag?: number): CborValue {
  try {
    return decodeCbor(bytes, tag === undefined ? {} : { tag })
  } catch (error) {
    if (error instanceof DecodeError) refuse(`${name}: ${error.message}`)
    throw error
  }
}

function refuse(message: string): never {
  throw new DecodeError('EIF_SIGNATURE', `the signature section: ${message}`)
}
