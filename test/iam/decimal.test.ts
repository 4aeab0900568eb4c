import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isAboveOne, isBelowOne, orderTo, parseDecimal } from '../../lib/iam/decimal.ts'

function parsed(text: string): number | string {
  const number = parseDecimal(text)
  assert.notEqual(number, null, text)
  return number ?? NaN
}

/** A number of hundred-thousandths of ten to the 20th, however it is written. */
interface Written {
  readonly value: bigint
  readonly text: string
}

/** Numbers that are often the same double, in every way of writing them. */
const written: fc.Arbitrary<Written> = fc
  .tuple(
    fc.constantFrom(0n, 1n, 10n ** 15n, 10n ** 17n, 2n ** 53n * 10n ** 5n),
    fc.bigInt(-20n, 20n),
    fc.integer({ min: -25, max: 25 }),
    fc.constantFrom('', '0', '000'),
  )
  .map(([base, more, power, zeros]) => {
    const value = base + more
    const sign = value < 0n ? '-' : ''
    const digits = String(value < 0n ? -value : value).padStart(30, '0')
    const shift = digits.length - 5
    const at = Math.min(digits.length, Math.max(0, shift - power))
    const rest = shift - at
    const text = `${sign}${zeros}${digits.slice(0, at)}.${digits.slice(at)}${zeros}e${String(rest)}`
    return { value, text }
  })

describe('parseDecimal', () => {
  it('keeps what 15 digits tell apart as a double', () => {
    assert.equal(parseDecimal('3600'), 3600)
    assert.equal(parseDecimal('-0.25'), -0.25)
    assert.equal(parseDecimal('999999999999999'), 999_999_999_999_999)
    assert.equal(parseDecimal('00012.500e1'), 125)
  })

  it('keeps every other number as its digits', () => {
    assert.equal(parseDecimal('9007199254740993'), '.9007199254740993e16')
    assert.equal(parseDecimal('-1e400'), '-.1e401')
    assert.equal(parseDecimal('0.00E-9999999999'), 0)
  })

  for (const text of [
    '',
    '.',
    '-',
    '+.',
    'e1',
    '.e1',
    '1e',
    '1e1.0',
    '1_0',
    ' 1',
    '1 ',
    '0x1',
    '∞',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseDecimal(text), null)
    })
  }

  it('refuses NaN, Infinity and a power of ten beyond ten digits', () => {
    assert.deepEqual(['NaN', 'Infinity', '-Infinity', '1e10000000000'].map(parseDecimal), [
      null,
      null,
      null,
      null,
    ])
  })
})

describe('orderTo', () => {
  it('is exact, however the numbers are written', () => {
    fc.assert(
      fc.property(written, written, (one, other) => {
        const order = orderTo(parsed(other.text))(parsed(one.text))
        const expected = one.value < other.value ? -1 : one.value > other.value ? 1 : 0
        assert.equal(Math.sign(order), expected, `${one.text} to ${other.text}`)
        // What is equal is the same value of JavaScript, so that a Set finds it.
        assert.equal(new Set([parsed(one.text), parsed(other.text)]).size === 1, expected === 0)
      }),
      { numRuns: 2000 },
    )
  })

  it('reads a long bound once, however many numbers are compared with it', () => {
    const isBelow = isBelowOne([parsed(`1${'0'.repeat(399)}${'1'.repeat(30_000)}`)])
    const huge = parsed(`1${'0'.repeat(399)}${'1'.repeat(29_999)}2`)
    const start = performance.now()
    for (let i = 0; i < 20_000; i++) isBelow(parsed('1e400'))
    assert.equal(isBelow(huge), false)
    assert.ok(performance.now() - start < 2000)
  })
})

describe('isAboveOne', () => {
  it('asks for the least of the numbers, whatever their order', () => {
    const bounds = ['9007199254740994', '9007199254740993', '1e17'].map(parsed)
    for (const wanted of [bounds, [...bounds].reverse()]) {
      assert.equal(isAboveOne(wanted)(parsed('9007199254740993')), false)
      assert.equal(isAboveOne(wanted)(parsed('9007199254740993.1')), true)
    }
  })
})
