/**
 * What a rule is: one mistake, how it is found in a policy, and what to write instead. A rule that
 * finds nothing certain finds nothing.
 */
import type { PolicyError } from '../policy-error.ts'
import type { JsonObject } from '../json.ts'
import type { Hit, Severity } from './finding.ts'
import type { Reach } from './reach.ts'
import type { StatementView } from './statement-view.ts'

/** What AWS would not store. */
export interface Refusal {
  readonly error: PolicyError
  /** Its path in the whole policy. */
  readonly path: string
  /** The statement that it is about, as it was written; null for the document as a whole. */
  readonly statement: JsonObject | null
}

/** A policy as the rules see it. */
export interface PolicyView {
  /** Those that AWS would store. */
  readonly statements: readonly StatementView[]
  readonly refusals: readonly Refusal[]
  readonly reach: Reach
}

export interface Rule {
  readonly id: string
  readonly severity: Severity
  /** What is wrong with it, for someone who has not met it: whole sentences. */
  readonly about: string
  /** What to write instead. */
  readonly fix: string
  readonly find: (policy: PolicyView) => Iterable<Hit>
}
