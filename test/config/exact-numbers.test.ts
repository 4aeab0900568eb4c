import assert from 'node:assert/strict'
import { parseDocument } from 'yaml'
import { ChangedNumber } from '../../lib/config/changed-number.ts'
import { findChangedNumber, keepChangedNumbers } from '../../lib/config/exact-numbers.ts'

const documentOf = (text: string) => parseDocument(text, { schema: 'core' })

describe('findChangedNumber', () => {
  const rows: readonly (readonly [text: string, path: string | undefined])[] = [
    ['a: 7\nb: [1, -2, 0.5, 123456789012]\n0: x', undefined],
    ["a: '012'\nb: x012\nc: 2012-10-17\nd: !!str 012", undefined],
    ['a: 012', 'a'],
    ['a:\n  - b\n  - aws:c: 1.0', 'a[1].aws:c'],
    ['a: { b: [0, [00]] }', 'a.b[1][0]'],
    ['a: { 01: x }', 'a.01'],
    ['12345678901234567890', ''],
    ['a: .inf', 'a'],
    ['a: &n 0o17\nb: *n', 'a'],
  ]
  for (const [text, path] of rows) {
    it(`finds ${String(path)} in ${JSON.stringify(text)}`, () =>
      assert.equal(findChangedNumber(documentOf(text)), path))
  }
})

describe('keepChangedNumbers', () => {
  it('leaves what they are in their places, and other numbers alone', () => {
    const document = documentOf('a: [007, 7]\nb: 012345678901')
    keepChangedNumbers(document)
    const kept = (source: string) => new ChangedNumber(source)
    assert.deepEqual(document.toJS(), { a: [kept('007'), 7], b: kept('012345678901') })
  })
})
