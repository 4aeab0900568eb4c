/**
 * Listings in pages: Limit, Marker, Truncated and NextMarker. A marker says which listing it
 * belongs to, and is refused by any other.
 */
import type { MaybePromise, Page } from '../store/store.ts'
import type { Call } from './call.ts'
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

/** `listing` is the operation, and the key's ARN where it lists what a key has. */
export async function listPage<T>(
  call: Call,
  listing: string,
  { usual, most }: Limits,
  read: (page: Page) => MaybePromise<readonly T[]>,
  nameOf: (item: T) => string,
): Promise<Listing<T>> {
  const { Limit, Marker } = call.input as PageInput
  const { account, region } = call.scope
  const belongsTo = [listing, account, region].join(' ')
  const limit = Math.min(Limit ?? usual, most)
  const after = Marker === undefined ? undefined : readMarker(Marker, belongsTo)
  const found = await read({ after, limit: limit + 1 })
  const items = found.slice(0, limit)
  const last = items.at(-1)
  if (found.length <= limit || last === undefined) return { items, rest: { Truncated: false } }
  const marker = Buffer.from(`${belongsTo} ${nameOf(last)}`).toString('base64')
  return { items, rest: { Truncated: true, NextMarker: marker } }
}

function readMarker(marker: string, belongsTo: string): string {
  const text = Buffer.from(marker, 'base64').toString()
  if (text.startsWith(`${belongsTo} `)) return text.slice(belongsTo.length + 1)
  throw new Fault('InvalidMarkerException', 'The marker is not one of this listing.')
}
