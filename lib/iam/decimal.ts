/**
 * Decimal numbers of any size and length, compared exactly as AWS does, and at the price of doubles
 * where doubles are exact. Refuses NaN and Infinity. Source: IAM user guide, "Numeric condition
 * operators".
 */

/**
 * A decimal number, exactly: the double where its 15 digits are enough to tell it from every other
 * such number, else a text like `-.9007199254740993e16`, which is the same for equal numbers.
 */
export type Decimal = number | string

/** So many significant digits, with such a power of ten, survive as a double. */
const exactDigits = 15
const exactPower = 300

const plainForm = /^\d{1,15}$/
const decimalForm = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,10}))?$/i

/** An integer or a decimal fraction, with or without a power of ten. */
export function parseDecimal(text: string): Decimal | null {
  if (plainForm.test(text)) return Number(text)
  const read = readDigits(text)
  if (!read) return null
  const { sign, digits, power } = read
  if (digits.length <= exactDigits && Math.abs(power) <= exactPower) return Number(text)
  return `${sign < 0 ? '-' : ''}.${digits}e${String(power)}`
}

/** How a number stands to the other: less than 0, 0, or more than 0. */
export function orderTo(other: Decimal): (one: Decimal) => number {
  const nearOther = Number(other)
  let digits: Digits | null = null
  return (one) => {
    const nearOne = Number(one)
    // Rounding to a double never puts the lesser of two numbers above the other.
    if (nearOne !== nearOther) return nearOne < nearOther ? -1 : 1
    if (one === other) return 0
    digits ??= readDigits(String(other))
    const own = readDigits(String(one))
    return own && digits ? orderOf(own, digits) : NaN
  }
}

/** A number as its sign, and the digits, without zeros at either end, behind `0.`. */
interface Digits {
  readonly sign: -1 | 0 | 1
  readonly digits: string
  /** The power of ten that the digits are multiplied by. */
  readonly power: number
}

function readDigits(text: string): Digits | null {
  const [, sign, whole = '', fraction = '', power = '0'] = decimalForm.exec(text) ?? []
  const all = whole + fraction
  if (all === '') return null
  let start = 0
  let end = all.length
  while (all[start] === '0') start++
  while (end > start && all[end - 1] === '0') end--
  if (start === end) return { sign: 0, digits: '', power: 0 }
  return {
    sign: sign === '-' ? -1 : 1,
    digits: all.slice(start, end),
    power: whole.length - start + Number(power),
  }
}

function orderOf(one: Digits, other: Digits): number {
  if (one.sign !== other.sign) return one.sign - other.sign
  if (one.power !== other.power) return one.sign * (one.power - other.power)
  if (one.digits === other.digits) return 0
  return one.digits < other.digits ? -one.sign : one.sign
}

/** Whether a number is less than any of many: only the greatest of them counts. */
export function isBelowOne(wanted: readonly Decimal[]): (actual: Decimal) => boolean {
  return fromBound(wanted, 1, (order) => order < 0)
}

export function isAtMostOne(wanted: readonly Decimal[]): (actual: Decimal) => boolean {
  return fromBound(wanted, 1, (order) => order <= 0)
}

export function isAboveOne(wanted: readonly Decimal[]): (actual: Decimal) => boolean {
  return fromBound(wanted, -1, (order) => order > 0)
}

export function isAtLeastOne(wanted: readonly Decimal[]): (actual: Decimal) => boolean {
  return fromBound(wanted, -1, (order) => order >= 0)
}

/** With the direction 1 the bound is the greatest of the numbers, with -1 the least. */
function fromBound(
  [first, ...rest]: readonly Decimal[],
  direction: 1 | -1,
  fits: (order: number) => boolean,
): (actual: Decimal) => boolean {
  // Nothing is less or more than none.
  if (first === undefined) return () => false
  let order = orderTo(first)
  for (const number of rest) if (order(number) * direction > 0) order = orderTo(number)
  return (actual) => fits(order(actual))
}
