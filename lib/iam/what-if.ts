/**
 * Decides a request again with some things changed: facts of the request, elements of statements,
 * statements, or whole types of policies. Everything that a change does not touch is taken from the
 * explanation, so that even a large policy is decided again in microseconds.
 */
import { ChangedContext, type RequestChanges } from './changed-request.ts'
import type { Condition } from './condition.ts'
import { decide } from './decision.ts'
import type { PolicyDocument, Statement } from './document.ts'
import type { ActionElement, ResourceElement } from './elements.ts'
import type { Explanation, StatementExplanation } from './explain.ts'
import { operationOf, type Grant } from './grant.ts'
import {
  layersOf,
  type AttachedPolicy,
  type PolicySet,
  type PolicyType,
  type Verdict,
} from './policy-set.ts'
import { stronger, type PrincipalMatch } from './principals.ts'
import type { AccessRequest, Principal } from './request.ts'
import { matchStatementPrincipal, questionOf, type Judgement, type Question } from './statement.ts'

export type StatementPart = ActionElement | ResourceElement | Condition

export interface Changes extends RequestChanges {
  /** Elements that are taken as matching, and grants as having the operation. */
  readonly holding: ReadonlySet<StatementPart | Grant>
  /** Denials that are taken as not applying. */
  readonly waived: ReadonlySet<Statement>
  /** Types of which a policy is taken as allowing. */
  readonly allowing: ReadonlySet<PolicyType>
}

export const noChanges: Changes = {
  context: new Map(),
  principal: null,
  holding: new Set(),
  waived: new Set(),
  allowing: new Set(),
}

/** Of one statement: what does not match; an element that it lacks matches nothing. */
export interface Failures {
  readonly principal: boolean
  readonly parts: readonly StatementPart[]
}

/** Which elements of a statement match the request as it is. */
interface Matches {
  readonly principal: boolean
  readonly parts: ReadonlyMap<StatementPart, boolean>
}

export class WhatIf {
  readonly request: AccessRequest
  readonly policies: PolicySet
  readonly #matches = new Map<Statement, Matches>()

  /** `explanation` is the one of this request under these policies. */
  constructor(request: AccessRequest, policies: PolicySet, explanation: Explanation) {
    this.request = request
    this.policies = { ...policies, grants: listedGrants(policies.grants, explanation) }
    const documents = layersOf(policies).flatMap((layer) => layer.policies)
    for (const [index, { document }] of documents.entries()) {
      for (const explained of explanation.evaluations[index]?.statements ?? []) {
        const statement = document.statements[explained.index]
        if (statement) this.#matches.set(statement, matchesOf(statement, explained))
      }
    }
  }

  with(changes: Changes): Changed {
    return new Changed(this, changes)
  }

  matches(statement: Statement): Matches {
    const matches = this.#matches.get(statement)
    if (!matches) throw new Error('a statement of no policy of the decision')
    return matches
  }
}

/** The request and its policies with some changes. */
export class Changed {
  readonly changes: Changes
  readonly request: AccessRequest
  /** The request without the changes. */
  readonly original: AccessRequest
  readonly policies: PolicySet
  /** As they are, without the operations that they are taken to have. */
  readonly grants: readonly Grant[]
  readonly #whatIf: WhatIf
  readonly #context: ChangedContext
  readonly #question: Question

  constructor(whatIf: WhatIf, changes: Changes) {
    const { principal } = changes
    this.changes = changes
    this.original = whatIf.request
    this.#whatIf = whatIf
    this.#context = new ChangedContext(whatIf.request.context, changes)
    this.request = {
      ...whatIf.request,
      principal: principal ?? whatIf.request.principal,
      context: this.#context,
    }
    this.grants = whatIf.policies.grants
    const own = principal ? withoutCaller(whatIf, principal) : whatIf.policies
    this.policies = withAllowing({ ...own, grants: this.#grants() }, changes.allowing)
    this.#question = questionOf(this.request, this.policies)
  }

  verdict(): Verdict {
    const allowing = documentsOf(this.policies, this.changes.allowing)
    return decide(this.request, this.policies, (document) =>
      this.#judge(document, allowing.has(document)),
    )
  }

  /** What of a statement does not match. */
  failures(statement: Statement): Failures {
    const { principal, parts } = this.#whatIf.matches(statement)
    const matchesPrincipal = this.changes.principal
      ? matchStatementPrincipal(statement, this.#question) !== 'NONE'
      : principal
    const failing = [...parts].filter(([part, before]) => !this.#holds(part, before))
    return { principal: !matchesPrincipal, parts: failing.map(([part]) => part) }
  }

  applies(statement: Statement): boolean {
    if (this.changes.waived.has(statement)) return false
    const { principal, parts } = this.failures(statement)
    return !principal && parts.length === 0
  }

  #holds(part: StatementPart, before: boolean): boolean {
    if (this.changes.holding.has(part)) return true
    if ('holds' in part) {
      return part.keys.some((key) => this.#context.touches(key))
        ? part.holds(this.#context)
        : before
    }
    if (!('variableKeys' in part)) return before
    return part.variableKeys.some((key) => this.#context.touches(key))
      ? part.matches(this.request.resource, this.#context)
      : before
  }

  /** What `judgeDocument` says, from the elements. */
  #judge({ statements }: PolicyDocument, isAllowing: boolean): Judgement {
    let allows: PrincipalMatch = isAllowing ? 'WILDCARD' : 'NONE'
    let denial: Statement | null = null
    for (const statement of statements) {
      if (!this.applies(statement)) continue
      if (statement.effect === 'Deny') denial ??= statement
      else allows = stronger(allows, matchStatementPrincipal(statement, this.#question))
    }
    return { denial, allows }
  }

  #grants(): readonly Grant[] {
    const operation = operationOf(this.#whatIf.request)
    return this.#whatIf.policies.grants.map((grant) =>
      this.changes.holding.has(grant)
        ? { ...grant, operations: [...grant.operations, operation] }
        : grant,
    )
  }
}

/** Explanations list the principal first, where a policy names one, then the rest in this order. */
function matchesOf(statement: Statement, { elements }: StatementExplanation): Matches {
  const { action, resource, conditions } = statement
  const [first, ...others] = elements
  const rest = statement.principal === null ? elements : others
  const all = [action ?? noAction(), resource ?? noResource(), ...conditions]
  const parts = all.map((part, index) => [part, rest[index]?.matched ?? false] as const)
  return {
    principal: statement.principal === null || (first?.matched ?? false),
    parts: new Map<StatementPart, boolean>(parts),
  }
}

/** Stands for the element that a statement lacks. */
function noAction(): ActionElement {
  return { negated: false, expected: [], matches: () => false, named: () => [] }
}

function noResource(): ResourceElement {
  return { negated: false, expected: [], variableKeys: [], matches: () => false }
}

/** Of another caller nobody knows the policies; its account's are those of the old one's, or unknown. */
function withoutCaller({ policies, request }: WhatIf, principal: Principal): PolicySet {
  const { keyPolicy, grants, resourceControl, serviceControl, vpcEndpoint } = policies
  const staysInAccount = principal.account === request.principal.account
  return {
    keyPolicy,
    identity: [],
    grants,
    ...(resourceControl && { resourceControl }),
    ...(serviceControl && staysInAccount && { serviceControl }),
    ...(vpcEndpoint && { vpcEndpoint }),
  }
}

/** Stands for a policy that somebody would have to write. */
const unwritten: AttachedPolicy = {
  name: '',
  document: {
    kind: 'identity',
    version: '2012-10-17',
    id: null,
    statements: [],
    source: '',
    conditionKeys: new Set(),
  },
}

function withAllowing(policies: PolicySet, allowing: ReadonlySet<PolicyType>): PolicySet {
  const { identity, session } = policies
  return {
    ...policies,
    ...(allowing.has('IDENTITY_BASED_POLICY') && { identity: [...identity, unwritten] }),
    ...(allowing.has('SESSION_POLICY') && { session: [...(session ?? []), unwritten] }),
  }
}

/** The documents that are taken as allowing: one of each type is enough. */
function documentsOf(
  policies: PolicySet,
  allowing: ReadonlySet<PolicyType>,
): ReadonlySet<PolicyDocument> {
  if (allowing.size === 0) return new Set()
  const documents = layersOf(policies)
    .filter(({ type }) => allowing.has(type))
    .flatMap(({ policies: attached }) => attached.slice(-1).map(({ document }) => document))
  return new Set(documents)
}

/** The grants that are explained: others are not near. */
function listedGrants(grants: readonly Grant[], { evaluations }: Explanation): readonly Grant[] {
  const listed = new Set(
    evaluations.flatMap(({ policyType, policy }) => (policyType === 'GRANT' ? [policy] : [])),
  )
  return grants.filter(({ grantId }) => listed.has(grantId))
}
