/** UntagResource: takes tags off a key; a name that is not there is no error. */
import { changeKey } from '../change.ts'
import { keyOperation } from '../operation.ts'

export const UntagResource = keyOperation('UntagResource', {
  states: 'change',
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),

  async run(call, key) {
    const gone = new Set(call.input.TagKeys)
    await changeKey(call, key, 'change', (record) => ({
      ...record,
      tags: Object.fromEntries(Object.entries(record.tags).filter(([name]) => !gone.has(name))),
    }))
    return {}
  },
})
