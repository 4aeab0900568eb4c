import assert from 'node:assert/strict'
import fc from 'fast-check'
import { PatternCrowd } from '../../lib/iam/pattern-crowd.ts'
import { wildcardTokens } from '../../lib/iam/tokens.ts'

const crowdOf = (patterns: readonly string[]) => new PatternCrowd(patterns.map(wildcardTokens))

/** IAM's wildcards in words of the engine's own. */
const expressionOf = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '[^]*')
      .replace(/\?/g, '[^]')}$`,
  )

describe('PatternCrowd', () => {
  const cases: [patterns: string[], fitting: string[], others: string[]][] = [
    [[], [], ['', 'a']],
    [[''], [''], ['a']],
    [['*'], ['', 'a', '\u{1f512}'], []],
    [['?'], ['a', '\n'], ['', 'ab']],
    [
      ['a', 'b*'],
      ['a', 'b', 'ba'],
      ['', 'ab', 'aa'],
    ],
    [
      ['*a*b', 'c?c'],
      ['ab', 'xaxxb', 'cac'],
      ['ba', 'abx', 'cc', 'ccc*'],
    ],
    [['**a**'], ['a', 'xax'], ['', 'x']],
    // What one pattern ends with never goes on in the next.
    [
      ['a', 'b'],
      ['a', 'b'],
      ['ab', 'aab'],
    ],
    [['*a', 'b'], ['a', 'ba'], ['ab']],
  ]
  for (const [patterns, fitting, others] of cases) {
    it(`has one of ${JSON.stringify(patterns)} for what fits it`, () => {
      const crowd = crowdOf(patterns)
      for (const text of fitting) assert.ok(crowd.hasOneFor(text), text)
      for (const text of others) assert.ok(!crowd.hasOneFor(text), text)
    })
  }

  it('is of one mind with regular expressions', () => {
    const letter = fc.constantFrom('a', 'b', '*', '?')
    const pattern = fc.string({ unit: letter, maxLength: 8 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 })
    const asked = fc.tuple(fc.array(pattern, { maxLength: 40 }), fc.array(text, { maxLength: 20 }))
    fc.assert(
      fc.property(asked, ([patterns, texts]) => {
        const crowd = crowdOf(patterns)
        const expressions = patterns.map(expressionOf)
        for (const one of texts) {
          const wanted = expressions.some((expression) => expression.test(one))
          assert.equal(crowd.hasOneFor(one), wanted, JSON.stringify([one, patterns]))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('knows more characters than it keeps rows for', () => {
    const letters = Array.from({ length: 200 }, (_, at) => String.fromCharCode(0x4e00 + at))
    const crowd = crowdOf(letters.map((letter) => `*${letter}?`))
    for (let round = 0; round < 2; round++) {
      for (const letter of letters) {
        assert.ok(crowd.hasOneFor(`x${letter}y`), letter)
        assert.ok(!crowd.hasOneFor(`x${letter}`), letter)
      }
    }
  })
})
