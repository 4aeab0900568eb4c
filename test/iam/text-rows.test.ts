import assert from 'node:assert/strict'
import fc from 'fast-check'
import { rowsOf, TextRows } from '../../lib/iam/text-rows.ts'
import {
  anyOne,
  fitAt,
  textOf,
  tokensOf,
  wildcardTokens,
  type Token,
} from '../../lib/iam/tokens.ts'

function byDefinition(tokens: readonly Token[], text: string, from: number, end: number): number {
  for (let at = from; at + tokens.length <= end; at++) if (fitAt(tokens, text, at)) return at
  return -1
}

/** So many characters, of which each comes again after so many others. */
function cycle(period: number, length: number): string {
  return String.fromCharCode(...Array.from({ length }, (_, at) => 0x100 + (at % period)))
}

describe('TextRows', () => {
  const few = (units: string[], size: fc.StringConstraints) =>
    fc.string({ unit: fc.constantFrom(...units), ...size })

  it('finds the first place, as a comparison with each place does', () => {
    const piece = few(['a', 'a', 'a', 'b', '?'], { minLength: 1, maxLength: 80 })
    const text = few(['a', 'a', 'a', 'b'], { maxLength: 300 })
    const bounds = fc.tuple(fc.nat(40), fc.nat(40))
    fc.assert(
      fc.property(piece, text, text, bounds, (written, before, behind, [from, less]) => {
        const tokens = wildcardTokens(written)
        const whole = before + written.replaceAll('?', 'b') + behind
        for (const searched of [whole, before]) {
          const end = Math.max(searched.length - less, 0)
          const found = new TextRows(searched).find(tokens, from, end)
          assert.equal(found, byDefinition(tokens, searched, from, end))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('finds pieces of more characters than the text has rows for', () => {
    for (const period of [63, 64, 65, 128, 400]) {
      const text = cycle(period, 2_000)
      // Fits wherever the rows say so, but for its last character.
      const tokens = wildcardTokens(`${text.slice(0, 3 * period)}!`)
      const late = `${text}${text.slice(0, 3 * period)}!`
      assert.equal(new TextRows(text).find(tokens, 0, text.length), -1, String(period))
      const rows = new TextRows(late)
      assert.equal(rows.find(tokens, 0, late.length), byDefinition(tokens, late, 0, late.length))
      const rare = wildcardTokens(`${text.slice(period - 1, 2 * period)}?`)
      for (const from of [0, period, 900]) {
        const end = late.length - 1
        assert.equal(rows.find(rare, from, end), byDefinition(rare, late, from, end))
      }
    }
  })

  it('finds long values among characters, as it finds their characters', () => {
    const value = few(['a', 'b'], { minLength: 64, maxLength: 80 })
    const short = few(['a', 'b', '?'], { maxLength: 3 })
    const written = fc.array(
      fc.oneof(
        short.map(wildcardTokens),
        value.map((one) => [one]),
      ),
      {
        maxLength: 6,
      },
    )
    const before = few(['a', 'b', 'c'], { maxLength: 90 })
    fc.assert(
      fc.property(written, before, before, (groups, head, tail) => {
        const parts = groups.flat()
        const tokens = tokensOf(parts)
        const whole = head + textOf(tokens.map((token) => (token === anyOne ? 0x61 : token))) + tail
        const rows = new TextRows(whole)
        for (const from of [0, head.length, head.length + 1]) {
          const wanted = byDefinition(tokens, whole, from, whole.length)
          assert.equal(rows.find(parts, from, whole.length), wanted)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('finds characters beyond the first plane, by their halves', () => {
    const text = '\u{1f511}\u{1f512}'.repeat(50)
    const tokens = wildcardTokens(text.slice(2, 70))
    assert.equal(new TextRows(text).find(tokens, 0, text.length), 2)
  })

  it('finds `?` alone wherever there is room', () => {
    const rows = new TextRows('abc')
    const tokens = wildcardTokens('??')
    assert.deepEqual(
      [rows.find(tokens, 0, 3), rows.find(tokens, 1, 3), rows.find(tokens, 2, 3)],
      [0, 1, -1],
    )
  })
})

describe('rowsOf', () => {
  it('keeps those of the last text', () => {
    const rows = rowsOf('a'.repeat(100))
    assert.equal(rowsOf('a'.repeat(100)), rows)
    assert.notEqual(rowsOf('b'), rows)
    assert.equal(rowsOf('b').find(wildcardTokens('a'), 0, 1), -1)
  })
})
