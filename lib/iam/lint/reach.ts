/**
 * Whom a policy lets do what without an attestation document, its denials counted, and what stands
 * between an action and a caller who has one. A condition that only the request can decide is taken to
 * hold in an Allow, and not to hold in a Deny.
 */
import { matchPrincipal, type PrincipalElement } from '../principals.ts'
import { Callers, judge, type CallerView } from './callers.ts'
import type { Hit } from './finding.ts'
import { asksForUnknownKey, whyImpossible } from './impossible.ts'
import type { AttestationCondition, StatementView } from './statement-view.ts'

/** `slipped`: it would be closed, but for a Deny that wants a document to be compared. */
export type Openness = 'open' | 'slipped' | 'closed'

type Pattern = PrincipalElement['patterns'][number]

interface Denials {
  /** The Denies that refuse the call for sure. */
  readonly sure: readonly StatementView[]
  /** Whether one would, were it not for its conditions on attestation. */
  readonly slips: boolean
}

export class Reach {
  /** Why statements never apply, of those that do not. */
  readonly impossible: ReadonlyMap<StatementView, Hit>
  /** The statements that may apply. */
  readonly allows: readonly StatementView[]
  readonly #denies: readonly StatementView[]
  readonly #callers: Callers
  readonly #denials = new Map<string, Denials>()
  readonly #keyAccount: string | undefined
  #gatesDecrypt: boolean | undefined

  constructor(statements: readonly StatementView[], keyArn?: string) {
    const impossible = new Map<StatementView, Hit>()
    for (const view of statements) {
      const why = whyImpossible(view, keyArn)
      if (why) impossible.set(view, why)
    }
    this.impossible = impossible
    // A misspelt key has a rule of its own, and its statement lets nobody in.
    const live = statements.filter((view) => !impossible.has(view) && !asksForUnknownKey(view))
    this.allows = live.filter(({ allows }) => allows)
    this.#denies = live.filter(({ allows }) => !allows)
    this.#keyAccount = keyArn?.split(':')[4]
    this.#callers = new Callers(live, this.#keyAccount)
  }

  /** Of an unattested call, by whomever the pattern of the statement names. */
  openness(view: StatementView, action: string, pattern: Pattern): Openness {
    if (!view.statement.action?.matches(action) || !view.passesUnattested) return 'closed'
    let found: Openness = 'closed'
    for (const caller of this.#callers.of(pattern)) {
      if (!mayPass(view, caller, action)) continue
      const { sure, slips } = this.#denialsOf(action, caller)
      if (sure.length > 0) continue
      if (!slips) return 'open'
      found = 'slipped'
    }
    return found
  }

  /** The callers whom the pattern of the statement lets act without a document, for all that is known. */
  passers(view: StatementView, action: string, pattern: Pattern): CallerView[] {
    if (!view.statement.action?.matches(action)) return []
    return this.#callers
      .of(pattern)
      .filter(
        (caller) =>
          mayPass(view, caller, action) && this.#denialsOf(action, caller).sure.length === 0,
      )
  }

  /** The callers whom the pattern of the statement lets act with a document alone. */
  attested(view: StatementView, action: string, pattern: Pattern): CallerView[] {
    return this.#callers
      .of(pattern)
      .filter((caller) => this.#gateOf(view, action, caller).length > 0)
  }

  /** Whether anyone may change the policy. KMS API reference, "PutKeyPolicy": not across accounts. */
  get isManaged(): boolean {
    const isOwn = ({ principal: { type, account } }: CallerView): boolean =>
      this.#keyAccount === undefined || (type !== 'Service' && account === this.#keyAccount)
    return this.allows.some((view) =>
      patternsOf(view).some((pattern) =>
        this.passers(view, 'kms:putkeypolicy', pattern).some(isOwn),
      ),
    )
  }

  /** The most open of the statement's patterns. */
  opennessOfAny(view: StatementView, action: string): Openness {
    const found = patternsOf(view).map((pattern) => this.openness(view, action, pattern))
    if (found.includes('open')) return 'open'
    return found.includes('slipped') ? 'slipped' : 'closed'
  }

  /**
   * What a document has to meet for the action; null where the statement does not gate it: because a
   * call needs no document, or because none would help.
   */
  gate(view: StatementView, action: string): readonly AttestationCondition[] | null {
    if (!view.statement.action?.matches(action)) return null
    for (const pattern of patternsOf(view)) {
      for (const caller of this.#callers.of(pattern)) {
        const conditions = this.#gateOf(view, action, caller)
        if (conditions.length > 0) return conditions
      }
    }
    return null
  }

  /** None where no document would help the caller, or none is asked for. */
  #gateOf(
    view: StatementView,
    action: string,
    caller: CallerView,
  ): readonly AttestationCondition[] {
    if (!view.statement.action?.matches(action) || !mayMatch(view, caller, action)) return []
    const { sure } = this.#denialsOf(action, caller)
    if (sure.some(({ attestation }) => attestation.length === 0)) return []
    const own = view.passesUnattested ? [] : view.attestation
    return [...own, ...sure.flatMap(({ attestation }) => attestation)]
  }

  /** Whether any statement asks for a document to decrypt. */
  get gatesDecrypt(): boolean {
    return (this.#gatesDecrypt ??= this.allows.some(
      (view) => this.gate(view, 'kms:decrypt') !== null,
    ))
  }

  /** Whether nobody at all gets through without a document, not even by a grant. */
  isClosedToEveryone(action: string): boolean {
    return this.#denies.some(
      (view) =>
        view.statement.action?.matches(action) &&
        view.statement.resource?.expected.includes('*') &&
        view.passesUnattested &&
        view.others.length === 0 &&
        patternsOf(view).some(({ kind }) => kind === 'everyone'),
    )
  }

  #denialsOf(action: string, caller: CallerView): Denials {
    const name = `${action} ${caller.principal.arn}`
    const known = this.#denials.get(name)
    if (known) return known
    const aimed = this.#denies.filter((view) => isAimedAt(view, action, caller))
    const sure = aimed.filter(({ passesUnattested }) => passesUnattested)
    const denials = { sure, slips: aimed.some(isSlippery) }
    this.#denials.set(name, denials)
    return denials
  }
}

/** The pattern itself, or nobody for a statement that names everyone but some. */
export function patternsOf({ statement: { principal } }: StatementView): readonly Pattern[] {
  return principal && !principal.negated ? principal.patterns : []
}

/**
 * A Deny of what differs from a measurement, which a call without one escapes. A list of what is not
 * admitted is none: it leaves calls without a document to the Allows.
 */
export function isSlippery(view: StatementView): boolean {
  const { allows, attestation, passesUnattested } = view
  if (allows || passesUnattested) return false
  const isNegated = attestation.some(({ name }) => name.operator.negated)
  const isList = attestation.some(
    ({ name, holdsUnattested }) =>
      !holdsUnattested && !name.operator.negated && name.operator.name !== 'Null',
  )
  return isNegated && !isList
}

function mayMatch(view: StatementView, caller: CallerView, action: string): boolean {
  return view.others.every(({ condition }) => judge(condition, caller, action) !== false)
}

function mayPass(view: StatementView, caller: CallerView, action: string): boolean {
  return view.passesUnattested && mayMatch(view, caller, action)
}

/** Whether a Deny is about the call for sure, whatever it wants of a document. */
function isAimedAt(view: StatementView, action: string, caller: CallerView): boolean {
  const { principal, resource, action: actions } = view.statement
  return (
    actions?.matches(action) === true &&
    resource?.negated === false &&
    resource.expected.includes('*') &&
    principal !== null &&
    matchPrincipal(principal, caller.principal, false) !== 'NONE' &&
    view.others.every(({ condition }) => judge(condition, caller, action) === true)
  )
}
