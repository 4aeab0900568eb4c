import assert from 'node:assert/strict'
import fc from 'fast-check'
import { columnsOf, visible, visibleLine, wrapped } from '../../../lib/cli/policy/wrap.ts'

describe('visible', () => {
  const rows: readonly [text: string, shown: string][] = [
    ['plain – ünïcödé 漢字 …', 'plain – ünïcödé 漢字 …'],
    ['\u001b[2J', '\\u001b[2J'],
    ['a\r\nb\tc\u0000', 'a\\u000d\\u000ab\\u0009c\\u0000'],
    ['\u009b31m', '\\u009b31m'],
    ['\u202egpj.exe\u200b', '\\u202egpj.exe\\u200b'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['\ud800', '\\ud800'],
    ['\u{e0041}', '\\u{e0041}'],
    ['a ###[error]b #[c] ##d', 'a ##\\u0023[error]b #[c] ##d'],
  ]
  for (const [text, shown] of rows) {
    it(`shows ${JSON.stringify(text)} as ${shown}`, () => assert.equal(visible(text), shown))
  }
})

describe('visibleLine', () => {
  it('begins with nothing that a runner obeys', () => {
    assert.equal(visibleLine('::stop-commands::a ::b'), '\\u003a:stop-commands::a ::b')
    assert.equal(visibleLine('  ::error::a'), '  \\u003a:error::a')
    assert.equal(visibleLine('\n::error::a'), '\\u000a::error::a')
    assert.equal(visibleLine('a::b'), 'a::b')
  })
})

describe('columnsOf', () => {
  it('counts wide characters twice', () => {
    assert.deepEqual(['', 'abc', '漢字', 'ａ', '😀', '✓│…'].map(columnsOf), [0, 3, 4, 2, 2, 3])
  })
})

describe('wrapped', () => {
  it('breaks at spaces', () => {
    assert.deepEqual(wrapped('one two three four', 9), ['one two', 'three', 'four'])
  })

  it('breaks what is longer than a line where the line ends', () => {
    assert.deepEqual(wrapped('an abcdefghijklm o', 5), ['an', 'abcde', 'fghij', 'klm o'])
  })

  it('keeps one line where there is room', () => assert.deepEqual(wrapped('a b', 3), ['a b']))

  it('is never wider, whatever the text', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (words, columns) => {
        for (const line of wrapped(words, columns)) assert.ok(columnsOf(line) <= columns, line)
      }),
      { numRuns: 1000 },
    )
  })

  it('leaves nothing out but spaces where it breaks', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const joined = wrapped(text, 7).join('').replaceAll(' ', '').replaceAll('\\u003a', ':')
        assert.equal(joined, visible(text).replaceAll(' ', '').replaceAll('\\u003a', ':'))
      }),
    )
  })

  it('has no line that a runner obeys, wherever it breaks', () => {
    assert.deepEqual(wrapped('because ::error::a', 12), ['because', '\\u003a:error', '\\u003a:a'])
    const text = fc.string({ unit: fc.constantFrom(':', ':', ' ', 'a', '#', '['), maxLength: 60 })
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (words, columns) => {
        for (const line of wrapped(words, columns)) {
          assert.ok(!line.trimStart().startsWith('::'), line)
          assert.ok(!line.includes('##['), line)
          assert.ok(columnsOf(line) <= columns, line)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
