/**
 * Does a statement apply to a request, and what does a whole document say of it: its first denial,
 * and the strongest of its permissions.
 */
import type { PolicyDocument, Statement } from './document.ts'
import type { PolicySet } from './policy-set.ts'
import { matchPrincipal, stronger, type PrincipalMatch } from './principals.ts'
import type { AccessRequest } from './request.ts'

/** A request as statements see it; made once per decision. */
export interface Question {
  readonly request: AccessRequest
  readonly lowerCaseAction: string
  /** A caller with a permissions boundary is never exempt by NotPrincipal. */
  readonly hasBoundary: boolean
}

export function questionOf(request: AccessRequest, { boundary }: PolicySet): Question {
  return {
    request,
    lowerCaseAction: request.action.toLowerCase(),
    hasBoundary: boundary !== undefined,
  }
}

/** What a document says. */
export interface Judgement {
  readonly denial: Statement | null
  readonly allows: PrincipalMatch
}

export function judgeDocument({ statements }: PolicyDocument, question: Question): Judgement {
  let denial: Statement | null = null
  let allows: PrincipalMatch = 'NONE'
  for (const statement of statements) {
    const match = matchStatement(statement, question)
    if (match === 'NONE') continue
    if (statement.effect === 'Allow') allows = stronger(allows, match)
    else denial ??= statement
  }
  return { denial, allows }
}

/** How strongly the statement's principal matches; `NONE` when the statement does not apply. */
function matchStatement(statement: Statement, question: Question): PrincipalMatch {
  const { action, resource, conditions } = statement
  if (!action || !resource) return 'NONE'
  const { context, resource: name } = question.request
  if (!action.matches(question.lowerCaseAction)) return 'NONE'
  const match = matchStatementPrincipal(statement, question)
  if (match === 'NONE' || !resource.matches(name, context)) return 'NONE'
  for (const condition of conditions) if (!condition.holds(context)) return 'NONE'
  return match
}

/** A policy without principals speaks to whoever it is attached to. */
export function matchStatementPrincipal(
  { principal }: Statement,
  { request, hasBoundary }: Question,
): PrincipalMatch {
  return principal ? matchPrincipal(principal, request.principal, hasBoundary) : 'WILDCARD'
}
