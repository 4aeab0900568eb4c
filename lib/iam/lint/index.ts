/**
 * Finds what looks protected and is not in a key policy: every rule over one policy, with the line of
 * each finding. A policy that AWS would not store is a finding and no error.
 */
import type { PolicyDocument } from '../document.ts'
import { linesOf, type Lines } from '../lines.ts'
import type { Finding } from './finding.ts'
import { Reach } from './reach.ts'
import { readPolicy } from './refusals.ts'
import { rules } from './rules.ts'
import { viewStatement } from './statement-view.ts'

export type { Finding, Severity } from './finding.ts'
export type { Rule } from './rule.ts'
export { rules } from './rules.ts'

export interface LintOptions {
  /** The ARN of the key whose policy it is; absent where that is not known. */
  readonly keyArn?: string
}

/** Findings in the order of their lines. Takes what any text may be; never throws. */
export function lintPolicy(policy: PolicyDocument | string, options: LintOptions = {}): Finding[] {
  const text = typeof policy === 'string' ? policy : policy.source
  const { statements, refusals, isJson } = readPolicy(text)
  const views = statements.map(viewStatement)
  const view = { statements: views, refusals, reach: new Reach(views, options.keyArn) }
  const found = rules.flatMap(({ id: rule, severity, fix, find }) =>
    [...find(view)].map((hit) => ({ rule, severity, fix, ...hit })),
  )
  if (found.length === 0) return []
  const lineOf = isJson ? linesOf(text) : lineOfReader(found)
  return found
    .map(({ rule, severity, path, message, fix }): Finding => {
      return { rule, severity, path, line: lineOf(path), message, fix }
    })
    .sort((one, other) => one.line - other.line)
}

/** What is no JSON has no paths: the reader's own message says the line. */
function lineOfReader(found: readonly { readonly message: string }[]): Lines {
  const [, line] = /at line (\d+), column \d+$/.exec(found[0]?.message ?? '') ?? []
  return () => (line === undefined ? 1 : Number(line))
}
