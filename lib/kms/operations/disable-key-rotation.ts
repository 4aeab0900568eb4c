/**
 * DisableKeyRotation: no more new material by itself; what there is stays. A key that never gets any
 * is left as it is.
 */
import { changeKey } from '../change.ts'
import { Key } from '../key.ts'
import { keyOperation } from '../operation.ts'
import { requireAutomaticRotation } from '../rotation.ts'

export const DisableKeyRotation = keyOperation('DisableKeyRotation', {
  match: (_input, key) => requireAutomaticIfSymmetric(key),
  states: 'rotation',

  async run(call, key) {
    await changeKey(call, key, 'rotation', (record) => {
      // It may have become a replica since the call began.
      requireAutomaticIfSymmetric(Key.of(record))
      const { rotation: _, ...rest } = record
      return rest
    })
    return {}
  },
})

function requireAutomaticIfSymmetric(key: Key): void {
  if (key.type === 'symmetric') requireAutomaticRotation(key, 'DisableKeyRotation')
}
