/**
 * The condition operators, one row each: how a value of the policy is read, and how it is compared
 * with a value of the request. A value that is not of the operator's type is refused when the policy
 * is written. Source: IAM user guide, "IAM JSON policy elements: Condition operators".
 */
import { arnTemplateTest } from './arn-pattern.ts'
import { isInRange, parseAddress, parseRange } from './ip-address.ts'
import { patternTest, type TextTest } from './pattern.ts'
import type { RequestContext } from './request.ts'
import { textOf, type Token } from './tokens.ts'
import { parseBinary, parseBoolean, parseDate, parseDecimal } from './values.ts'
import {
  fixedTokens,
  parseTemplate,
  referencesOf,
  resolveTemplate,
  type LanguageVersion,
} from './variables.ts'

/** Whether a value of the request is what one value of the policy asks for. */
export type ValueTest = (actual: string, context: RequestContext) => boolean

export interface CompiledValue {
  readonly test: ValueTest
  /** The condition keys that the value's policy variables name, in lower case. */
  readonly variableKeys: readonly string[]
}

export interface Operator {
  /** AWS's spelling. */
  readonly name: string
  /** Holds when no value matches, and so also when the request has no such key. */
  readonly negated: boolean
  /** What a value has to be, in words. */
  readonly wants: string
  /** Null when the value is not of the operator's type. */
  readonly compile: (value: string, version: LanguageVersion) => CompiledValue | null
}

type Row = Omit<Operator, 'name' | 'negated'>

const stringEquals = text(false, (tokens) => {
  const wanted = textOf(tokens)
  return (actual) => actual === wanted
})
const stringEqualsIgnoreCase = text(false, (tokens) => {
  const wanted = textOf(tokens).toLowerCase()
  return (actual) => inLowerCase(actual) === wanted
})
const stringLike = text(true, patternTest)
const arnLike = text(true, arnTemplateTest)
const bool = typed('true or false', parseBoolean, (actual, wanted) => actual === wanted)
const binary = typed('base64', parseBinary, (actual, wanted) => actual === wanted)
const ipAddress: Row = {
  wants: 'an IP address or a CIDR range',
  compile: (value) => {
    const range = parseRange(value)
    return range && fixed((actual) => isInRange(parseAddress(actual) ?? [], range))
  },
}

let latest = { text: '', lowerCase: '' }

/** That of the last text is kept: one value of a request is compared with many of a policy. */
function inLowerCase(text: string): string {
  if (latest.text !== text) latest = { text, lowerCase: text.toLowerCase() }
  return latest.lowerCase
}

const rows: Readonly<Record<string, Row>> = {
  StringEquals: stringEquals,
  StringEqualsIgnoreCase: stringEqualsIgnoreCase,
  StringLike: stringLike,
  NumericEquals: numeric((actual, wanted) => actual === wanted),
  NumericLessThan: numeric((actual, wanted) => actual < wanted),
  NumericLessThanEquals: numeric((actual, wanted) => actual <= wanted),
  NumericGreaterThan: numeric((actual, wanted) => actual > wanted),
  NumericGreaterThanEquals: numeric((actual, wanted) => actual >= wanted),
  DateEquals: date((actual, wanted) => actual === wanted),
  DateLessThan: date((actual, wanted) => actual < wanted),
  DateLessThanEquals: date((actual, wanted) => actual <= wanted),
  DateGreaterThan: date((actual, wanted) => actual > wanted),
  DateGreaterThanEquals: date((actual, wanted) => actual >= wanted),
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
  NumericNotEquals: numeric((actual, wanted) => actual === wanted),
  DateNotEquals: date((actual, wanted) => actual === wanted),
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

/** The operators whose values may hold policy variables. */
function text(wildcards: boolean, testOf: (tokens: readonly Token[]) => TextTest): Row {
  return {
    wants: 'text with well-formed policy variables',
    compile: (value, version) => {
      const template = parseTemplate(value, { version, wildcards })
      if (!template) return null
      const tokens = fixedTokens(template)
      if (tokens) return fixed(testOf(tokens))
      return {
        variableKeys: referencesOf(template).map(({ lowerCaseKey }) => lowerCaseKey),
        // A variable without a value is equal to nothing and like nothing.
        test: (actual, context) => {
          // A character in lower case can be up to three (Unicode's SpecialCasing).
          const resolved = resolveTemplate(template, context, 3 * actual.length)
          return resolved !== null && testOf(resolved)(actual)
        },
      }
    },
  }
}

/** The operators that compare typed values; a request's value of another type equals nothing. */
function typed<T>(
  wants: string,
  parse: (text: string) => T | null,
  compare: (actual: T, wanted: T) => boolean,
): Row {
  return {
    wants,
    compile: (value) => {
      const wanted = parse(value)
      if (wanted === null) return null
      return fixed((text) => {
        const actual = parse(text)
        return actual !== null && compare(actual, wanted)
      })
    },
  }
}

function numeric(compare: (actual: number, wanted: number) => boolean): Row {
  return typed('a decimal number', parseDecimal, compare)
}

function date(compare: (actual: number, wanted: number) => boolean): Row {
  return typed('an ISO 8601 date or epoch seconds', parseDate, compare)
}

function fixed(test: ValueTest): CompiledValue {
  return { test, variableKeys: [] }
}
