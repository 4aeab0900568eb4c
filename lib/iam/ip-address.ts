/**
 * IP addresses and CIDR ranges, versions 4 and 6. An IPv4 address that comes in IPv6's clothes
 * (`::ffff:10.0.0.7`) is an IPv4 address. Source: IAM user guide, "IP address condition operators";
 * RFC 4632, RFC 4291.
 */
import { isIPv4, isIPv6 } from 'node:net'

/**
 * The bits that the addresses of a range begin with, as `bitsOf` writes them. An address without a
 * prefix length stands for itself alone.
 */
export function parseRange(text: string): string | null {
  const [host, prefix, extra] = text.split('/')
  if (host === undefined || extra !== undefined) return null
  const bytes = parseBytes(host)
  if (!bytes) return null
  const bits = bytes.length * 8
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return null
  const prefixBits = prefix === undefined ? bits : Number(prefix)
  if (prefixBits > bits) return null
  if (isMapped(bytes) && prefixBits >= 96) {
    return bitsOf(bytes.slice(12)).slice(0, 1 + prefixBits - 96)
  }
  return bitsOf(bytes).slice(0, 1 + prefixBits)
}

/** All bits of an address, as `bitsOf` writes them. */
export function parseAddress(text: string): string | null {
  const bytes = parseBytes(text)
  return bytes && bitsOf(isMapped(bytes) ? bytes.slice(12) : bytes)
}

/** The version, 4 or 6, and a 0 or 1 for each bit. */
function bitsOf(bytes: readonly number[]): string {
  let bits = bytes.length === 4 ? '4' : '6'
  for (const byte of bytes) bits += byteBits[byte] ?? ''
  return bits
}

const byteBits = Array.from({ length: 256 }, (_, byte) => byte.toString(2).padStart(8, '0'))

function parseBytes(text: string): number[] | null {
  if (isIPv4(text)) return text.split('.').map(Number)
  // A zone (`fe80::1%eth0`) belongs to one machine and means nothing in a policy.
  if (!isIPv6(text) || text.includes('%')) return null
  const lastColon = text.lastIndexOf(':') + 1
  const tail = text.slice(lastColon)
  const groups = isIPv4(tail) ? text.slice(0, lastColon) + groupsOfIPv4(tail) : text
  const [before = '', after] = groups.split('::')
  const head = groupsOf(before)
  const rest = after === undefined ? [] : groupsOf(after)
  const zeros = new Array<number>(8 - head.length - rest.length).fill(0)
  return [...head, ...zeros, ...rest].flatMap((group) => [group >> 8, group & 0xff])
}

function groupsOfIPv4(text: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
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
