/**
 * Why a request was allowed or denied: every policy, every statement, every element, without short
 * cuts, so that each condition that failed is seen. The verdict comes from the same decision as
 * `authorize`, made from these elements. Shape: `GET /_/decisions/{requestId}`.
 */
import type { Condition } from './condition.ts'
import { decide } from './decision.ts'
import type { PolicyDocument, Statement } from './document.ts'
import { constraintChecks, matchGrant, operationOf, retirersOf, type Grant } from './grant.ts'
import { layersOf, type PolicySet, type PolicyType, type Verdict } from './policy-set.ts'
import { matchName, stronger, type PrincipalMatch } from './principals.ts'
import type { AccessRequest, ContextValue } from './request.ts'
import { matchStatementPrincipal, questionOf, type Judgement, type Question } from './statement.ts'

export interface Explanation {
  readonly effect: Verdict['effect']
  readonly evaluations: readonly Evaluation[]
}

export interface Evaluation {
  readonly policyType: PolicyType | 'GRANT'
  /** The policy's name, or the grant's id. */
  readonly policy: string
  readonly statements: readonly StatementExplanation[]
}

export interface StatementExplanation {
  readonly sid: string | null
  readonly index: number
  readonly effect: 'Allow' | 'Deny'
  readonly applies: boolean
  readonly elements: readonly ElementExplanation[]
}

export interface ElementExplanation {
  /** `Principal`, `NotAction`, `Condition`, … or `GranteePrincipal`, `RetiringPrincipal`, `Operations`, `Constraints`. */
  readonly element: string
  /** Conditions and constraints only, as the policy writes it. */
  readonly operator: string | null
  readonly key: string | null
  readonly expected: readonly string[]
  /** What the request has; null when it has no such key. */
  readonly actual: ContextValue | null
  readonly matched: boolean
}

/** A key may have 50,000 grants: more of them than this explain nothing. */
const maxGrants = 100

export function explain(request: AccessRequest, policies: PolicySet): Explanation {
  const question = questionOf(request, policies)
  const explained = new Map<PolicyDocument, readonly StatementExplanation[]>()
  const explainOnce = (document: PolicyDocument): readonly StatementExplanation[] => {
    let statements = explained.get(document)
    if (!statements) {
      statements = document.statements.map((statement) => explainStatement(statement, question))
      explained.set(document, statements)
    }
    return statements
  }
  const { effect } = decide(request, policies, (document) =>
    judgementOf(document, explainOnce(document), question),
  )
  const evaluations: Evaluation[] = layersOf(policies).flatMap(({ type, policies: attached }) =>
    attached.map(({ name, document }) => ({
      policyType: type,
      policy: name,
      statements: explainOnce(document),
    })),
  )
  const grants = nearestGrants(policies.grants, request)
  return { effect, evaluations: [...evaluations, ...grants.map((g) => explainGrant(g, request))] }
}

function explainStatement(statement: Statement, question: Question): StatementExplanation {
  const elements = [
    ...principalElement(statement, question),
    actionElement(statement, question),
    resourceElement(statement, question),
    ...statement.conditions.map((condition) => conditionElement(condition, question)),
  ]
  const { sid, index, effect } = statement
  return { sid, index, effect, applies: elements.every(({ matched }) => matched), elements }
}

/** What `judgeDocument` says, from the elements. */
function judgementOf(
  document: PolicyDocument,
  explained: readonly StatementExplanation[],
  question: Question,
): Judgement {
  let allows: PrincipalMatch = 'NONE'
  let denial: Statement | null = null
  for (const statement of document.statements) {
    if (!explained[statement.index]?.applies) continue
    if (statement.effect === 'Deny') denial ??= statement
    else allows = stronger(allows, matchStatementPrincipal(statement, question))
  }
  return { denial, allows }
}

function principalElement(statement: Statement, question: Question): ElementExplanation[] {
  if (!statement.principal) return []
  const { negated, expected } = statement.principal
  return [
    {
      ...plainElement(negated ? 'NotPrincipal' : 'Principal', expected),
      actual: question.request.principal.arn,
      matched: matchStatementPrincipal(statement, question) !== 'NONE',
    },
  ]
}

function actionElement({ action }: Statement, question: Question): ElementExplanation {
  return {
    ...plainElement(action?.negated ? 'NotAction' : 'Action', action?.expected ?? []),
    actual: question.request.action,
    matched: action?.matches(question.lowerCaseAction) ?? false,
  }
}

function resourceElement({ resource }: Statement, { request }: Question): ElementExplanation {
  return {
    ...plainElement(resource?.negated ? 'NotResource' : 'Resource', resource?.expected ?? []),
    actual: request.resource,
    matched: resource?.matches(request.resource, request.context) ?? false,
  }
}

function conditionElement(condition: Condition, { request }: Question): ElementExplanation {
  const { operator, key, expected } = condition
  return {
    element: 'Condition',
    operator,
    key,
    expected,
    actual: request.context.get(condition.lowerCaseKey) ?? null,
    matched: condition.holds(request.context),
  }
}

function plainElement(
  element: string,
  expected: readonly string[],
): Pick<ElementExplanation, 'element' | 'operator' | 'key' | 'expected'> {
  return { element, operator: null, key: null, expected }
}

/** The grants to the caller first: those to others only fill the list. */
function nearestGrants(grants: readonly Grant[], request: AccessRequest): readonly Grant[] {
  if (grants.length <= maxGrants) return grants
  const named = ({ granteePrincipal }: Grant): boolean =>
    matchName(granteePrincipal, request.principal) !== 'NONE'
  return [...grants.filter(named), ...grants.filter((grant) => !named(grant))].slice(0, maxGrants)
}

function explainGrant(grant: Grant, request: AccessRequest): Evaluation {
  const elements =
    operationOf(request) === 'RetireGrant'
      ? retirementElements(grant, request)
      : useElements(grant, request)
  const applies = matchGrant(grant, request) !== 'NONE'
  return {
    policyType: 'GRANT',
    policy: grant.grantId,
    statements: [{ sid: null, index: 0, effect: 'Allow', applies, elements }],
  }
}

function useElements(grant: Grant, request: AccessRequest): ElementExplanation[] {
  return [
    {
      ...plainElement('GranteePrincipal', [grant.granteePrincipal]),
      actual: request.principal.arn,
      matched: matchName(grant.granteePrincipal, request.principal) !== 'NONE',
    },
    {
      ...plainElement('Operations', grant.operations),
      actual: request.action,
      matched: grant.operations.includes(operationOf(request)),
    },
    ...constraintChecks(grant, request).map((check) => ({ element: 'Constraints', ...check })),
  ]
}

function retirementElements(grant: Grant, request: AccessRequest): ElementExplanation[] {
  return [
    {
      ...plainElement('RetiringPrincipal', retirersOf(grant, request)),
      actual: request.principal.arn,
      matched: matchGrant(grant, request) !== 'NONE',
    },
  ]
}
