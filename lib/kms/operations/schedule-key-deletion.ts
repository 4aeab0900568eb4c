/**
 * ScheduleKeyDeletion: the key is deleted when its waiting period of 7 to 30 days has ended. That of
 * a multi-Region primary key begins when its last replica was deleted.
 */
import { changeKey } from '../change.ts'
import { dayMs } from '../clock.ts'
import { Fault } from '../faults.ts'
import { keyOperation } from '../operation.ts'
import { relatives } from '../rotation.ts'
import { unusedDays } from '../usage.ts'
import type { KeyRecord, Reader } from '../../store/store.ts'

const usualDays = 30

export const ScheduleKeyDeletion = keyOperation('ScheduleKeyDeletion', {
  states: 'scheduleDeletion',

  conditions: ({ PendingWindowInDays = usualDays }) => ({
    'kms:ScheduleKeyDeletionPendingWindowInDays': String(PendingWindowInDays),
  }),
  history: unusedDays,

  async run(call, key) {
    const days = call.input.PendingWindowInDays ?? usualDays
    if (days < 7 || days > 30) {
      throw new Fault('ValidationException', 'PendingWindowInDays must be between 7 and 30')
    }
    const deletionMs = call.nowMs + days * dayMs
    const { state } = await changeKey(call, key, 'scheduleDeletion', async (record, reader) =>
      (await hasReplicas(reader, record))
        ? { ...record, state: 'PendingReplicaDeletion', pendingWindowDays: days }
        : { ...record, state: 'PendingDeletion', deletionMs },
    )
    return {
      KeyId: key.arn,
      ...(state === 'PendingDeletion' && { DeletionDate: new Date(deletionMs) }),
      KeyState: state,
      PendingWindowInDays: days,
    }
  },
})

async function hasReplicas(reader: Reader, record: KeyRecord): Promise<boolean> {
  return record.region === record.primaryRegion && (await relatives(reader, record)).length > 0
}
