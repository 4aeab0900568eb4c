/**
 * The time at which a request says it was signed: X-Amz-Date in ISO 8601's basic format, or a Date
 * header in that format or HTTP's (RFC 9110, section 5.6.7). Refuses every other form.
 */
import { Fault } from '../kms/faults.ts'
import type { Presented } from './authorization.ts'

export interface SigningTime {
  readonly ms: number
  /** YYYYMMDDTHHMMSSZ */
  readonly text: string
}

/** Throws IncompleteSignatureException when there is no date, or not one that can be read. */
export function readTime({
  date,
  missingDate,
}: Pick<Presented, 'date' | 'missingDate'>): SigningTime {
  if (date === undefined) throw missingDate()
  const ms = readBasic(date)
  if (ms !== undefined) return { ms, text: date }
  const httpMs = readHttpDate(date)
  if (httpMs !== undefined) return { ms: httpMs, text: formatTime(httpMs) }
  throw new Fault(
    'IncompleteSignatureException',
    `Date must be in ISO-8601 'basic format'. Got '${date.slice(0, 64)}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  )
}

/** YYYYMMDDTHHMMSSZ */
export function formatTime(ms: number): string {
  const iso = new Date(ms).toISOString()
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`
}

const basicForm = /^\d{8}T\d{6}Z$/

function readBasic(text: string): number | undefined {
  if (!basicForm.test(text)) return undefined
  const month = Number(text.slice(4, 6))
  const day = Number(text.slice(6, 8))
  const hour = Number(text.slice(9, 11))
  const minute = Number(text.slice(11, 13))
  const second = Number(text.slice(13, 15))
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(Date.UTC(Number(text.slice(0, 4)), month - 1, day, hour, minute, second))
  // A day that its month does not have comes out as a day of another month.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined
}

const httpDateForm =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/

function readHttpDate(text: string): number | undefined {
  if (!httpDateForm.test(text)) return undefined
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toUTCString() === text ? ms : undefined
}
