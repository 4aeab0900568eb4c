/**
 * When a key changes by itself: its deletion, its next automatic rotation, or the expiry of material
 * that was imported, whichever is first.
 */
import type { KeyRecord } from './store.ts'

/** In ms since the epoch; Infinity for a key that stays as it is. */
export function dueMs(record: KeyRecord): number {
  const { deletionMs = Infinity, materials } = record
  let first = Math.min(deletionMs, rotationDueMs(record))
  for (const { bytes, state, validToMs = Infinity } of materials) {
    // What only waits for a rotation stays until it is the key's for good.
    const isUsed = state === 'CURRENT' || state === 'NON_CURRENT'
    if (bytes && isUsed && validToMs < first) first = validToMs
  }
  return first
}

/** Keys that cannot be used are not rotated. KMS developer guide, "Automatic key rotation". */
export function rotationDueMs({ state, rotation }: KeyRecord): number {
  return rotation && state === 'Enabled' ? rotation.nextMs : Infinity
}
