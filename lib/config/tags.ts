/**
 * Tags in a config, with the limits that AWS has for tags of keys and of principals alike.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Tag.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
import { inside, mapOf, text, wrong, type Place } from './read.ts'

const maxTags = 50

const readMap = mapOf(text('a text of at most 256 characters', /^[^]{0,256}$/))

export function readTags(value: unknown, place: Place): Readonly<Record<string, string>> {
  const tags = readMap(value, place)
  const names = Object.keys(tags)
  if (names.length > maxTags) throw wrong(place, `want at most ${String(maxTags)} tags`)
  for (const name of names) {
    if (name === '' || name.length > 128) {
      throw wrong(place, 'want tag keys of 1 to 128 characters')
    }
    if (/^aws:/i.test(name)) {
      throw wrong(inside(place, name), 'tags beginning with aws: are reserved')
    }
  }
  return tags
}
