/** EnableKey: a disabled key works again. */
import { changeKey } from '../change.ts'
import { keyOperation } from '../operation.ts'

export const EnableKey = keyOperation('EnableKey', {
  states: 'enableOrDisable',

  async run(call, key) {
    await changeKey(call, key, 'enableOrDisable', (record) =>
      record.state === 'Unavailable' ? record : { ...record, state: 'Enabled' },
    )
    return {}
  },
})
