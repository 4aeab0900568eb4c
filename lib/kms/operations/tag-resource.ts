/** TagResource: puts tags on a key; a tag that is there gets the new value. */
import { changeKey } from '../change.ts'
import { keyOperation } from '../operation.ts'
import { tagMap, withTags } from '../tags.ts'

export const TagResource = keyOperation('TagResource', {
  states: 'change',
  conditions: ({ Tags }) => ({ requestTags: tagMap(Tags) }),

  async run(call, key) {
    await changeKey(call, key, 'change', (record) => ({
      ...record,
      tags: withTags(record.tags, call.input.Tags),
    }))
    return {}
  },
})
