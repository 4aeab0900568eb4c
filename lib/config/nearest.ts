/** The name among some that a misspelt or half-remembered one most likely means, for refusals. */
import { distance } from '../iam/distance.ts'

/** Ours: a shorter name is in too many others. */
const leastPart = 4

/**
 * Two slips away at most, three in a long name; or a name that is a part of the other: `boundary`,
 * `permissionsBoundary`.
 */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const lower = name.toLowerCase()
  let best: string | undefined
  let fewest = Math.min(lower.length < 10 ? 3 : 4, lower.length)
  for (const known of names) {
    const slips = distance(lower, known.toLowerCase())
    if (slips < fewest) [best, fewest] = [known, slips]
  }
  return best ?? names.find((known) => isPartOf(lower, known.toLowerCase()))
}

/** `; did you mean boundary?`, or nothing. */
export function suggestion(name: string, names: readonly string[]): string {
  const found = nearest(name, names)
  return found === undefined ? '' : `; did you mean ${found}?`
}

function isPartOf(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return short.length >= leastPart && (long.startsWith(short) || long.endsWith(short))
}
