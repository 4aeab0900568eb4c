/**
 * A key policy as its author wrote it, to be changed and written again: what JSON.parse makes of a
 * text that `parsePolicy` took. Reading a policy to decide with it is lib/iam/document.ts's.
 */

/** One value, or a list of them. */
export type OneOrMore<T> = T | readonly T[]

export type PrincipalSource = '*' | Readonly<Record<string, OneOrMore<string>>>

/** By operator, by key. */
export type ConditionSource = Readonly<
  Record<string, Readonly<Record<string, OneOrMore<ConditionValue>>>>
>
export type ConditionValue = string | number | boolean

export interface StatementSource {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: PrincipalSource
  readonly NotPrincipal?: PrincipalSource
  readonly Action?: OneOrMore<string>
  readonly NotAction?: OneOrMore<string>
  readonly Resource?: OneOrMore<string>
  readonly NotResource?: OneOrMore<string>
  readonly Condition?: ConditionSource
}

export interface PolicySource {
  readonly Statement: OneOrMore<StatementSource>
}

/** One change of a statement. */
export interface Change {
  /** What it is, in words. */
  readonly words: string
  /** The case that would notice it, where it is simple to say: `add a case: …, expect deny`. */
  readonly missing?: string
  /** Where, below the statement: `.Action[0]`. */
  readonly place: string
  /** What stands in its place; null for nothing. */
  readonly replacement: StatementSource | null
}

export function listOf<T extends object | ConditionValue>(value: OneOrMore<T>): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}
