/** Deletes the keys whose waiting period has ended, by the server's clock. */
import type { Store } from '../store/store.ts'

export async function expireKeys(store: Store, nowMs: number): Promise<void> {
  await store.transact(async (writer) => {
    for (const record of await writer.keysDue(nowMs)) writer.deleteKey(record)
  })
}
