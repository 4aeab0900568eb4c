/**
 * What happens to keys by themselves, by the server's clock: deletion after the waiting period,
 * automatic rotation, the expiry of imported material.
 */
import { setImmediate } from 'node:timers/promises'
import { rotationDueMs } from '../store/due.ts'
import type { KeyRecord, Store, Writer } from '../store/store.ts'
import { dayMs } from './clock.ts'
import { removeMaterials, withPendingStates } from './imports.ts'
import { isUsed } from './materials.ts'
import { relatives, rotateDue } from './rotation.ts'

/** Does everything that was due until now, in the order of its times. */
export async function settleDue(store: Store, nowMs: number): Promise<void> {
  // One change may bring another with it: the last replica's deletion starts its primary's period.
  while (store.nextDueMs() <= nowMs) {
    await store.transact(async (writer) => {
      const atMs = writer.nextDueMs()
      if (atMs > nowMs) return
      for (const record of independent(await writer.keysDue(atMs))) {
        await settle(writer, record, atMs, nowMs)
      }
    })
    // A clock that was set far ahead brings much of it, and others are served meanwhile.
    await setImmediate()
  }
}

/** A multi-Region key's relatives change with it, and a transaction does not read what it wrote. */
function independent(records: readonly KeyRecord[]): readonly KeyRecord[] {
  const multiRegion = records.find(({ primaryRegion }) => primaryRegion !== undefined)
  return records.filter((one) => one === multiRegion || one.primaryRegion === undefined)
}

async function settle(
  writer: Writer,
  record: KeyRecord,
  atMs: number,
  nowMs: number,
): Promise<void> {
  if ((record.deletionMs ?? Infinity) <= atMs) await remove(writer, record, atMs)
  else if (rotationDueMs(record) <= atMs) await rotateDue(writer, record, nowMs)
  else await removeMaterials(writer, record, expiredOf(record, atMs))
}

/**
 * Deletes a key. The last replica of a primary that waits for it starts that one's period, and one
 * that lacked what is pending lets the others be rotated.
 */
async function remove(writer: Writer, record: KeyRecord, atMs: number): Promise<void> {
  writer.deleteKey(record)
  const left = withPendingStates(await relatives(writer, record))
  for (const one of left) writer.putKey(left.length > 1 ? one : withPeriodBegun(one, atMs))
}

function withPeriodBegun(primary: KeyRecord, atMs: number): KeyRecord {
  if (primary.state !== 'PendingReplicaDeletion') return primary
  const { pendingWindowDays = 0, ...rest } = primary
  return { ...rest, state: 'PendingDeletion', deletionMs: atMs + pendingWindowDays * dayMs }
}

function expiredOf({ materials }: KeyRecord, atMs: number): readonly string[] {
  return materials
    .filter((one) => isUsed(one) && one.bytes && (one.validToMs ?? Infinity) <= atMs)
    .map(({ id }) => id)
}
