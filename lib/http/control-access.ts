/**
 * Who may make control calls: whoever is on this machine and comes under this machine's name, or has
 * the control token. A page of another origin may not change anything, whatever it has, and is known
 * to the calls of KMS and STS by the same signs.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIPv4 } from 'node:net'
import { peerAddress } from './address.ts'

/** Why a control call is refused; undefined when it may go on. */
export function refusalOf(
  request: IncomingMessage,
  hosts: readonly string[],
  token: string | undefined,
): string | undefined {
  const { host = '', origin, authorization } = request.headers
  const changes = request.method !== 'GET' && request.method !== 'HEAD'
  if (changes && origin !== undefined && !isOwnOrigin(origin, request)) {
    return `a page of ${origin} may not change anything here`
  }
  const local = isLoopback(peerAddress(request.socket)) && isLocalName(host, hosts)
  if (local || (token !== undefined && isBearer(authorization, token))) return undefined
  return token === undefined
    ? 'control calls are answered to this machine only: ENCLAVE_KMS_CONTROL_TOKEN is not set'
    : 'control calls from elsewhere need the control token'
}

/**
 * Whether a web page of another origin makes the call, or one under a name that is not this
 * machine's: DNS may point that here. Clients that are no browsers send neither header.
 */
export function isForeignPage(request: IncomingMessage, hosts: readonly string[]): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = request.headers
  if (site === 'cross-site') return true
  return origin !== undefined && !(isOwnOrigin(origin, request) && isLocalName(host, hosts))
}

function isOwnOrigin(origin: string, { headers, socket }: IncomingMessage): boolean {
  const scheme = 'encrypted' in socket ? 'https' : 'http'
  return origin === `${scheme}://${headers.host ?? ''}`
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'))
}

/** Whether a Host header names this machine: a page elsewhere could point its own name here. */
function isLocalName(host: string, hosts: readonly string[]): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (name === 'localhost' || name === '[::1]' || isLoopback(name)) return true
  return hosts.some((known) => known.toLowerCase() === name || known.toLowerCase() === host)
}

function isBearer(authorization: string | undefined, token: string): boolean {
  const given = hash('sha256', authorization ?? '', 'buffer')
  return timingSafeEqual(given, hash('sha256', `Bearer ${token}`, 'buffer'))
}
