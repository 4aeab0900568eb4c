/** DisableKeyRotation: no more new material by itself; what there is stays. */
import { changeKey } from '../change.ts'
import { Key } from '../key.ts'
import { keyOperation } from '../operation.ts'
import { requireAutomaticRotation } from '../rotation.ts'

export const DisableKeyRotation = keyOperation('DisableKeyRotation', {
  match: (_input, key) => requireAutomaticRotation(key, 'DisableKeyRotation'),
  states: 'rotation',

  async run(call, key) {
    await changeKey(call, key, 'rotation', (record) => {
      // It may have become a replica since the call began.
      requireAutomaticRotation(Key.of(record), 'DisableKeyRotation')
      const { rotation: _, ...rest } = record
      return rest
    })
    return {}
  },
})
