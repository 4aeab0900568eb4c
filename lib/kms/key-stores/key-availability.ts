/**
 * Keys are Unavailable while their custom key store is not connected, and then come back to the
 * state that they would have had. Source: KMS developer guide, "Key states of AWS KMS keys".
 */
import type { CustomKeyStoreRecord, KeyRecord, Reader, Writer } from '../../store/store.ts'

/** A key as it is while nobody can reach it; one that is pending deletion stays so. */
function unavailable(record: KeyRecord): KeyRecord {
  const { state, customKeyStore } = record
  if (!customKeyStore || (state !== 'Enabled' && state !== 'Disabled')) return record
  const where = { ...customKeyStore, stateWhenConnected: state }
  return { ...record, state: 'Unavailable', customKeyStore: where }
}

function available(record: KeyRecord): KeyRecord {
  const { state, customKeyStore } = record
  if (!customKeyStore || state !== 'Unavailable') return record
  const { stateWhenConnected = 'Enabled', ...where } = customKeyStore
  return { ...record, state: stateWhenConnected, customKeyStore: where }
}

/** Enables or disables a key: one that is Unavailable stays so until it is available again. */
export function withState(record: KeyRecord, state: 'Enabled' | 'Disabled'): KeyRecord {
  if (record.state !== 'Unavailable') return { ...record, state }
  return unavailable({ ...available(record), state })
}

/** A key that comes back from elsewhere, as its key store's connection has it be. */
export async function asConnected(record: KeyRecord, reader: Reader): Promise<KeyRecord> {
  const { customKeyStore } = record
  if (!customKeyStore) return record
  const found = await reader.customKeyStore(record, customKeyStore.id)
  return found?.connection.state === 'CONNECTED' ? record : unavailable(record)
}

/** Puts a key store with another connection, and its keys in the states that come with it. */
export async function putConnection(
  writer: Writer,
  record: CustomKeyStoreRecord,
  connection: CustomKeyStoreRecord['connection'],
): Promise<void> {
  writer.putCustomKeyStore({ ...record, connection })
  const change = connection.state === 'CONNECTED' ? available : unavailable
  for (const key of await writer.keysOfCustomKeyStore(record, record.id)) {
    const changed = change(key)
    if (changed !== key) writer.putKey(changed)
  }
}
