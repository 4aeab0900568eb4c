/** CancelKeyDeletion: a key that is pending deletion stays, disabled. */
import { changeKey } from '../change.ts'
import { asConnected } from '../key-stores/key-availability.ts'
import { isComplete } from '../materials.ts'
import { keyOperation } from '../operation.ts'

export const CancelKeyDeletion = keyOperation('CancelKeyDeletion', {
  states: 'cancelDeletion',

  async run(call, key) {
    await changeKey(
      call,
      key,
      'cancelDeletion',
      ({ deletionMs: _, pendingWindowDays: __, ...record }, reader) => {
        // A key that waits for its material goes back to waiting for it.
        const state = isComplete(record) ? 'Disabled' : 'PendingImport'
        return asConnected({ ...record, state }, reader)
      },
    )
    return { KeyId: key.arn }
  },
})
