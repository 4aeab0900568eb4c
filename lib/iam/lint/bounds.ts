/**
 * Dates and numbers that a statement asks for and that no request can have together: after a day and
 * before an earlier one. Says nothing of a bound that it cannot read, such as a policy variable.
 * Source: IAM user guide, "Condition operators" (all conditions of a statement have to hold).
 */
import { isMultivalued } from '../condition-keys.ts'
import { parseDate } from '../values.ts'
import { always, nothing } from './contexts.ts'
import type { Hit } from './finding.ts'
import type { ConditionView, StatementView } from './statement-view.ts'

interface Scale {
  readonly operators: RegExp
  readonly read: (text: string) => number | null
  /** In a form that the engine reads back. */
  readonly write: (value: number) => string
}

const scales: readonly Scale[] = [
  { operators: /^Date/, read: parseDate, write: (ms) => new Date(ms).toISOString() },
  { operators: /^Numeric/, read: plainNumber, write: (value) => value.toFixed(6) },
]

function plainNumber(text: string): number | null {
  return /^[+-]?\d+(?:\.\d{1,6})?$/.test(text) ? Number(text) : null
}

/** Ours: how many bounds of one key are compared, and how large: a date has four digits of a year. */
const mostBounds = 20
const largest = Date.parse('9999-01-01')

export function checkBounds({ others }: StatementView): Hit | null {
  for (const { operators, read, write } of scales) {
    const byKey = new Map<string, ConditionView[]>()
    for (const one of others.filter(({ name }) => operators.test(name.operator.name))) {
      const { lowerCaseKey } = one.condition
      byKey.set(lowerCaseKey, [...(byKey.get(lowerCaseKey) ?? []), one])
    }
    for (const [key, same] of byKey) {
      const [first] = same
      if (!first || same.length < 2 || isMultivalued(key) || same.every(passesWithout)) continue
      const bounds = same.flatMap(({ condition }) => condition.expected.map(read))
      const between = valuesAround(bounds)
      if (!between || between.map(write).some((value) => meetsAll(same, value))) continue
      return {
        path: first.path,
        message: `no value of ${first.condition.key} is within all of the statement's bounds`,
        fix: 'correct the bounds, or give each span of them a statement of its own',
      }
    }
  }
  return null
}

/** Every bound, a value between each two, and one on either side; null where one cannot be read. */
function valuesAround(bounds: readonly (number | null)[]): number[] | null {
  const known = bounds.filter((bound) => bound !== null && Math.abs(bound) < largest) as number[]
  if (known.length < bounds.length || known.length > mostBounds) return null
  const sorted = known.sort((one, other) => one - other)
  const [lowest = 0] = sorted
  const highest = sorted.at(-1) ?? 0
  const between = sorted.map((bound, at) => (bound + (sorted[at + 1] ?? bound)) / 2)
  return [lowest - 1000, ...sorted, ...between, highest + 1000]
}

function passesWithout({ condition }: ConditionView): boolean {
  return condition.holds(nothing)
}

function meetsAll(views: readonly ConditionView[], value: string): boolean {
  return views.every(({ condition }) => condition.holds(always(value)))
}
