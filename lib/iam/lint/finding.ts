/**
 * What the search for mistakes in a key policy gives: which rule, how bad, where, why, and what to
 * write instead. docs/policy-lint.md lists the rules.
 */

/** `note`: what its author has to know, and may well have meant. */
export type Severity = 'error' | 'warning' | 'note'

/** One place where a rule has found something; the rule says the rest. */
export interface Hit {
  /** `Statement[0].Condition.Bool.aws:SecureTransport`; empty for the policy as a whole. */
  readonly path: string
  readonly message: string
  /** What to write instead, where it is not what the rule says in general. */
  readonly fix?: string
  /** Where it is worse, or less so, than the rule says in general. */
  readonly severity?: Severity
}

export interface Finding {
  /** The id of a row of the rules. */
  readonly rule: string
  readonly severity: Severity
  readonly path: string
  /** In the policy's text, from 1. */
  readonly line: number
  readonly message: string
  readonly fix: string
}
