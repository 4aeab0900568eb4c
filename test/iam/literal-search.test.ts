import assert from 'node:assert/strict'
import fc from 'fast-check'
import { LiteralSearch } from '../../lib/iam/literal-search.ts'

describe('LiteralSearch', () => {
  it('finds the first place, as the engine does', () => {
    const few = (size: fc.StringConstraints) =>
      fc.string({ unit: fc.constantFrom('a', 'a', 'b'), ...size })
    fc.assert(
      fc.property(
        few({ minLength: 1, maxLength: 12 }),
        few({ maxLength: 60 }),
        fc.nat(20),
        fc.nat(20),
        (literal, text, from, less) => {
          const end = Math.max(text.length - less, from)
          const at = text.slice(0, end).indexOf(literal, from)
          assert.equal(new LiteralSearch(literal).find(text, from, Math.min(end, text.length)), at)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('compares no character of a periodic text again and again', () => {
    const text = 'ab'.repeat(50_000)
    const literal = `${'ab'.repeat(20_000)}aa${'ab'.repeat(20_000)}`
    const start = performance.now()
    assert.equal(new LiteralSearch(literal).find(text, 0, text.length), -1)
    const took = performance.now() - start
    // A comparison with each place would be 800,000,000 of characters.
    assert.ok(took < 250, `${took} ms`)
  })
})
