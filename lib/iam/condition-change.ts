/**
 * What the request's value would have to be for a condition to hold, or for it not to hold: each
 * candidate is tried on the condition itself, and the change is said in words. One row per operator.
 */
import { parseOperator, type Condition, type OperatorName } from './condition.ts'
import { parseDecimal, type Decimal } from './decimal.ts'
import type { ContextValue, RequestContext } from './request.ts'
import { shortened } from './shortened.ts'
import { parseBoolean, parseDate } from './values.ts'

/** A value of the condition's key. */
export interface ConditionChange {
  /** Undefined: the key would have to be absent. */
  readonly value: ContextValue | undefined
  /** Whether the value stands for any of many, so that another condition may choose it. */
  readonly isAny: boolean
  /** What the key would have to do: `be a or b`. */
  readonly words: string
}

interface Row {
  /** The words for a value that matches, and for one that does not. */
  readonly words: readonly [match: string, mismatch: string]
  /** Values near one of the policy's, some of which match it and some of which do not. */
  readonly near: (expected: string) => readonly string[]
}

const itself = (expected: string): readonly string[] => [expected]
const equal: Row = { words: ['be', 'be other than'], near: itself }
const equalInAnyCase: Row = { ...equal, near: (expected) => [expected.toLowerCase()] }
const like: Row = { words: ['be like', 'be unlike'], near: samplesOf }
const number = (match: string, mismatch: string): Row => ({
  words: [match, mismatch],
  near: (expected) => around(nearest(parseDecimal(expected)), 1, String),
})
const date = (match: string, mismatch: string): Row => ({
  words: [match, mismatch],
  near: (expected) => around(parseDate(expected), 1000, printDate),
})

/** By the operators' names without `Not`. */
const rows: Readonly<Record<string, Row>> = {
  StringEquals: equal,
  StringEqualsIgnoreCase: equalInAnyCase,
  StringLike: like,
  NumericEquals: number('be', 'be other than'),
  NumericLessThan: number('be less than', 'be at least'),
  NumericLessThanEquals: number('be at most', 'be more than'),
  NumericGreaterThan: number('be more than', 'be at most'),
  NumericGreaterThanEquals: number('be at least', 'be less than'),
  DateEquals: date('be', 'be other than'),
  DateLessThan: date('be before', 'be at or after'),
  DateLessThanEquals: date('be at or before', 'be after'),
  DateGreaterThan: date('be after', 'be at or before'),
  DateGreaterThanEquals: date('be at or after', 'be before'),
  Bool: { words: ['be', 'be other than'], near: () => ['true', 'false'] },
  BinaryEquals: equal,
  IpAddress: {
    words: ['be in', 'be outside'],
    near: (expected) => [expected.replace(/\/\d+$/, '')],
  },
  ArnEquals: like,
  ArnLike: like,
}

/** Ours: of a condition with more values than this, the first are tried. */
const maxTried = 8

/** Each stands for a value that is none of the policy's: a text, an address, an ARN. */
const others: readonly string[] = ['another value', '192.0.2.254', 'arn:of:an:other:value:too']

/**
 * The first value that makes the condition hold, or, with `holds` false, not hold. `contextWith` is
 * the request's context with a value in the place of the key's own; `canHave` says whether a request
 * could have a value there. Null where no such value does it.
 */
export function changeCondition(
  condition: Condition,
  holds: boolean,
  actual: ContextValue | undefined,
  contextWith: (value: ContextValue | undefined) => RequestContext,
  canHave: (value: ContextValue) => boolean = () => true,
): ConditionChange | null {
  const name = parseOperator(condition.operator)
  if (!name) return null
  const change =
    name.operator.name === 'Null'
      ? presenceChange(condition, holds)
      : valueChange(name, condition, holds)
  for (const value of change.candidates(actual)) {
    if (condition.holds(contextWith(value)) !== holds) continue
    if (value === undefined) return { value, isAny: false, words: 'be absent' }
    const isAny = change.isAny || [value].flat().some((one) => others.includes(one))
    if (!isAny && !canHave(value)) continue
    return { value, isAny, words: change.words }
  }
  return null
}

interface Tried {
  readonly words: string
  readonly isAny: boolean
  readonly candidates: (actual: ContextValue | undefined) => readonly (ContextValue | undefined)[]
}

function presenceChange({ expected }: Condition, holds: boolean): Tried {
  const wantsAbsent = expected.some(parseBoolean)
  const candidate = wantsAbsent === holds ? undefined : others[0]
  return { words: 'be present', isAny: true, candidates: () => [candidate] }
}

function valueChange(name: OperatorName, condition: Condition, holds: boolean): Tried {
  const { operator, qualifier } = name
  const row = rows[operator.name.replace('Not', '')] ?? equal
  const wantsMatch = holds !== operator.negated
  const near = condition.expected.slice(0, maxTried).flatMap((value) => [value, ...row.near(value)])
  const values = wantsMatch ? near : [...near, ...others]
  return {
    words:
      qualifier === null
        ? `${row.words[wantsMatch ? 0 : 1]} ${listed(condition, wantsMatch)}`
        : wordsOfSet(name, condition, holds),
    isAny: false,
    candidates: (actual) => {
      if (qualifier === null) return [...values, undefined]
      const present = actual === undefined ? [] : [actual].flat()
      return [...values.flatMap((value) => [[...present, value], [value], value]), undefined]
    },
  }
}

function wordsOfSet({ qualifier, operator }: OperatorName, condition: Condition, holds: boolean) {
  if (qualifier === 'ForAnyValue' && holds && operator.name.startsWith('StringEquals')) {
    return `include ${listed(condition, true)}`
  }
  return `${holds ? '' : 'not '}satisfy ${condition.operator} ${listed(condition, true)}`
}

/** The policy's values, as far as they are tried. */
export function listed({ expected }: Condition, isChoice: boolean): string {
  const shown = expected.slice(0, maxTried).map(shortened)
  const rest = expected.length - shown.length
  const all = rest > 0 ? [...shown, `${String(rest)} more`] : shown
  return all.join(isChoice ? ' or ' : ' and ')
}

/** The digits of a SHA-384 digest. */
const digestLength = 96

/** Texts that are like a pattern: with little for its wildcards, and as long as a digest. */
function samplesOf(pattern: string): readonly string[] {
  const [start = '', ...rest] = pattern.replaceAll('?', '0').split('*')
  const end = rest.join('')
  const padding = '0'.repeat(Math.max(0, digestLength - start.length - end.length))
  return [start + end, [start, ...rest].join('0'), start + padding + end]
}

function nearest(number: Decimal | null): number | null {
  return number === null ? null : Number(number)
}

/** The value, and one on either side of it. */
function around(
  value: number | null,
  step: number,
  print: (value: number) => string,
): readonly string[] {
  return value === null ? [] : [value, value - step, value + step].map(print)
}

/** Beyond the years that a Date has, the number says as much. */
function printDate(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? String(ms / 1000) : date.toISOString()
}
