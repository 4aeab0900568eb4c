/** DescribeKey: everything about a key but its material and its policy. */
import { keyMetadata } from '../metadata.ts'
import { keyOperation } from '../operation.ts'

export const DescribeKey = keyOperation('DescribeKey', {
  aliases: true,
  run: (_call, key) => ({ KeyMetadata: keyMetadata(key) }),
})
