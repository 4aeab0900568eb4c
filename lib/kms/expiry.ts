/**
 * Deletes the keys whose waiting period has ended, by the server's clock. It is asked before every
 * call and costs one comparison while nothing is due.
 */
import type { Store } from '../store/store.ts'

export async function expireKeys(store: Store, nowMs: number): Promise<void> {
  if (store.nextDeletionMs() > nowMs) return
  await store.transact(async (writer) => {
    for (const record of await writer.keysDue(nowMs)) writer.deleteKey(record)
  })
}
