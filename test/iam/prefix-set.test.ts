import assert from 'node:assert/strict'
import fc from 'fast-check'
import { PrefixSet } from '../../lib/iam/prefix-set.ts'

describe('PrefixSet', () => {
  it('has no start of anything when it is empty', () => {
    assert.equal(new PrefixSet([]).hasStartOf(''), false)
  })

  it('has the start of every text when the empty text is in it', () => {
    const prefixes = new PrefixSet(['b', ''])
    assert.deepEqual([prefixes.hasStartOf(''), prefixes.hasStartOf('a')], [true, true])
  })

  it('says what trying each prefix says', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'é', '\ud83d', '\udd11'),
      maxLength: 6,
    })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), text, (prefixes, searched) => {
        const wanted = prefixes.some((prefix) => searched.startsWith(prefix))
        assert.equal(new PrefixSet(prefixes).hasStartOf(searched), wanted)
      }),
      { numRuns: 2000 },
    )
  })
})
