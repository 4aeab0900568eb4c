import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compileCondition } from '../../lib/iam/condition.ts'
import { contextOf } from './support.ts'

type PairTest = (actual: string, wanted: string) => boolean

/** The numbers below, each as so many millionths. */
const decimal: Parse<bigint> = (text) => numbers[text] ?? null
const million = 1_000_000n
const numbers: Readonly<Record<string, bigint>> = {
  '0': 0n,
  '-0': 0n,
  '1': million,
  '1.0': million,
  '+1': million,
  '1e0': million,
  '.5': 500_000n,
  '-2': -2n * million,
  '-2.000000': -2n * million,
  '9007199254740992': 9007199254740992n * million,
  '9007199254740993': 9007199254740993n * million,
  '9007199254740992.000001': 9007199254740992n * million + 1n,
  '-9007199254740993': -9007199254740993n * million,
  [`1${'0'.repeat(400)}`]: 10n ** 400n * million,
  '1e400': 10n ** 400n * million,
  '10.0E+399': 10n ** 400n * million,
  '1e401': 10n ** 401n * million,
}
const dates: Readonly<Record<string, number>> = {
  '2026': Date.UTC(2026),
  '2026-01-01': Date.UTC(2026),
  '2026-01-01T01:00:00+01:00': Date.UTC(2026),
  '2026-01-01T00:00:01Z': Date.UTC(2026) + 1000,
  '1767225600': Date.UTC(2026),
  '1767225602': Date.UTC(2026) + 2000,
}
const date: Parse<number> = (text) => dates[text] ?? null
const bytes: Parse<number> = (text) => ({ 'YQ==': 1, 'YWI=': 2, '': 3 })[text] ?? null

type Parse<T> = (text: string) => T | null

function parsed<T>(parse: Parse<T>, compare: (actual: T, wanted: T) => boolean): PairTest {
  return (actualText, wantedText) => {
    const [actual, wanted] = [parse(actualText), parse(wantedText)]
    return actual === null || wanted === null ? false : compare(actual, wanted)
  }
}

const texts = ['', 'a', 'A', 'ab', 'aB', 'ba', 'abc', 'b*', 'İ', 'i̇']
const patterns = [...texts, '*', 'a*', 'ab*', '*b', '?b', 'a?c', '*b*', '**', '${*}', 'a${x:y}*']
const arns = ['a:b:c:d:e:f', 'a:b:c:d:e:f:g', 'a:b:c::e:f', 'a:b:c:d:e', 'a:b:c:d:e:']
const arnPatterns = [...arns, '*', '*:*:*:*:*:*', 'a:*:c:*:?:f*', 'a:b:c:d*', 'a:b:c:d:e:${x:y}']
const addresses = ['10.0.0.7', '10.0.1.7', '11.0.0.1', '::ffff:10.0.0.7', '::1', '1::', '1::8']
const ranges = [
  '10.0.0.7',
  '10.0.1.7',
  '::1',
  '1::',
  '1::8',
  '::/0',
  '1::/125',
  '::ffff:a00:7',
].concat(['10.0.0.0/24', '10.9.9.9/8', '0.0.0.0/0'])

/** The value of the policy variable `${x:y}`. */
const variable = 'b'

function like(pattern: string): RegExp {
  const source = pattern.replaceAll(/\$\{\*\}|\$\{x:y\}|[*?]/g, (part) => {
    if (part === '${*}') return '\\*'
    if (part === '${x:y}') return variable
    return part === '*' ? '[^]*' : '[^]'
  })
  return new RegExp(`^${source}$`)
}

function partsOf(text: string): string[] {
  // The colon of the variable's own name is none of the ARN's.
  const parts = text.replaceAll('${x:y}', variable).split(':')
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

const arnLike: PairTest = (actual, wanted) => {
  const [parts, tests] = [partsOf(actual), partsOf(wanted).map(like)]
  if (parts.length !== 6 || tests.length !== 6) return false
  return parts.every((part, at) => tests[at]?.test(part) ?? false)
}

/** An address as its version and the number of its bits, written out. */
const numberOf: Readonly<Record<string, readonly [version: number, bits: bigint]>> = {
  '10.0.0.7': [4, 0x0a000007n],
  '10.0.1.7': [4, 0x0a000107n],
  '11.0.0.1': [4, 0x0b000001n],
  '::ffff:10.0.0.7': [4, 0x0a000007n],
  '10.0.0.0': [4, 0x0a000000n],
  '0.0.0.0': [4, 0n],
  '10.9.9.9': [4, 0x0a090909n],
  '::ffff:a00:7': [6, 0xffff0a000007n],
  '::': [6, 0n],
  '::1': [6, 1n],
  '1::': [6, 1n << 112n],
  '1::8': [6, (1n << 112n) + 8n],
}

const ipAddress: PairTest = (actual, wanted) => {
  const [host = '', prefix] = wanted.split('/')
  const [address, network] = [numberOf[actual], numberOf[host]]
  if (!address || address[0] !== network?.[0]) return false
  const bits = address[0] === 4 ? 32 : 128
  const shift = BigInt(bits - Number(prefix ?? bits))
  return address[1] >> shift === network[1] >> shift
}

/** Each operator with what one value of the request and one of the policy have to do with another. */
const rows: readonly (readonly [string, string[], string[], PairTest])[] = [
  ['StringEquals', texts, [...texts, '${x:y}'], (a, w) => a === w.replace('${x:y}', variable)],
  [
    'StringEqualsIgnoreCase',
    texts,
    [...texts, 'A${x:y}'],
    (a, w) => a.toLowerCase() === w.replace('${x:y}', variable).toLowerCase(),
  ],
  ['StringLike', texts, patterns, (a, w) => like(w).test(a)],
  ['NumericEquals', Object.keys(numbers), Object.keys(numbers), parsed(decimal, (a, w) => a === w)],
  ['NumericLessThan', Object.keys(numbers), Object.keys(numbers), parsed(decimal, (a, w) => a < w)],
  [
    'NumericLessThanEquals',
    Object.keys(numbers),
    Object.keys(numbers),
    parsed(decimal, (a, w) => a <= w),
  ],
  [
    'NumericGreaterThan',
    Object.keys(numbers),
    Object.keys(numbers),
    parsed(decimal, (a, w) => a > w),
  ],
  [
    'NumericGreaterThanEquals',
    Object.keys(numbers),
    Object.keys(numbers),
    parsed(decimal, (a, w) => a >= w),
  ],
  ['DateEquals', Object.keys(dates), Object.keys(dates), parsed(date, (a, w) => a === w)],
  ['DateLessThan', Object.keys(dates), Object.keys(dates), parsed(date, (a, w) => a < w)],
  ['DateLessThanEquals', Object.keys(dates), Object.keys(dates), parsed(date, (a, w) => a <= w)],
  ['DateGreaterThan', Object.keys(dates), Object.keys(dates), parsed(date, (a, w) => a > w)],
  ['DateGreaterThanEquals', Object.keys(dates), Object.keys(dates), parsed(date, (a, w) => a >= w)],
  [
    'Bool',
    ['true', 'TRUE', 'false', ''],
    ['True', 'false', 'yes'],
    (a, w) => (a.toLowerCase() === 'true') === (w === 'True'),
  ],
  [
    'BinaryEquals',
    ['YQ==', 'YR==', 'YWI=', ''],
    ['YQ==', 'YWI=', ''],
    parsed(bytes, (a, w) => a === w),
  ],
  ['IpAddress', addresses, ranges, ipAddress],
  ['ArnLike', arns, arnPatterns, arnLike],
]

/** The operators that do not hold for an unreadable value of the request, negated or not. */
const strict: Readonly<Record<string, (actual: string) => boolean>> = {
  IpAddress: (actual) => actual in numberOf,
  ArnLike: (actual) => partsOf(actual).length === 6,
}

const negations: Readonly<Record<string, string>> = {
  StringEquals: 'StringNotEquals',
  StringEqualsIgnoreCase: 'StringNotEqualsIgnoreCase',
  StringLike: 'StringNotLike',
  NumericEquals: 'NumericNotEquals',
  DateEquals: 'DateNotEquals',
  IpAddress: 'NotIpAddress',
  ArnLike: 'ArnNotLike',
}

/** Of a session policy with an unreadable value: what holds for the value of a request. */
const sessionCases: readonly (readonly [string, string[], string, boolean])[] = [
  ['NumericEquals', ['NaN'], '1', false],
  ['NumericNotEquals', ['NaN'], '1', true],
  ['NumericNotEquals', ['NaN'], 'no-number', true],
  ['NumericLessThan', ['many', '10'], '9', true],
  ['DateEquals', ['not-a-date'], 'not-a-date', false],
  ['DateNotEquals', ['not-a-date'], '2030-01-01T00:00:00Z', true],
  ['IpAddress', ['not-an-ip'], '192.0.2.1', false],
  ['IpAddress', ['not-an-ip', '192.0.2.0/24'], '192.0.2.1', true],
  ['IpAddress', ['192.0.2.0/33'], '192.0.2.1', false],
  ['IpAddress', ['2001:db8::5/64'], '2001:db8::5', false],
  ['IpAddress', ['::ffff:192.0.2.0/120'], '::ffff:192.0.2.1', false],
  ['IpAddress', ['2001:db8::5/64', '2001:db8::/64'], '2001:db8::1', true],
  ['NotIpAddress', ['2001:db8::5/64'], '2001:db8::5', true],
  ['NotIpAddress', ['not-an-ip', '192.0.2.0/24'], '192.0.2.1', false],
  ['NotIpAddress', ['not-an-ip'], 'not-an-ip', false],
]

describe('compileCondition', () => {
  for (const [operator, expected, actual, holds] of sessionCases) {
    const title = `${operator} ${expected.join()} ${holds ? 'holds' : 'fails'} for ${actual}`
    it(`keeps unreadable values of a session policy: ${title}`, () => {
      const condition = { operator, key: 'a:b', expected }
      const context = contextOf({ 'a:b': actual })
      const compiled = compileCondition(condition, '2012-10-17', '', true)
      assert.equal(compiled.holds(context), holds)
      const fits = holds !== operator.includes('Not')
      assert.equal(compiled.met(context).includes(true), fits && actual !== 'not-an-ip')
      assert.throws(() => compileCondition(condition, '2012-10-17', 'here'), { path: 'here' })
    })
  }

  for (const [operator, value] of [
    ['BinaryEquals', 'no-binary'],
    ['Bool', '${a:b}'],
    ['StringLike', '${a:b'],
  ] as const) {
    it(`refuses ${operator} ${value} of a session policy too`, () => {
      const condition = { operator, key: 'a:b', expected: [value] }
      assert.throws(() => compileCondition(condition, '2012-10-17', 'here', true), { path: 'here' })
    })
  }

  for (const [name, actuals, wanted, fits] of rows) {
    it(`${name}: all values at once are what each pair says`, () => {
      const actual = fc.array(fc.constantFrom(...actuals, 'none of it'), {
        minLength: 1,
        maxLength: 6,
      })
      const expected = fc.array(fc.constantFrom(...wanted), { maxLength: 6 })
      fc.assert(
        fc.property(actual, expected, fc.boolean(), (values, expected, negated) => {
          const operator = negated ? (negations[name] ?? name) : name
          const isNegated = operator !== name
          const isRead = strict[name] ?? (() => true)
          const pairs = values.map(
            (a) => isRead(a) && expected.some((w) => fits(a, w)) !== isNegated,
          )
          const compiled = (written: string) =>
            compileCondition({ operator: written, key: 'a:b', expected }, '2012-10-17', '')
          const many = contextOf({ 'a:b': values, 'x:y': variable })
          const one = contextOf({ 'a:b': values[0] ?? '', 'x:y': variable })
          assert.equal(compiled(`ForAnyValue:${operator}`).holds(many), pairs.includes(true))
          assert.equal(compiled(`ForAllValues:${operator}`).holds(many), !pairs.includes(false))
          assert.equal(compiled(operator).holds(one), pairs[0])
          assert.equal(compiled(operator).holds(many), false)
          assert.deepEqual(
            compiled(`ForAnyValue:${operator}`).met(many),
            expected.map((w) => values.some((a) => fits(a, w))),
          )
        }),
        { numRuns: 500 },
      )
    })
  }
})
