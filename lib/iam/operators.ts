/**
 * The condition operators, one row each: how a value of the policy is read, and how it is compared
 * with a value of the request. A value that is not of the operator's type is refused when the policy
 * is written. Source: IAM user guide, "IAM JSON policy elements: Condition operators".
 */
import { anyArnTest, splitArn } from './arn-pattern.ts'
import { isAboveOne, isAtLeastOne, isAtMostOne, isBelowOne, parseDecimal } from './decimal.ts'
import { isInOneOf, parseAddress, parseRange } from './ip-address.ts'
import { anyPatternTest } from './pattern.ts'
import type { RequestContext } from './request.ts'
import { lengthOf, textOf, type Part } from './tokens.ts'
import { parseBinary, parseBoolean, parseDate } from './values.ts'
import {
  fixedTokens,
  parseTemplate,
  referencesOf,
  resolveTemplate,
  type LanguageVersion,
  type Template,
} from './variables.ts'

/** All values of a condition, made ready so that no two of N and M values are compared in turn. */
export interface CompiledValues {
  /**
   * The test of the value at an index of the request's values: whether it is what any value of the
   * policy asks for. Null: the operator does not hold for it, negated or not.
   */
  testOf(actuals: readonly string[], context: RequestContext): (at: number) => boolean | null
  /** The condition keys that the values' policy variables name, in lower case. */
  readonly variableKeys: readonly string[]
}

export interface Operator {
  /** AWS's spelling. */
  readonly name: string
  /** Holds when no value matches, and so also when the request has no such key. */
  readonly negated: boolean
  /** What a value has to be, in words. */
  readonly wants: string
  /** Null when a value is not of the operator's type. */
  readonly compile: (values: readonly string[], version: LanguageVersion) => CompiledValues | null
  /** Whether a session policy, too, is refused for a value of another type. */
  readonly isCheckedInSessions: boolean
}

type Row = Omit<Operator, 'name' | 'negated'>

/** Whether a value of the request, once it is read, is what any value of the policy asks for. */
type AnyTest<Wanted, Actual = Wanted> = (wanted: readonly Wanted[]) => (actual: Actual) => boolean

const stringEquals = text({
  wildcards: false,
  read: (actual) => actual,
  anyOf: (wanted) => isOneOf(wanted.map(textOf)),
})
const stringEqualsIgnoreCase = text({
  wildcards: false,
  read: inLowerCase,
  anyOf: (wanted) => isOneOf(wanted.map((parts) => textOf(parts).toLowerCase())),
})
const stringLike = text({ wildcards: true, read: (actual) => actual, anyOf: anyPatternTest })
const arnLike = text({ wildcards: true, read: splitArn, anyOf: anyArnTest })
const bool = typed({
  wants: 'true or false without policy variables',
  parse: (text) => (text.includes('${') ? null : parseBoolean(text)),
  read: parseBoolean,
  anyOf: isOneOf,
  isCheckedInSessions: true,
})
const binary = typed({
  wants: 'base64',
  parse: parseBinary,
  read: parseBinary,
  anyOf: isOneOf,
  isCheckedInSessions: true,
})
const ipAddress = typed({
  wants: 'an IP address or a CIDR range',
  parse: parseRange,
  read: parseAddress,
  anyOf: isInOneOf,
  unreadable: null,
})

let latest = { text: '', lowerCase: '' }

/** That of the last text is kept: a policy can ask for one value of a request many times. */
function inLowerCase(text: string): string {
  if (latest.text !== text) latest = { text, lowerCase: text.toLowerCase() }
  return latest.lowerCase
}

const rows: Readonly<Record<string, Row>> = {
  StringEquals: stringEquals,
  StringEqualsIgnoreCase: stringEqualsIgnoreCase,
  StringLike: stringLike,
  NumericEquals: numeric(isOneOf),
  NumericLessThan: numeric(isBelowOne),
  NumericLessThanEquals: numeric(isAtMostOne),
  NumericGreaterThan: numeric(isAboveOne),
  NumericGreaterThanEquals: numeric(isAtLeastOne),
  DateEquals: date(isOneOf),
  DateLessThan: date(isBelowOne),
  DateLessThanEquals: date(isAtMostOne),
  DateGreaterThan: date(isAboveOne),
  DateGreaterThanEquals: date(isAtLeastOne),
  Bool: bool,
  BinaryEquals: binary,
  IpAddress: ipAddress,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  /** Asks whether the key is there at all; `condition.ts` knows. */
  Null: bool,
}

const negatedRows: Readonly<Record<string, Row>> = {
  StringNotEquals: stringEquals,
  StringNotEqualsIgnoreCase: stringEqualsIgnoreCase,
  StringNotLike: stringLike,
  NumericNotEquals: numeric(isOneOf),
  DateNotEquals: date(isOneOf),
  NotIpAddress: ipAddress,
  ArnNotEquals: arnLike,
  ArnNotLike: arnLike,
}

const operators: ReadonlyMap<string, Operator> = new Map(
  [
    ...Object.entries(rows).map(([name, row]) => ({ name, negated: false, ...row })),
    ...Object.entries(negatedRows).map(([name, row]) => ({ name, negated: true, ...row })),
  ].map((operator) => [operator.name.toLowerCase(), operator]),
)

/** The operator of a name without set qualifier and IfExists; its case does not count. */
export function operatorOf(name: string): Operator | undefined {
  return operators.get(name.toLowerCase())
}

/** The operator that holds where this one does not; undefined where AWS has none. */
export function negationOf({ name, negated }: Operator): Operator | undefined {
  if (negated) return operatorOf(name.replace('Not', ''))
  return operatorOf(`Not${name}`) ?? operatorOf(name.replace(/^[A-Z][a-z]+/, '$&Not'))
}

function isOneOf<T>(wanted: readonly T[]): (actual: T) => boolean {
  const values = new Set(wanted)
  return (actual) => values.has(actual)
}

/** The operators whose values may hold policy variables. */
function text<Actual>({
  wildcards,
  read,
  anyOf,
}: {
  wildcards: boolean
  read: (text: string) => Actual | null
  anyOf: AnyTest<readonly Part[], Actual>
}): Row {
  const readAll = listReader(read)
  return {
    wants: 'text with well-formed policy variables',
    isCheckedInSessions: true,
    compile: (values, version) => {
      const templates = allOf(values.map((value) => parseTemplate(value, { version, wildcards })))
      if (!templates) return null
      const isFixed = anyOf(templates.map(fixedTokens).filter((tokens) => tokens !== null))
      const varied = templates.filter((template) => !fixedTokens(template))
      return {
        variableKeys: varied.flatMap(referencesOf).map(({ lowerCaseKey }) => lowerCaseKey),
        testOf: (texts, context) => {
          const actuals = readAll(texts)
          let found: ReadonlySet<Actual | null> | undefined
          return (at) => {
            const actual = actuals[at] ?? null
            if (actual === null) return null
            if (isFixed(actual)) return true
            if (varied.length === 0) return false
            found ??= findVaried(texts, actuals, context)
            return found.has(actual)
          }
        },
      }

      /** What any value with variables asks for. Each is resolved once for all of the request. */
      function findVaried(
        texts: readonly string[],
        actuals: readonly (Actual | null)[],
        context: RequestContext,
      ): ReadonlySet<Actual | null> {
        // A character in lower case can be up to three (Unicode's SpecialCasing).
        const most = 3 * texts.reduce((longest, { length }) => Math.max(longest, length), 0)
        const found = new Set<Actual | null>()
        for (const batch of batchesOf(resolveAll(varied, context, most))) {
          const test = anyOf(batch)
          for (const actual of actuals) if (actual !== null && test(actual)) found.add(actual)
          if (found.size === actuals.length) break
        }
        return found
      }
    },
  }
}

function* resolveAll(
  templates: readonly Template[],
  context: RequestContext,
  most: number,
): Generator<readonly Part[]> {
  for (const template of templates) {
    const resolved = resolveTemplate(template, context, most)
    // A variable without a value is equal to nothing and like nothing.
    if (resolved) yield resolved
  }
}

/** Ours: so many characters are kept at once. A policy can name a long value a thousand times. */
const batchCharacters = 1_048_576

function* batchesOf(patterns: Iterable<readonly Part[]>): Generator<readonly (readonly Part[])[]> {
  let batch: (readonly Part[])[] = []
  let characters = 0
  for (const pattern of patterns) {
    batch.push(pattern)
    characters += lengthOf(pattern)
    if (characters < batchCharacters) continue
    yield batch
    batch = []
    characters = 0
  }
  yield batch
}

/** The operators that compare typed values. */
function typed<Wanted, Actual>({
  wants,
  parse,
  read,
  anyOf,
  isCheckedInSessions = false,
  unreadable = false,
}: {
  wants: string
  parse: (text: string) => Wanted | null
  read: (text: string) => Actual | null
  anyOf: AnyTest<Wanted, Actual>
  isCheckedInSessions?: boolean
  /** What the test says of a request's value of another type; AWS's operators differ in it. */
  unreadable?: false | null
}): Row {
  const readAll = listReader(read)
  return {
    wants,
    isCheckedInSessions,
    compile: (values) => {
      const wanted = allOf(values.map(parse))
      if (!wanted) return null
      const isWanted = anyOf(wanted)
      return {
        variableKeys: [],
        testOf: (texts) => {
          const actuals = readAll(texts)
          return (at) => {
            const actual = actuals[at] ?? null
            return actual === null ? unreadable : isWanted(actual)
          }
        },
      }
    },
  }
}

function numeric(anyOf: typeof isBelowOne): Row {
  return typed({ wants: 'a decimal number', parse: parseDecimal, read: parseDecimal, anyOf })
}

function date(anyOf: AnyTest<number>): Row {
  const wants = 'an ISO 8601 date or epoch seconds'
  return typed({ wants, parse: parseDate, read: parseDate, anyOf })
}

/** Reads each list of values once: a policy can ask for one of a request many times. */
function listReader<T>(read: (text: string) => T): (texts: readonly string[]) => readonly T[] {
  const lists = new WeakMap<readonly string[], readonly T[]>()
  return (texts) => {
    if (texts.length < 2) return texts.map(read)
    let list = lists.get(texts)
    if (!list) lists.set(texts, (list = texts.map(read)))
    return list
  }
}

function allOf<T>(list: readonly (T | null)[]): readonly T[] | null {
  const there = list.filter((item) => item !== null)
  return there.length === list.length ? there : null
}
