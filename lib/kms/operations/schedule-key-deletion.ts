/** ScheduleKeyDeletion: the key is deleted when its waiting period of 7 to 30 days has ended. */
import { changeKey } from '../change.ts'
import { Fault } from '../faults.ts'
import { keyOperation } from '../operation.ts'

const usualDays = 30
const dayMs = 86_400_000

export const ScheduleKeyDeletion = keyOperation('ScheduleKeyDeletion', {
  states: 'scheduleDeletion',

  conditions: ({ PendingWindowInDays = usualDays }) => ({
    'kms:ScheduleKeyDeletionPendingWindowInDays': String(PendingWindowInDays),
  }),

  async run(call, key) {
    const days = call.input.PendingWindowInDays ?? usualDays
    if (days < 7 || days > 30) {
      throw new Fault('ValidationException', 'PendingWindowInDays must be between 7 and 30')
    }
    const deletionMs = call.nowMs + days * dayMs
    await changeKey(call, key, 'scheduleDeletion', (record) => ({
      ...record,
      state: 'PendingDeletion',
      deletionMs,
    }))
    return {
      KeyId: key.arn,
      DeletionDate: new Date(deletionMs),
      KeyState: 'PendingDeletion',
      PendingWindowInDays: days,
    }
  },
})
