/** UpdateKeyDescription: another description for a key. */
import { changeKey } from '../change.ts'
import { keyOperation } from '../operation.ts'

export const UpdateKeyDescription = keyOperation('UpdateKeyDescription', {
  states: 'change',

  async run(call, key) {
    const description = call.input.Description
    await changeKey(call, key, 'change', (record) => ({ ...record, description }))
    return {}
  },
})
