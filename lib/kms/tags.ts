/**
 * Tags of keys: AWS's rules for a list of tags. Source: recorded answers for the texts.
 */
import type { Tag } from '@aws-sdk/client-kms'
import { Fault } from './faults.ts'

const maxTags = 50

/** The tags that a key has after `added` was put on those it had. */
export function withTags(
  had: Readonly<Record<string, string>>,
  added: readonly Tag[],
): Record<string, string> {
  const tags = { ...had, ...readTags(added) }
  if (Object.keys(tags).length > maxTags) throw new Fault('TagException', 'Too many tags')
  return tags
}

/** A request's list of tags as a map; refuses reserved and repeated names. */
export function readTags(list: readonly Tag[]): Record<string, string> {
  const tags = new Map<string, string>()
  for (const { TagKey = '', TagValue = '' } of list) {
    if (TagKey.toLowerCase().startsWith('aws:')) {
      throw new Fault('TagException', 'Tags beginning with aws: are reserved')
    }
    if (tags.has(TagKey)) throw new Fault('TagException', 'Duplicate tag keys')
    tags.set(TagKey, TagValue)
  }
  return Object.fromEntries(tags)
}

/** A request's list of tags as condition keys see it, whatever is wrong with the list. */
export function tagMap(list: readonly Tag[] | undefined): Record<string, string> | undefined {
  return (
    list && Object.fromEntries(list.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]))
  )
}
