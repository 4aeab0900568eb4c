import assert from 'node:assert/strict'
import fc from 'fast-check'
import { wildcardTest } from '../../lib/iam/pattern.ts'

/** The definition, taken literally: exponential, and right. */
function matchesByDefinition(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  const rest = pattern.slice(1)
  if (pattern.startsWith('*')) {
    return (
      matchesByDefinition(rest, text) ||
      (text !== '' && matchesByDefinition(pattern, text.slice(1)))
    )
  }
  if (text === '') return false
  const first = pattern.startsWith('?') || pattern.startsWith(text.charAt(0))
  return first && matchesByDefinition(rest, text.slice(1))
}

function millisecondsOf(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

describe('wildcardTest', () => {
  it('agrees with the definition', () => {
    const letters = (units: string[], maxLength: number): fc.Arbitrary<string> =>
      fc.string({ unit: fc.constantFrom(...units), maxLength })
    fc.assert(
      fc.property(letters(['a', 'b', '*', '?'], 8), letters(['a', 'b'], 10), (pattern, text) => {
        assert.equal(wildcardTest(pattern)(text), matchesByDefinition(pattern, text))
      }),
      { numRuns: 2000 },
    )
  })

  it('does not take longer for every further *', () => {
    const text = 'a'.repeat(100_000)
    for (const stars of [10, 100, 1000]) {
      const test = wildcardTest(`${'*a'.repeat(stars)}*b`)
      const took = millisecondsOf(() => assert.equal(test(text), false))
      assert.ok(took < 500, `${stars} wildcards took ${took} ms`)
    }
  })

  it('refuses at once what is shorter than the pattern', () => {
    const test = wildcardTest(`*${'a?'.repeat(10_000)}*`)
    assert.equal(test('a'.repeat(19_999)), false)
  })

  it('takes characters of regular expressions for themselves', () => {
    assert.equal(wildcardTest('a.(b)+[c]$')('a.(b)+[c]$'), true)
    assert.equal(wildcardTest('a.c*')('abc'), false)
  })
})
