/**
 * COSE_Sign1 (RFC 9052, section 4.2) as the Nitro Secure Module writes it: ES384 and nothing else.
 * Refuses any other protected header (`crit` included), any unprotected one, a detached payload, and
 * every tag but 18, which may be absent (AWS's attestation_process.md, 3.1).
 */
import { DecodeError } from '../errors.ts'
import { encodeHex, equalBytes } from './bytes.ts'
import { decodeCbor, encodeCbor, type CborValue } from './cbor.ts'

export interface CoseSign1 {
  /** The encoded protected header, `{1: -35}`. */
  readonly protectedBytes: Uint8Array
  readonly payload: Uint8Array
  /** r and s, 48 bytes each. */
  readonly signature: Uint8Array
}

type CoseCode =
  | 'COSE_ALGORITHM'
  | 'COSE_PAYLOAD'
  | 'COSE_PROTECTED'
  | 'COSE_SHAPE'
  | 'COSE_SIGNATURE'
  | 'COSE_TOO_LONG'
  | 'COSE_UNPROTECTED'

const sign1Tag = 18

/** Header label `alg` (RFC 9052, table 3) and ES384 (RFC 9053, table 1). */
const algorithmLabel = 1
const es384 = -35
const es384SignatureBytes = 96

/** `{1: -35}`: the only encoding of the only header that is taken. */
export const es384Header: Uint8Array = encodeCbor(new Map([[algorithmLabel, es384]]))

/** AWS's attestation_process.md, 3.1: the payload is 1 to 16384 bytes. */
const maxPayloadBytes = 16_384
/** Tag, array, header, unprotected map, signature, and the lengths of all of them. */
const maxFrameBytes = 128

/**
 * Splits a COSE_Sign1 into its parts, as views of the given bytes; the signature is not verified.
 * Codes: COSE_* and CBOR_*.
 */
export function decodeCoseSign1(bytes: Uint8Array): CoseSign1 {
  if (bytes.length > maxPayloadBytes + maxFrameBytes) {
    refuse('COSE_TOO_LONG', `${bytes.length} bytes are more than a document can have`)
  }
  const parts = decodeCbor(bytes, { tag: sign1Tag })
  if (!Array.isArray(parts) || parts.length !== 4) {
    refuse('COSE_SHAPE', 'a COSE_Sign1 is an array of four items')
  }
  const [header, unprotected, payload, signature] = parts as [
    CborValue,
    CborValue,
    CborValue,
    CborValue,
  ]
  const protectedBytes = checkProtected(header)
  checkUnprotected(unprotected)
  return { protectedBytes, payload: checkPayload(payload), signature: checkSignature(signature) }
}

function checkProtected(header: CborValue): Uint8Array {
  if (!(header instanceof Uint8Array)) {
    refuse('COSE_PROTECTED', 'the protected header is not a byte string')
  }
  if (!equalBytes(header, es384Header)) refuseProtected(header)
  return header
}

/** Says what is wrong with a protected header that is not the one that is taken. */
function refuseProtected(header: Uint8Array): never {
  const members = header.length === 0 ? new Map() : decodeCbor(header)
  if (!(members instanceof Map)) refuse('COSE_PROTECTED', 'the protected header is not a map')
  const algorithm: unknown = members.get(algorithmLabel)
  if (algorithm !== es384) refuse('COSE_ALGORITHM', `the algorithm is not ES384 (${es384})`)
  refuse('COSE_PROTECTED', `the protected header has more than alg: ${encodeHex(header)}`)
}

function checkUnprotected(unprotected: CborValue): void {
  if (!(unprotected instanceof Map) || unprotected.size !== 0) {
    refuse('COSE_UNPROTECTED', 'the unprotected header is not an empty map')
  }
}

function checkPayload(payload: CborValue): Uint8Array {
  if (!(payload instanceof Uint8Array)) {
    refuse('COSE_PAYLOAD', 'the payload is not a byte string')
  }
  if (payload.length === 0 || payload.length > maxPayloadBytes) {
    refuse('COSE_PAYLOAD', `the payload is ${payload.length} bytes, not 1 to ${maxPayloadBytes}`)
  }
  return payload
}

function checkSignature(signature: CborValue): Uint8Array {
  if (!(signature instanceof Uint8Array) || signature.length !== es384SignatureBytes) {
    refuse('COSE_SIGNATURE', `the signature is not a byte string of ${es384SignatureBytes} bytes`)
  }
  return signature
}

/** What is signed: `["Signature1", protected, external_aad = "", payload]` (RFC 9052, 4.4). */
export function sigStructure(protectedBytes: Uint8Array, payload: Uint8Array): Buffer {
  return encodeCbor(['Signature1', protectedBytes, new Uint8Array(), payload])
}

/** The message without a tag, as AWS writes it, or with tag 18. */
export function encodeCoseSign1(message: CoseSign1, options: { tagged?: boolean } = {}): Buffer {
  const { protectedBytes, payload, signature } = message
  const array = encodeCbor([protectedBytes, new Map(), payload, signature])
  return options.tagged === true ? Buffer.concat([Buffer.of(0xc0 | sign1Tag), array]) : array
}

function refuse(code: CoseCode, message: string): never {
  throw new DecodeError(code, message)
}
