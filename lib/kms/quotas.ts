/**
 * Quotas, where the config sets them: how many things there may be, and how often each operation may
 * be called. Refuses what goes beyond with LimitExceededException and ThrottlingException.
 * Source: KMS developer guide, "Resource quotas", "Request quotas" and "Throttling AWS KMS requests".
 */
import { LeastRecentlyUsed } from '../attest/least-recently-used.ts'
import type { MaybePromise, Reader, Scope } from '../store/store.ts'
import { Fault } from './faults.ts'
import {
  chargesOf,
  usualRate,
  type Charge,
  type ChargedCall,
  type RateName,
} from './request-rates.ts'

/** AWS's resource quotas: the number it allows unless asked, and what it calls them in its text. */
const resources = {
  /** Of an account in a Region; those that AWS manages do not count. */
  keys: { usual: 100_000, name: 'Key' },
  aliasesPerKey: { usual: 50, name: 'Aliases per key' },
  grantsPerKey: { usual: 50_000, name: 'Grants per key' },
  /** Of an account in a Region. */
  customKeyStores: { usual: 10, name: 'Custom key store' },
} as const satisfies Readonly<Record<string, { usual: number; name: string }>>

export type ResourceQuota = keyof typeof resources

export const resourceQuotas = Object.keys(resources) as readonly ResourceQuota[]

export interface QuotaSettings {
  /** Whether a quota that is not set is AWS's default; otherwise there is none. */
  readonly defaults: boolean
  readonly resources: Readonly<Partial<Record<ResourceQuota, number | undefined>>>
  /** Requests a second. */
  readonly requestRates: Readonly<Partial<Record<RateName, number | undefined>>>
}

/** How many requests a quota has left. */
interface Bucket {
  left: number
  atMs: number
}

/** Ours: accounts may be any number, and what was used longest ago is full again anyway. */
const mostBuckets = 10_000

export class Quotas {
  readonly #settings: QuotaSettings
  #buckets = new LeastRecentlyUsed<Bucket>(mostBuckets)

  constructor(settings: QuotaSettings) {
    this.#settings = settings
  }

  /** Infinity where there is no quota. */
  limit(quota: ResourceQuota): number {
    const { defaults, resources: set } = this.#settings
    return set[quota] ?? (defaults ? resources[quota].usual : Infinity)
  }

  /** Counts a call, or refuses it and counts nothing. */
  async admit(call: ChargedCall, nowMs: number): Promise<void> {
    const charges = (await chargesOf(call)).flatMap((charge) => this.#bucketOf(charge, nowMs))
    for (const { bucket, count, most } of charges) {
      // More than a full bucket has would never be allowed.
      if (bucket.left < Math.min(count, most) - rounding) {
        throw new Fault(
          'ThrottlingException',
          'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
        )
      }
    }
    for (const { bucket, count } of charges) bucket.left -= count
  }

  /** As at the start: nothing has been called. */
  reset(): void {
    this.#buckets = new LeastRecentlyUsed(mostBuckets)
  }

  /** The bucket as it is now: it fills by the server's clock, up to a second's worth. */
  #bucketOf({ name, region, holder, count }: Charge, nowMs: number) {
    const { defaults, requestRates } = this.#settings
    const rate = requestRates[name] ?? (defaults ? usualRate(name, region) : Infinity)
    if (rate === Infinity) return []
    const most = Math.max(rate, 1)
    const id = `${name} ${region} ${holder}`
    let bucket = this.#buckets.get(id)
    if (!bucket) this.#buckets.set(id, (bucket = { left: most, atMs: nowMs }))
    const elapsedMs = nowMs - bucket.atMs
    bucket.left = Math.min(bucket.left + (Math.max(elapsedMs, 0) / 1000) * rate, most)
    // Calls overtake one another; a clock that is far behind has been set back.
    if (elapsedMs > 0 || elapsedMs < -overtakingMs) bucket.atMs = nowMs
    return [{ bucket, count, most }]
  }
}

/** Of the sums of fractions of requests. */
const rounding = 1e-9

/** Ours: how much later a call may be counted than one that began after it. */
const overtakingMs = 1000

/** Refuses one more where there are as many as the quota allows; without one, nobody counts them. */
export async function requireQuota(
  { quotas }: { readonly quotas: Quotas | undefined },
  quota: ResourceQuota,
  count: () => MaybePromise<number>,
): Promise<void> {
  const limit = quotas?.limit(quota) ?? Infinity
  if (limit === Infinity) return
  const used = await count()
  if (used < limit) return
  throw new Fault(
    'LimitExceededException',
    `${resources[quota].name} quota for this account in this region is ${limit}, current usage is ${used}.`,
  )
}

/** Refuses one more key in an account and Region that has as many as the quota allows. */
export function requireKeyQuota(
  call: { readonly quotas: Quotas | undefined },
  reader: Reader,
  scope: Scope,
): Promise<void> {
  return requireQuota(call, 'keys', async () => {
    const keys = await reader.keys(scope, { limit: Infinity })
    return keys.filter(({ manager }) => manager === undefined).length
  })
}
