/** EnableKey: a disabled key works again. */
import type { KeyRecord } from '../../store/store.ts'
import { changeKey } from '../change.ts'
import { withState } from '../key-stores/key-availability.ts'
import { keyOperation } from '../operation.ts'

export const EnableKey = keyOperation('EnableKey', {
  states: 'enableOrDisable',

  async run(call, key) {
    await changeKey(call, key, 'enableOrDisable', (record) => enabled(record, call.nowMs))
    return {}
  },
})

/** A rotation that was due while the key was disabled happens now. */
function enabled(record: KeyRecord, nowMs: number): KeyRecord {
  const { rotation } = record
  if (!rotation) return withState(record, 'Enabled')
  const nextMs = Math.max(rotation.nextMs, nowMs)
  return { ...record, state: 'Enabled', rotation: { ...rotation, nextMs } }
}
