/**
 * The value types of condition operators, read from the texts that policies and requests hold: null
 * for a text that is none. Source: IAM user guide, "Condition operators".
 */

/** Only `true`, in any case, is true: every other text is false. */
export function parseBoolean(text: string): boolean {
  return text.toLowerCase() === 'true'
}

/** The W3C profile of ISO 8601 (https://www.w3.org/TR/NOTE-datetime). A time may lack its zone. */
const dateForm =
  /^\d{4}(?:-\d\d(?:-(\d\d)(?:(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?)?)?$/
const epochForm = /^\+?\d{1,15}(?:\.\d+)?$/

/** An ISO 8601 date or epoch seconds, in ms since the epoch. Four digits are a year. */
export function parseDate(text: string): number | null {
  const match = dateForm.exec(text)
  if (match) {
    const [, day, time, zone] = match
    const ms = Date.parse(time !== undefined && zone === undefined ? `${text}Z` : text)
    return Number.isNaN(ms) || !isDayOfMonth(text, day) ? null : ms
  }
  return epochForm.test(text) ? Number(text) * 1000 : null
}

/** Date.parse takes 30 February for 1 March. */
function isDayOfMonth(text: string, day: string | undefined): boolean {
  if (day === undefined) return true
  return new Date(text.slice(0, 10)).toISOString().slice(8, 10) === day
}

/** The base64 of some bytes, in the one form that they have: no bit of it means nothing. */
export function parseBinary(text: string): string | null {
  return Buffer.from(text, 'base64').toString('base64') === text ? text : null
}
