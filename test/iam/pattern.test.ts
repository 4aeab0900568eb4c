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

  it('agrees with a regular expression about long pieces', () => {
    const long = fc.string({ unit: fc.constantFrom('a', 'a', 'a', 'b', '?'), maxLength: 150 })
    const runs = fc.array(long, { minLength: 1, maxLength: 4 })
    const filling = fc.constantFrom('', 'a', 'b', 'ab'.repeat(40))
    fc.assert(
      fc.property(runs, filling, filling, fc.boolean(), (pieces, between, end, damaged) => {
        const pattern = pieces.join('*')
        const fitting = pieces.map((piece) => piece.replaceAll('?', 'a')).join(between) + end
        const text = damaged ? fitting.replace('b', 'a') : fitting
        const expression = pattern.replaceAll('?', '.').replaceAll('*', '.*')
        assert.equal(wildcardTest(pattern)(text), new RegExp(`^${expression}$`).test(text))
      }),
      { numRuns: 500 },
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

  /** An encryption context has 8,192 characters at most, and a header 16,384. */
  for (const length of [8_191, 16_000]) {
    const half = length / 2
    const a = (count: number) => 'a'.repeat(count)
    const hostile: readonly [name: string, pattern: string][] = [
      ['? at every second place', `*${'a?'.repeat(half / 2 - 1)}b*`],
      ['? at its end', `*${a(half - 2)}b?*`],
      ['a third of ?', `*${'a??'.repeat(half / 3 - 1)}b*`],
      ['no ?, and what differs in its middle', `*${a(half / 2)}b${a(half / 2 - 1)}*`],
      ['no ?, and what differs at its end', `*${a(half - 1)}b*`],
    ]
    for (const [name, pattern] of hostile) {
      it(`looks in ${length} characters for a piece of half as many with ${name}`, () => {
        const test = wildcardTest(pattern)
        const text = a(length)
        const took = Array.from({ length: 5 }, () =>
          millisecondsOf(() => assert.equal(test(text), false)),
        )
        // A comparison of each place with each character takes more than 75 and 300 ms.
        const most = length > 10_000 ? 40 : 20
        assert.ok(Math.min(...took) < most, `${Math.min(...took)} ms`)
      })
    }
  }

  it('refuses at once what is shorter than the pattern', () => {
    const test = wildcardTest(`*${'a?'.repeat(10_000)}*`)
    assert.equal(test('a'.repeat(19_999)), false)
  })

  it('takes characters of regular expressions for themselves', () => {
    assert.equal(wildcardTest('a.(b)+[c]$')('a.(b)+[c]$'), true)
    assert.equal(wildcardTest('a.c*')('abc'), false)
  })
})
