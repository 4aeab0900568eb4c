/**
 * Bytes as text and back: hex and base64 (RFC 4648, section 4) in one form each. Refuses what
 * Node's own readers skip over: odd digits, other alphabets, missing padding, white space.
 */
import { DecodeError } from '../errors.ts'

/** Bytes of a hex text in either case: two digits each, nothing between. Code: HEX. */
export function decodeHex(text: string): Buffer {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
    throw new DecodeError('HEX', 'not hex: pairs of 0 to 9 and a to f are wanted')
  }
  return Buffer.from(text, 'hex')
}

/** Lower-case hex. */
export function encodeHex(bytes: Uint8Array): string {
  return view(bytes).toString('hex')
}

/**
 * Bytes of a base64 text: the standard alphabet, padded, and its unused bits zero, so that a text
 * stands for its bytes and no other text does. Code: BASE64.
 */
export function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) {
    throw new DecodeError('BASE64', 'not base64: the standard alphabet with padding is wanted')
  }
  return bytes
}

/** Standard alphabet, padded. */
export function encodeBase64(bytes: Uint8Array): string {
  return view(bytes).toString('base64')
}

/** Whether two texts of bytes are the same. Not for secrets: it stops at the first difference. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}

/** Whether every byte is zero; true for no bytes. */
export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

/** The same memory as a Buffer. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
