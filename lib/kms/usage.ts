/**
 * How long a key has not been used, as policies that protect keys in use ask for it. Uses are known
 * since the key is there, so an unused key counts from its creation.
 * Source: KMS developer guide, "AWS KMS condition keys", kms:TrailingDaysWithoutKeyUsage.
 */
import type { Call } from './call.ts'
import { dayMs } from './clock.ts'
import type { Conditions } from './conditions.ts'
import type { Key } from './key.ts'

export async function unusedDays({ store, nowMs }: Call, key: Key): Promise<Conditions> {
  const use = await store.lastUse(key.record, key.id)
  const sinceMs = use?.timeMs ?? key.record.createdMs
  // A clock that was set back is before the last use.
  const days = Math.max(0, Math.floor((nowMs - sinceMs) / dayMs))
  return { 'kms:TrailingDaysWithoutKeyUsage': String(days) }
}
