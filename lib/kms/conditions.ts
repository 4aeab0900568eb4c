/**
 * The condition keys of a request: those that its operation states, and the rows and families of
 * lib/kms/context. Source: service authorization reference for KMS; KMS developer guide, "AWS KMS
 * condition keys"; IAM user guide, "AWS global condition context keys".
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
    const stated = this.#stated(lowerCaseKey)
    if (stated !== undefined) return stated
    const row = byLowerCaseName.get(lowerCaseKey)
    if (!row) return (this.#families ??= new FamilyValues(this.#facts)).get(lowerCaseKey)
    const known = this.#lists?.get(lowerCaseKey)
    if (known !== undefined) return known
    const value = row(this.#facts)
    // A list can be long, and who reads it (lib/iam/operators.ts) knows it by its identity.
    if (typeof value === 'object') (this.#lists ??= new Map()).set(lowerCaseKey, value)
    return value
  }

  *entries(): Generator<readonly [key: string, value: ContextValue]> {
    const seen = new Set<string>()
    for (const [key, value] of Object.entries(this.#facts.conditions)) {
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
  }

  /** A key that the operation itself states; it wins over a row that describes the key. */
  #stated(lowerCaseKey: string): ContextValue | undefined {
    const { conditions } = this.#facts
    for (const key in conditions) {
      if (key.length === lowerCaseKey.length && key.toLowerCase() === lowerCaseKey) {
        return conditions[key as `kms:${string}`]
      }
    }
    return undefined
  }
}
