/**
 * Listings in pages: Limit, Marker, Truncated and NextMarker. A marker is sealed for one listing of
 * one account in one Region and for a day; any other use of it, and what nobody here has sealed, is
 * InvalidMarkerException, which has no text. Nothing is kept for it: every process can go on where another stopped.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { MaybePromise, Page } from '../store/store.ts'
import type { Call } from './call.ts'
import { dayMs } from './clock.ts'
import { Fault } from './faults.ts'

interface PageInput {
  readonly Limit?: number | undefined
  readonly Marker?: string | undefined
}

interface Listing<T> {
  readonly items: readonly T[]
  /** Members of the answer: `NextMarker` only when there is more. */
  readonly rest: { readonly Truncated: boolean; readonly NextMarker?: string }
}

/** AWS's limits of a listing: what it gives unasked, and at most. */
export interface Limits {
  readonly usual: number
  readonly most: number
}

/**
 * `listing` is the operation, and the key's ARN where it lists what a key has. What is listed is in
 * the order of its names: a page begins behind the last name of the one before, whatever has come
 * and gone since.
 */
export async function listPage<T>(
  call: Pick<Call, 'input' | 'scope' | 'nowMs'>,
  listing: string,
  { usual, most }: Limits,
  read: (page: Page) => MaybePromise<readonly T[]>,
  nameOf: (item: T) => string,
): Promise<Listing<T>> {
  const { Limit, Marker } = call.input as PageInput
  const { account, region } = call.scope
  const belongsTo = [listing, account, region].join(' ')
  const limit = Math.min(Limit ?? usual, most)
  const after = Marker === undefined ? undefined : readMarker(Marker, belongsTo, call.nowMs)
  const found = await read({ after, limit: limit + 1 })
  const items = found.slice(0, limit)
  const last = items.at(-1)
  if (found.length <= limit || last === undefined) return { items, rest: { Truncated: false } }
  const expiresMs = call.nowMs + markerLifeMs
  return {
    items,
    rest: { Truncated: true, NextMarker: makeMarker(nameOf(last), belongsTo, expiresMs) },
  }
}

/** Ours. */
const markerLifeMs = dayMs

/** Known to everybody, as everything here is: it tells a marker from a guess, and guards nothing. */
const markerKey = createHash('sha256').update('enclave-kms markers').digest()

const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
const timeBytes = 8

/** nonce, tag, and sealed: when it expires and the name to go on behind. */
function makeMarker(name: string, belongsTo: string, expiresMs: number): string {
  const time = Buffer.alloc(timeBytes)
  time.writeDoubleBE(expiresMs)
  const nonce = randomBytes(nonceBytes)
  const seal = createCipheriv(cipher, markerKey, nonce).setAAD(Buffer.from(belongsTo))
  const sealed = [seal.update(time), seal.update(name), seal.final()]
  return Buffer.concat([nonce, seal.getAuthTag(), ...sealed]).toString('base64')
}

function readMarker(marker: string, belongsTo: string, nowMs: number): string {
  const bytes = Buffer.from(marker, 'base64')
  const opened = bytes.toString('base64') === marker ? openMarker(bytes, belongsTo) : null
  if (!opened) throw new Fault('InvalidMarkerException')
  if (opened.readDoubleBE() > nowMs) return opened.toString('utf8', timeBytes)
  throw new Fault('InvalidMarkerException')
}

function openMarker(bytes: Buffer, belongsTo: string): Buffer | null {
  if (bytes.length < nonceBytes + tagBytes + timeBytes) return null
  const nonce = bytes.subarray(0, nonceBytes)
  const opener = createDecipheriv(cipher, markerKey, nonce, { authTagLength: tagBytes })
    .setAAD(Buffer.from(belongsTo))
    .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  try {
    const opened = opener.update(bytes.subarray(nonceBytes + tagBytes))
    return Buffer.concat([opened, opener.final()])
  } catch {
    // Of another listing, or of nobody here.
    return null
  }
}
