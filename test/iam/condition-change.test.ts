import assert from 'node:assert/strict'
import { compileCondition } from '../../lib/iam/condition.ts'
import { changeCondition } from '../../lib/iam/condition-change.ts'
import type { ContextValue } from '../../lib/iam/request.ts'
import { contextOf } from './support.ts'

type Row = readonly [
  operator: string,
  expected: readonly string[],
  actual: ContextValue | undefined,
  holds: boolean,
  words: string | null,
]

const rows: readonly Row[] = [
  ['StringEquals', ['a', 'b'], 'c', true, 'be a or b'],
  ['StringEquals', ['a', 'b'], 'a', false, 'be other than a and b'],
  ['StringEqualsIgnoreCase', ['a'], undefined, true, 'be a'],
  ['StringLike', ['team-*'], 'x', true, 'be like team-*'],
  ['StringLike', ['*'], 'x', false, 'be absent'],
  ['StringNotEquals', ['a'], 'a', true, 'be other than a'],
  ['StringNotEquals', ['a'], undefined, false, 'be a'],
  ['StringEqualsIfExists', ['a'], undefined, false, 'be other than a'],
  ['NumericLessThan', ['10'], '10', true, 'be less than 10'],
  ['NumericLessThan', ['10'], '9', false, 'be at least 10'],
  ['NumericGreaterThanEquals', ['7'], undefined, true, 'be at least 7'],
  [
    'DateLessThan',
    ['2026-01-01T00:00:00Z'],
    '2026-02-01T00:00:00Z',
    true,
    'be before 2026-01-01T00:00:00Z',
  ],
  ['DateGreaterThan', ['2026-01-01'], '2025-02-01', true, 'be after 2026-01-01'],
  ['DateLessThan', ['999999999999999'], '2026', false, 'be at or after 999999999999999'],
  ['Bool', ['true'], 'false', true, 'be true'],
  ['Bool', ['false'], 'false', false, 'be other than false'],
  ['BinaryEquals', ['AAAA'], 'AAAB', true, 'be AAAA'],
  ['IpAddress', ['10.0.0.0/8'], '192.0.2.1', true, 'be in 10.0.0.0/8'],
  ['NotIpAddress', ['10.0.0.0/8'], '10.1.1.1', true, 'be outside 10.0.0.0/8'],
  ['ArnLike', ['arn:aws:s3:::b/*'], 'x', true, 'be like arn:aws:s3:::b/*'],
  ['ArnLike', ['*'], 'x', true, null],
  ['Null', ['false'], undefined, true, 'be present'],
  ['Null', ['true'], 'x', true, 'be absent'],
  ['Null', ['true'], undefined, false, 'be present'],
  ['ForAnyValue:StringEquals', ['a'], ['b'], true, 'include a'],
  ['ForAnyValue:StringEquals', ['a'], ['a', 'b'], false, 'not satisfy ForAnyValue:StringEquals a'],
  ['ForAllValues:StringEquals', ['a'], ['b'], true, 'satisfy ForAllValues:StringEquals a'],
  ['StringEquals', ['${aws:SourceVpc}'], 'x', true, null],
  ['StringEquals', [], 'x', true, null],
]

describe('changeCondition', () => {
  for (const [operator, expected, actual, holds, words] of rows) {
    const what = `${operator} ${expected.join(', ')} of ${String(actual)}`
    it(`says what makes ${what} ${holds ? 'hold' : 'fail'}`, () => {
      const key = 'aws:SourceIp'
      const condition = compileCondition({ operator, key, expected }, '2012-10-17', '')
      const contextWith = (value: ContextValue | undefined) => contextOf({ [key]: value })
      assert.notEqual(condition.holds(contextWith(actual)), holds, 'a row that asks for nothing')
      const change = changeCondition(condition, holds, actual, contextWith)
      assert.equal(change?.words ?? null, words)
      if (change) assert.equal(condition.holds(contextWith(change.value)), holds)
    })
  }

  it('lists no more values than it tries', () => {
    const expected = Array.from({ length: 100 }, (_, index) => String(index))
    const condition = compileCondition(
      { operator: 'StringEquals', key: 'aws:SourceIp', expected },
      '2012-10-17',
      '',
    )
    const change = changeCondition(condition, true, undefined, (value) =>
      contextOf({ 'aws:SourceIp': value }),
    )
    assert.equal(change?.words, 'be 0 or 1 or 2 or 3 or 4 or 5 or 6 or 7 or 92 more')
  })
})
