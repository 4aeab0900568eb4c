/**
 * Changes one key in a transaction: the state is asked again there, because another call may have
 * changed it since this one began.
 */
import type { KeyRecord, MaybePromise, Reader } from '../store/store.ts'
import type { Call } from './call.ts'
import { Fault } from './faults.ts'
import { Key } from './key.ts'
import { requireState, type StateRule } from './state.ts'

export function changeKey(
  call: Call,
  key: Key,
  rule: StateRule | null,
  change: (record: KeyRecord, reader: Reader) => MaybePromise<KeyRecord>,
): Promise<Key> {
  return call.store.transact(async (writer) => {
    const record = await requireThere(writer, key)
    const current = Key.of(record)
    if (rule) requireState(current, rule)
    const changed = await change(record, writer)
    writer.putKey(changed)
    return Key.of(changed)
  })
}

/** The key's record as it is now; refuses a key that was deleted since it was found. */
export async function requireThere(reader: Reader, key: Key): Promise<KeyRecord> {
  const record = await reader.key(key.record, key.id)
  if (record) return record
  throw new Fault('NotFoundException', `Key '${key.arn}' does not exist`)
}
