/**
 * The contexts of requests that nobody made, to ask a condition what it would say of them. They have
 * no entries: nobody prints them.
 */
import type { ContextValue, RequestContext } from '../request.ts'

/** Of a request that says nothing. */
export const nothing = contextOf(() => undefined)

/** Of a request in which every key has that value. */
export function always(value: string): RequestContext {
  return contextOf(() => value)
}

export function contextOf(get: (lowerCaseKey: string) => ContextValue | undefined): RequestContext {
  return { get, entries: () => [] }
}
