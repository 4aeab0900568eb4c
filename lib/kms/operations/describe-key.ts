/** DescribeKey: everything about a key but its material and its policy. */
import { keyMetadata } from '../metadata.ts'
import { keyOperation } from '../operation.ts'

export const DescribeKey = keyOperation('DescribeKey', {
  aliases: true,

  async run(call, key) {
    const related = key.multiRegion ? await call.store.relatedKeys(key.account, key.id) : []
    return { KeyMetadata: keyMetadata(key, related) }
  },
})
