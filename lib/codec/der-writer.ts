/**
 * Writes DER (X.690, section 10), one element at a time, in the one form that der.ts takes. Refuses
 * (RangeError) what has no such form: contents of 16 MiB, numbered arcs and bits that are no counts,
 * and times that are not whole seconds of the years 1950 to 9999.
 */
import { derTag } from './der.ts'

/** An element whose content is the parts, one after another. */
export function derElement(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.of(tag, ...lengthBytes(length)), ...parts])
}

export function derSequence(...parts: readonly Uint8Array[]): Buffer {
  return derElement(derTag.sequence, ...parts)
}

export function derOctetString(content: Uint8Array): Buffer {
  return derElement(derTag.octetString, content)
}

export function derTrue(): Buffer {
  return Buffer.of(derTag.boolean, 1, 0xff)
}

/** The number of zero or more whose bytes these are, whatever zeros it begins with. */
export function derUnsigned(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = first < 0 ? new Uint8Array(0) : bytes.subarray(first)
  // A first bit that is set would make it negative; zero has one byte.
  const sign = (digits[0] ?? 0x80) >= 0x80 ? [0] : []
  return derElement(derTag.integer, Uint8Array.from(sign), digits)
}

/** From its arcs: `1.2.840.10045.2.1` */
export function derOid(dotted: string): Buffer {
  const [root = NaN, second = NaN, ...rest] = dotted.split('.').map(Number)
  const arcs = [40 * root + second, ...rest]
  return derElement(derTag.oid, ...arcs.map((arc) => Uint8Array.from(arcBytes(checkCount(arc)))))
}

/** A bit string of whole bytes. */
export function derBitString(bytes: Uint8Array): Buffer {
  return derElement(derTag.bitString, Uint8Array.of(0), bytes)
}

/** The bits that are set, by number, without zero bits at the end (X.690, 11.2.2). */
export function derNamedBits(bits: readonly number[]): Buffer {
  const last = Math.max(-1, ...bits.map(checkCount))
  const bytes = new Uint8Array(Math.ceil((last + 1) / 8))
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7))
  const unused = 8 * bytes.length - (last + 1)
  return derElement(derTag.bitString, Uint8Array.of(unused), bytes)
}

/** Milliseconds since the epoch as RFC 5280, 4.1.2.5 has them: with two digits for a year to 2049. */
export function derTime(ms: number): Buffer {
  const date = new Date(ms)
  const year = date.getUTCFullYear()
  if (!(year >= 1950 && year <= 9999) || ms % 1000 !== 0) {
    throw new RangeError('no time of a certificate')
  }
  const digits = date.toISOString().slice(0, 19).replace(/[-:T]/g, '')
  return year < 2050
    ? derElement(derTag.utcTime, Buffer.from(`${digits.slice(2)}Z`))
    : derElement(derTag.generalizedTime, Buffer.from(`${digits}Z`))
}

/** One byte below 128; else how many bytes follow, and the fewest that do. */
function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length]
  if (length < 0x100) return [0x81, length]
  if (length < 0x1_0000) return [0x82, length >> 8, length & 0xff]
  if (length < 0x100_0000) return [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]
  throw new RangeError('more than an element here can hold')
}

/** Seven bits each, the highest first; all but the last byte have the eighth. */
function arcBytes(arc: number): number[] {
  const bytes = [arc & 0x7f]
  for (let left = Math.floor(arc / 0x80); left > 0; left = Math.floor(left / 0x80)) {
    bytes.unshift((left & 0x7f) | 0x80)
  }
  return bytes
}

function checkCount(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('no whole number from zero')
  return value
}
