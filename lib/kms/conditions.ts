/**
 * The condition keys of a request: those that its operation states, the rows and families of
 * lib/kms/context, and what a session keeps of a web identity's claims. Source: service authorization
 * reference for KMS; KMS developer guide, "AWS KMS condition keys"; IAM user guide, "AWS global
 * condition context keys".
 */
import type { ContextValue, RequestContext } from '../iam/request.ts'
import type { Facts } from './context/facts.ts'
import { families, FamilyValues } from './context/families.ts'
import { globalRows } from './context/global-keys.ts'
import { kmsRows } from './context/kms-keys.ts'

export type { Conditions, Connection, Facts, Membership } from './context/facts.ts'

const rows = Object.entries({ ...globalRows, ...kmsRows })
const byLowerCaseName = new Map(rows.map(([name, row]) => [name.toLowerCase(), row]))

/** The request context of the facts: every value is computed when a policy asks for it. */
export class KmsContext implements RequestContext {
  readonly #facts: Facts
  /** Both are made when a policy asks for such a key. */
  #families: FamilyValues | undefined
  #lists: Map<string, ContextValue> | undefined

  constructor(facts: Facts) {
    this.#facts = facts
  }

  get(lowerCaseKey: string): ContextValue | undefined {
    // What the operation states wins over a row that describes the key.
    const stated = memberOf(this.#facts.conditions, lowerCaseKey)
    if (stated !== undefined) return stated
    const row = byLowerCaseName.get(lowerCaseKey)
    if (!row) return this.#unlisted(lowerCaseKey)
    const known = this.#lists?.get(lowerCaseKey)
    if (known !== undefined) return known
    const value = row(this.#facts)
    // A list can be long, and who reads it (lib/iam/operators.ts) knows it by its identity.
    if (typeof value === 'object') (this.#lists ??= new Map()).set(lowerCaseKey, value)
    return value
  }

  *entries(): Generator<readonly [key: string, value: ContextValue]> {
    const { conditions, caller } = this.#facts
    const seen = new Set<string>()
    for (const [key, value] of Object.entries(conditions)) {
      if (!key.includes(':') || value === undefined) continue
      seen.add(key.toLowerCase())
      yield [key, value as ContextValue]
    }
    for (const [key, row] of rows) {
      const value = seen.has(key.toLowerCase()) ? undefined : row(this.#facts)
      if (value !== undefined) yield [key, value]
    }
    for (const { prefix, members } of families) {
      for (const [suffix, value] of members(this.#facts)) {
        if (!seen.has((prefix + suffix).toLowerCase())) yield [prefix + suffix, value]
      }
    }
    for (const [key, value] of Object.entries(caller.claims ?? {})) {
      // A provider's name can be such that its keys are AWS's own, which hide them.
      if (this.get(key.toLowerCase()) === value) yield [key, value]
    }
  }

  /** A key that has no row: its name is the request's own, or a provider's. */
  #unlisted(lowerCaseKey: string): ContextValue | undefined {
    const families = (this.#families ??= new FamilyValues(this.#facts))
    const value = families.get(lowerCaseKey)
    const { claims } = this.#facts.caller
    return value === undefined && claims ? memberOf(claims, lowerCaseKey) : value
  }
}

type Named = Readonly<Record<`${string}:${string}`, ContextValue | undefined>>

function memberOf(values: Named, lowerCaseKey: string): ContextValue | undefined {
  for (const key in values) {
    if (key.length === lowerCaseKey.length && key.toLowerCase() === lowerCaseKey) {
      return values[key as keyof Named]
    }
  }
  return undefined
}
