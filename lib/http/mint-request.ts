/**
 * Reads the body of `POST /_/attestation-documents`; refuses what it does not know, naming the
 * member.
 */
import type { MintOptions } from '../attest/mint.ts'
import { DecodeError } from '../errors.ts'

type Reader = (value: unknown, member: string) => unknown

/** One row per member: how it is read, and what minting calls it. */
const members: Readonly<Record<string, readonly [option: keyof MintOptions, read: Reader]>> = {
  pcrs: ['pcrs', readRegisters],
  publicKey: ['publicKey', readBase64],
  nonce: ['nonce', readBase64],
  userData: ['userData', readBase64],
  debug: ['debug', readBoolean],
  roleArn: ['roleArn', readText],
  instanceId: ['instanceId', readText],
  platform: ['platform', readPlatform],
  timestamp: ['timestampMs', readTime],
}

export function readMintRequest(body: unknown): MintOptions {
  if (body === undefined || body === null) return {}
  if (typeof body !== 'object' || Array.isArray(body)) throw wrong('body', 'an object')
  const options: Record<string, unknown> = {}
  for (const [member, value] of Object.entries(body)) {
    const row = Object.hasOwn(members, member) ? members[member] : undefined
    if (!row) throw wrong(member, `one of ${Object.keys(members).join(', ')}`)
    if (value !== null && value !== undefined) options[row[0]] = row[1](value, member)
  }
  return options
}

/** What the registers are, minting checks. */
function readRegisters(value: unknown, member: string): Readonly<Record<number, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(member, 'an object of hex values')
  }
  const registers = value as Record<string, unknown>
  for (const [name, hex] of Object.entries(registers)) {
    if (typeof hex !== 'string') throw wrong(`${member}.${name}`, 'hex digits')
  }
  return registers as Record<string, string>
}

function readBase64(value: unknown, member: string): Uint8Array {
  if (typeof value !== 'string') throw wrong(member, 'base64')
  const bytes = Buffer.from(value, 'base64')
  if (bytes.toString('base64') !== value) throw wrong(member, 'base64')
  return bytes
}

function readBoolean(value: unknown, member: string): boolean {
  if (typeof value !== 'boolean') throw wrong(member, 'true or false')
  return value
}

function readText(value: unknown, member: string): string {
  if (typeof value !== 'string' || value === '') throw wrong(member, 'a text')
  return value
}

function readPlatform(value: unknown, member: string): string {
  if (value !== 'nitro-enclave' && value !== 'nitro-tpm') {
    throw wrong(member, 'nitro-enclave or nitro-tpm')
  }
  return value
}

function readTime(value: unknown, member: string): number {
  const ms = typeof value === 'string' ? Date.parse(value) : NaN
  if (!(ms > 0)) throw wrong(member, 'an ISO 8601 time')
  return ms
}

function wrong(member: string, wanted: string): DecodeError {
  return new DecodeError('MINT_REQUEST', `${member}: expected ${wanted}`, { member })
}
