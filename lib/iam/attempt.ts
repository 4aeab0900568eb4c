/**
 * One way to make a denied request allowed, while it is looked for: the changes so far, what each of
 * them is, and what they cost. A change that contradicts an earlier one is none.
 */
import { canonicalKey, platformOf, principalNamed } from './changed-request.ts'
import type { ConditionChange } from './condition-change.ts'
import type { Statement } from './document.ts'
import type { Grant } from './grant.ts'
import type { Need } from './nearest-words.ts'
import type { PolicyType } from './policy-set.ts'
import type { ContextValue } from './request.ts'
import { noChanges, type Changes, type StatementPart } from './what-if.ts'

/**
 * Ours: an element is one change, and a document with all its registers. Of equally many, those of
 * the request come before those of a policy: so little apart that fewer changes come before more. A
 * slip of the pen comes first, and another caller counts as two. A statement of the key policy that
 * is to be written would help whatever the request was, and counts as three. What opens the key to
 * calls without a document comes after anything else that is found.
 */
export const costs = {
  /** A value or a name that the author of the policy all but wrote. */
  slip: 0.9,
  condition: 1,
  /** A document's other registers: it is one document that would have to be another. */
  register: 0.001,
  element: 1.02,
  conditionOfPolicy: 1.04,
  waived: 1.06,
  newPolicy: 1.06,
  principal: 2.08,
  /** Of its principals nobody knows which. */
  account: 2.09,
  newKeyStatement: 3.3,
  /** On top: a request that would do without a document, where others need one. */
  unattested: 0.005,
  /** On top: as much as all changes of another way together. */
  opening: 8,
} as const

export type ContextEntry = readonly [lowerCaseKey: string, value: ContextValue | undefined]

export class Attempt {
  readonly changes: Changes
  readonly needs: readonly Need[]
  readonly cost: number
  /** Keys whose value is any of many. */
  readonly #anyKeys: ReadonlySet<string>
  #name: string | undefined

  private constructor(
    changes: Changes,
    needs: readonly Need[],
    cost: number,
    anyKeys: ReadonlySet<string>,
  ) {
    this.changes = changes
    this.needs = needs
    this.cost = cost
    this.#anyKeys = anyKeys
  }

  static none(): Attempt {
    return new Attempt(noChanges, [], 0, new Set())
  }

  /** Null where an earlier change gave a key another value, or the document another platform. */
  withContext(need: Need, entries: readonly ContextEntry[], isAny = false): Attempt | null {
    const context = new Map(this.changes.context)
    const anyKeys = new Set(this.#anyKeys)
    for (const [lowerCaseKey, value] of entries) {
      const key = canonicalKey(lowerCaseKey)
      if (context.has(key) && !anyKeys.has(key) && !isSame(context.get(key), value)) return null
      context.set(key, value)
      if (isAny) anyKeys.add(key)
      else anyKeys.delete(key)
    }
    const platforms = new Set(
      [...context].map(([key, value]) => (value === undefined ? null : platformOf(key))),
    )
    if (platforms.has('nitro-enclave') && platforms.has('nitro-tpm')) return null
    const isOfDocument = entries.every(([key]) => platformOf(key) !== null)
    const hasDocument = [...this.changes.context.keys()].some((key) => platformOf(key) !== null)
    const cost = isOfDocument && hasDocument ? costs.register : costs.condition
    return this.#next(need, cost, { context }, anyKeys)
  }

  withCondition(need: Need, lowerCaseKey: string, change: ConditionChange): Attempt | null {
    return this.withContext(need, [[lowerCaseKey, change.value]], change.isAny)
  }

  /** Null for a name that is no caller's, and where there is another caller already. */
  withPrincipal(need: Need, name: string, sessionName: string): Attempt | null {
    const principal = principalNamed(name, sessionName)
    if (!principal || this.changes.principal) return null
    const isAccount = principal.type === 'Account'
    return this.#next(need, isAccount ? costs.account : costs.principal, { principal })
  }

  withHolding(need: Need, part: StatementPart | Grant, cost: number): Attempt {
    return this.#next(need, cost, { holding: new Set([...this.changes.holding, part]) })
  }

  /** One slip in all of a statement's values is one mistake: so many registers in capitals, say. */
  withSlip(need: Need, part: StatementPart): Attempt {
    const isFirst = !this.needs.some(
      ({ of, element, index, words }) =>
        of === 'POLICY' && element === need.element && index === need.index && words !== '',
    )
    return this.withHolding(need, part, isFirst ? costs.slip : costs.register)
  }

  withWaived(need: Need, statement: Statement): Attempt {
    return this.#next(need, costs.waived, {
      waived: new Set([...this.changes.waived, statement]),
    })
  }

  withAllowing(need: Need, type: PolicyType): Attempt | null {
    if (this.changes.allowing.has(type)) return null
    const cost = type === 'RESOURCE_BASED_POLICY' ? costs.newKeyStatement : costs.newPolicy
    return this.#next(need, cost, { allowing: new Set([...this.changes.allowing, type]) })
  }

  /** The same, to be tried later. */
  dearer(cost: number): Attempt {
    return new Attempt(this.changes, this.needs, this.cost + cost, this.#anyKeys)
  }

  /** Equal for the same changes, wherever in a policy its statements stand. */
  get name(): string {
    this.#name ??= JSON.stringify(this.needs.map((need) => ({ ...need, index: null, by: null })))
    return this.#name
  }

  #next(
    need: Need,
    cost: number,
    changes: Partial<Changes>,
    anyKeys: ReadonlySet<string> = this.#anyKeys,
  ): Attempt {
    const all = { ...this.changes, ...changes }
    return new Attempt(
      all,
      [...this.needs, { ...need, by: this.changes.principal }],
      this.cost + cost,
      anyKeys,
    )
  }
}

function isSame(one: ContextValue | undefined, other: ContextValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
