/**
 * The case that would notice a change of a statement, in words: who or what the statement comes to
 * apply to, or no longer applies to, and what is to be expected of it.
 */
import { listOf, type StatementSource } from './written-policy.ts'

/** `who` is what a request has that the statement applies to, as it was written. */
export function caseWithin(statement: StatementSource, who: string): string {
  return `add a case: ${who}, expect ${statement.Effect.toLowerCase()}`
}

/** `who` is what a request has that it does not apply to. */
export function caseBeyond(statement: StatementSource, who: string): string {
  return `add a case: ${who}, expect ${statement.Effect === 'Allow' ? 'deny' : 'allow'}`
}

/** What a request asks that the statement is about. */
export function askedOf({ Action, NotAction }: StatementSource): string {
  const [first, ...more] = listOf(Action ?? [])
  if (first === undefined) return `an action other than ${listOf(NotAction ?? []).join(', ')}`
  return more.length > 0 ? `${first} or another of its actions` : first
}
