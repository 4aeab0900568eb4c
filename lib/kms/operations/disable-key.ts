/** DisableKey: no cryptographic operation uses the key until it is enabled again. */
import { changeKey } from '../change.ts'
import { withState } from '../key-stores/key-availability.ts'
import { keyOperation } from '../operation.ts'
import { unusedDays } from '../usage.ts'

export const DisableKey = keyOperation('DisableKey', {
  states: 'enableOrDisable',
  history: unusedDays,

  async run(call, key) {
    await changeKey(call, key, 'enableOrDisable', (record) => withState(record, 'Disabled'))
    return {}
  },
})
