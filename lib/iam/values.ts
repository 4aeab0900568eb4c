/**
 * The value types of condition operators, read from the texts that policies and requests hold: null
 * for a text that is none. Source: IAM user guide, "Condition operators".
 */

const decimalForm = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/

/** An integer or a decimal fraction. */
export function parseDecimal(text: string): number | null {
  return decimalForm.test(text) ? Number(text) : null
}

/** `true` or `false`, in any case. */
export function parseBoolean(text: string): boolean | null {
  const lower = text.toLowerCase()
  if (lower === 'true') return true
  return lower === 'false' ? false : null
}

/** The W3C profile of ISO 8601 (https://www.w3.org/TR/NOTE-datetime): a time needs its zone. */
const dateForm =
  /^\d{4}(?:-\d\d(?:-(\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)?)?$/
const epochForm = /^\d{1,15}(?:\.\d+)?$/

/** An ISO 8601 date or epoch seconds, in ms since the epoch. Four digits are a year. */
export function parseDate(text: string): number | null {
  const match = dateForm.exec(text)
  if (match) {
    const ms = Date.parse(text)
    return Number.isNaN(ms) || !isDayOfMonth(text, match[1]) ? null : ms
  }
  return epochForm.test(text) ? Number(text) * 1000 : null
}

/** Date.parse takes 30 February for 1 March. */
function isDayOfMonth(text: string, day: string | undefined): boolean {
  if (day === undefined) return true
  return new Date(text.slice(0, 10)).toISOString().slice(8, 10) === day
}

const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The bytes of a base64 text, in the one hex form that they have. */
export function parseBinary(text: string): string | null {
  return base64Form.test(text) ? Buffer.from(text, 'base64').toString('hex') : null
}
