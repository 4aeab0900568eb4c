/**
 * IP addresses and CIDR ranges, versions 4 and 6, as AWS reads them: a request's IPv4 address in
 * IPv6's clothes (`::ffff:10.0.0.7`) is an IPv4 address; a range of version 6 with a bit set behind
 * its prefix is none. Source: IAM user guide, "IP address condition operators"; RFC 4632, RFC 4291.
 */
import { isIPv6 } from 'node:net'
import { PrefixSet } from './prefix-set.ts'

/**
 * The bits that the addresses of a range begin with, as `bitsOf` writes them. An address without a
 * prefix length stands for itself alone.
 */
export function parseRange(text: string): string | null {
  const [host = '', prefix, extra] = text.split('/')
  if (extra !== undefined || isMixed(host)) return null
  const bytes = parseBytes(host)
  if (!bytes) return null
  const bits = bitsOf(bytes)
  if (prefix === undefined) return bits
  const kept = 1 + Number(prefix)
  if (!/^\+?\d{1,3}$/.test(prefix) || kept > bits.length) return null
  return bytes.length === 16 && bits.includes('1', kept) ? null : bits.slice(0, kept)
}

/** All bits of an address, as `bitsOf` writes them. */
export function parseAddress(text: string): string | null {
  const bytes = parseBytes(text)
  if (bytes && isMapped(bytes)) return bitsOf(bytes.slice(12))
  return bytes && !isMixed(text) ? bitsOf(bytes) : null
}

/** Whether an address is in any of many ranges. */
export function isInOneOf(ranges: readonly string[]): (address: string) => boolean {
  const prefixes = new PrefixSet(ranges)
  return (address) => prefixes.hasStartOf(address)
}

/** Version 6 that ends as version 4 is written. */
function isMixed(text: string): boolean {
  return text.includes(':') && text.includes('.')
}

/** The version, 4 or 6, and a 0 or 1 for each bit. */
function bitsOf(bytes: readonly number[]): string {
  let bits = bytes.length === 4 ? '4' : '6'
  for (const byte of bytes) bits += byteBits[byte] ?? ''
  return bits
}

const byteBits = Array.from({ length: 256 }, (_, byte) => byte.toString(2).padStart(8, '0'))

function parseBytes(text: string): number[] | null {
  const four = parseIPv4(text)
  if (four) return four
  // A zone (`fe80::1%eth0`) belongs to one machine and means nothing in a policy.
  if (!isIPv6(text) || text.includes('%')) return null
  const lastColon = text.lastIndexOf(':') + 1
  const tail = parseIPv4(text.slice(lastColon))
  const groups = tail ? text.slice(0, lastColon) + groupsOfIPv4(tail) : text
  const [before = '', after] = groups.split('::')
  const head = groupsOf(before)
  const rest = after === undefined ? [] : groupsOf(after)
  const zeros = new Array<number>(8 - head.length - rest.length).fill(0)
  return [...head, ...zeros, ...rest].flatMap((group) => [group >> 8, group & 0xff])
}

/** Zeros in front of a number mean nothing: it is decimal all the same. */
function parseIPv4(text: string): number[] | null {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return null
  const bytes = text.split('.').map(Number)
  return bytes.every((byte) => byte <= 0xff) ? bytes : null
}

function groupsOfIPv4([a = 0, b = 0, c = 0, d = 0]: readonly number[]): string {
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

/** `::ffff:0:0/96` */
function isMapped(bytes: readonly number[]): boolean {
  return (
    bytes.length === 16 &&
    bytes.slice(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 0xff &&
    bytes[11] === 0xff
  )
}
