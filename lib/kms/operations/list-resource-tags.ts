/** ListResourceTags: the tags of a key, in the order in which they came. */
import { keyOperation } from '../operation.ts'
import { listPage } from '../paging.ts'

export const ListResourceTags = keyOperation('ListResourceTags', {
  async run(call, key) {
    const tags = Object.entries(key.tags)
    const { items, rest } = await listPage(
      call,
      `ListResourceTags ${key.arn}`,
      { usual: 50, most: 50 },
      ({ after, limit }) => {
        const start = after === undefined ? 0 : tags.findIndex(([name]) => name === after) + 1
        return tags.slice(start, start + limit)
      },
      ([name]) => name,
    )
    return { Tags: items.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...rest }
  },
})
