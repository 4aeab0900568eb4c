import assert from 'node:assert/strict'
import { Piece } from '../../lib/iam/piece.ts'
import { wildcardTokens } from '../../lib/iam/tokens.ts'

const a = (count: number) => 'a'.repeat(count)

/** Pieces on both sides of the length from which another search is used. */
const pieces: readonly [name: string, piece: string, fitting: string][] = [
  ['a short text', 'ab', 'ab'],
  ['a short piece with ?', 'a?b', 'aab'],
  ['a text of 63', `${a(62)}b`, `${a(62)}b`],
  ['a text of 64', `${a(63)}b`, `${a(63)}b`],
  ['a text of 300', `${a(150)}b${a(149)}`, `${a(150)}b${a(149)}`],
  ['a piece of 63 with ?', `${a(30)}?${a(31)}b`, `${a(30)}x${a(31)}b`],
  ['a piece of 64 with ?', `${a(31)}?${a(31)}b`, `${a(31)}x${a(31)}b`],
  ['a piece of ? alone', '?'.repeat(70), a(70)],
]

describe('Piece', () => {
  for (const [name, text, fitting] of pieces) {
    const piece = new Piece(wildcardTokens(text))
    const around = `x${a(200)}x`

    it(`finds ${name} at its first place`, () => {
      const whole = around + fitting + fitting
      const at = piece.find(whole, 0, whole.length)
      assert.ok(at >= 0 && piece.fitsAt(whole, at))
      for (let before = 0; before < at; before++) assert.ok(!piece.fitsAt(whole, before), name)
    })

    it(`finds ${name} from a place on, and up to an end`, () => {
      const whole = `xx${fitting}`
      assert.equal(piece.find(whole, 2, whole.length), 2)
      assert.equal(piece.find(whole, 3, whole.length), -1)
      assert.equal(piece.find(whole, 2, whole.length - 1), -1)
    })
  }

  it('of nothing fits everywhere', () => {
    assert.equal(new Piece([]).fitsAt('', 0), true)
  })
})
