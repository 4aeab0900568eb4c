/** ListResourceTags: the tags of a key, in the order of their names. */
import { keyOperation } from '../operation.ts'
import { listPage } from '../paging.ts'

export const ListResourceTags = keyOperation('ListResourceTags', {
  async run(call, key) {
    const names = Object.keys(key.tags).sort()
    const { items, rest } = await listPage(
      call,
      `ListResourceTags ${key.arn}`,
      { usual: 50, most: 50 },
      ({ after = '', limit }) => names.filter((name) => name > after).slice(0, limit),
      (name) => name,
    )
    return { Tags: items.map((TagKey) => ({ TagKey, TagValue: key.tags[TagKey] })), ...rest }
  },
})
