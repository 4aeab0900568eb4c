/**
 * Slips of a policy's author that keep an Allow from a request: a misspelt action or condition key,
 * and a value in capitals or with spaces around it. Said as what would stand there instead.
 */
import { closestKey, isKnownKey } from './condition-keys.ts'
import { parseOperator, type Condition } from './condition.ts'
import type { AccessRequest } from './request.ts'
import { shortened } from './shortened.ts'
import { isMisspelt } from './statement-mistakes.ts'

/** Null where none of the actions is nearly the one that is asked. */
export function slipOfAction(
  expected: readonly string[],
  { action }: AccessRequest,
): string | null {
  const asked = action.toLowerCase()
  const near = expected.find((name) => isMisspelt(name.toLowerCase(), asked))
  return near === undefined ? null : `name ${action} in place of ${near}`
}

/** Null where the request has not what the condition nearly asks for. */
export function slipOfCondition(
  { operator, key, expected }: Condition,
  { context }: AccessRequest,
): string | null {
  if (parseOperator(operator)?.operator.negated ?? true) return null
  const meant = meantKey(key)
  const actual = meant === undefined ? undefined : context.get(meant.toLowerCase())
  if (meant === undefined || typeof actual !== 'string') return null
  const near = expected.find((value) => plain(value) === plain(actual))
  if (near === undefined) return null
  if (meant !== key) return `name ${meant} in place of ${key}`
  return `have ${key} ${shortened(actual)} in place of ${shortened(near)}`
}

/** Undefined where no key is near; PCR00 is PCR0 with a digit too many. */
function meantKey(key: string): string | undefined {
  const plainKey = key.replace(/(?<=pcr)0+(?=\d)/i, '')
  return isKnownKey(plainKey) ? plainKey : closestKey(key)
}

function plain(value: string): string {
  return value.trim().toLowerCase()
}
