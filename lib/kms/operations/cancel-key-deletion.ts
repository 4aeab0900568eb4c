/** CancelKeyDeletion: a key that is pending deletion stays, disabled. */
import { changeKey } from '../change.ts'
import { keyOperation } from '../operation.ts'

export const CancelKeyDeletion = keyOperation('CancelKeyDeletion', {
  states: 'cancelDeletion',

  async run(call, key) {
    await changeKey(call, key, 'cancelDeletion', ({ deletionMs: _, ...record }) => ({
      ...record,
      // A key that waits for its material goes back to waiting for it.
      state: record.materials.length > 0 ? 'Disabled' : 'PendingImport',
    }))
    return { KeyId: key.arn }
  },
})
