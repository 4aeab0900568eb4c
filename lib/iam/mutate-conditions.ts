/**
 * The changes of a statement's conditions: one gone, one of its values gone, a measurement zeroed,
 * and operators under which more passes. Where an operator that a condition would move to has its
 * key already, there is no such change: the values of both would be one list.
 */
import { parseOperator, type OperatorName } from './condition.ts'
import { negationOf } from './operators.ts'
import { askedOf, caseBeyond } from './missing-case.ts'
import {
  listOf,
  type Change,
  type ConditionSource,
  type ConditionValue,
  type StatementSource,
} from './written-policy.ts'

/** One key under one operator. */
interface Place {
  readonly statement: StatementSource
  readonly operator: string
  readonly name: OperatorName
  readonly key: string
  readonly values: readonly ConditionValue[]
}

/** What a place becomes; null: nothing. */
interface Becomes {
  readonly operator: string
  readonly values: readonly ConditionValue[]
}

/** Of a long list, one change at a time. */
const rows: readonly ((place: Place) => Iterable<Change>)[] = [
  dropKey,
  dropValue,
  zeroRegister,
  addIfExists,
  takeAnyText,
  takeLongerText,
  negate,
  turnBoolean,
]

export function* conditionChanges(statement: StatementSource): Generator<Change, void> {
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    const name = parseOperator(operator)
    if (!name) continue
    for (const [key, values] of Object.entries(keys)) {
      const place = { statement, operator, name, key, values: listOf(values) }
      for (const row of rows) yield* row(place)
    }
  }
}

function dropKey(place: Place): Change[] {
  const { statement, operator, key } = place
  const missing = caseBeyond(statement, `${askedOf(statement)} without ${wanted(place)}`)
  return change(place, `without the condition ${operator} ${key}`, null, { missing })
}

/** One of several: without its last, the condition would be another. */
function* dropValue(place: Place): Generator<Change, void> {
  const { operator, values, key } = place
  if (values.length < 2) return
  for (const [index, value] of values.entries()) {
    const words = `${operator} ${key} without ${shown(value)}`
    const becomes = { operator, values: values.toSpliced(index, 1) }
    yield* change(place, words, becomes, { index })
  }
}

/** SHA-384: what a register of an enclave in debug mode has. */
const zeroes = '0'.repeat(96)

function* zeroRegister(place: Place): Generator<Change, void> {
  const { operator, values, key } = place
  if (!/^kms:recipientattestation:/i.test(key)) return
  for (const [index, value] of values.entries()) {
    if (typeof value !== 'string' || !/^[0-9a-f]{96}$/i.test(value)) continue
    const words = `${operator} ${key} zeros in place of ${shown(value)}`
    yield* change(place, words, { operator, values: values.with(index, zeroes) }, { index })
  }
}

function addIfExists(place: Place): Change[] {
  const { statement, name, operator, key, values } = place
  if (name.ifExists || name.operator.name === 'Null') return []
  const missing = caseBeyond(statement, `${askedOf(statement)} without any ${key}`)
  return moved(place, { operator: `${operator}IfExists`, values }, missing)
}

/** `*` under the operator's Like: any value passes, or for a negated operator none. */
function takeAnyText(place: Place): Change[] {
  const { statement, name, key } = place
  if (!name.operator.name.startsWith('String')) return []
  if (name.operator.negated) {
    return moved(place, { operator: spelt(name, 'StringNotLike'), values: ['*'] })
  }
  const missing = caseBeyond(statement, `${askedOf(statement)} with another ${key}`)
  return moved(place, { operator: spelt(name, 'StringLike'), values: ['*'] }, missing)
}

/** Of an encryption context, all that begins alike: `tenant-1` becomes `tenant-10`, too. */
function takeLongerText(place: Place): Change[] {
  const { name, key, values } = place
  if (!/^kms:encryptioncontext:/i.test(key)) return []
  if (!name.operator.name.startsWith('String') || name.operator.negated) return []
  const longer = values.map((value) => `${String(value).replace(/\*+$/, '')}*`)
  return moved(place, { operator: spelt(name, 'StringLike'), values: longer })
}

function negate(place: Place): Change[] {
  const negation = negationOf(place.name.operator)
  if (!negation) return []
  return moved(place, { operator: spelt(place.name, negation.name), values: place.values })
}

/** Bool and Null have no negation but their other value. */
function* turnBoolean(place: Place): Generator<Change, void> {
  const { name, operator, values, key } = place
  if (name.operator.name !== 'Bool' && name.operator.name !== 'Null') return
  for (const [index, value] of values.entries()) {
    const other = String(String(value).toLowerCase() !== 'true')
    const words = `${operator} ${key} ${other} in place of ${shown(value)}`
    yield* change(place, words, { operator, values: values.with(index, other) }, { index })
  }
}

/** The operator's name with the qualifier and the IfExists that it has. */
function spelt({ qualifier, ifExists }: OperatorName, operator: string): string {
  return `${qualifier === null ? '' : `${qualifier}:`}${operator}${ifExists ? 'IfExists' : ''}`
}

/** The values under another operator, or other values there. */
function moved(place: Place, becomes: Becomes, missing?: string): Change[] {
  const { operator, key, values } = place
  const what = becomes.values === values ? '' : ` ${becomes.values.map(shown).join(', ')}`
  const from =
    what === '' || becomes.operator !== operator ? operator : values.map(shown).join(', ')
  const words = `${becomes.operator} ${key}${what} in place of ${from}`
  return change(place, words, becomes, missing === undefined ? {} : { missing })
}

interface Details {
  /** Of the one value that is changed. */
  readonly index?: number
  /** The case that would notice it. */
  readonly missing?: string
}

function change(
  place: Place,
  words: string,
  becomes: Becomes | null,
  { index, ...missing }: Details,
): Change[] {
  const { statement, operator, key } = place
  const { [operator]: from = {}, ...others } = statement.Condition ?? {}
  const { [key]: _, ...kept } = from
  const rest: ConditionSource =
    Object.keys(kept).length > 0 ? { ...others, [operator]: kept } : others
  const there = becomes ? (rest[becomes.operator] ?? {}) : {}
  if (Object.hasOwn(there, key)) return []
  const Condition = becomes
    ? { ...rest, [becomes.operator]: { ...there, [key]: becomes.values } }
    : rest
  const at = `.Condition.${operator}.${key}${index === undefined ? '' : `[${index}]`}`
  return [{ words, ...missing, place: at, replacement: { ...statement, Condition } }]
}

/** What the condition asks for. */
function wanted({ operator, key, values }: Place): string {
  return `${operator} ${key} ${values.map(shown).join(' or ')}`
}

/** Of a digest the beginning is enough to tell it by. */
function shown(value: ConditionValue): string {
  const text = String(value)
  return text.length > 64 ? `${text.slice(0, 16)}…` : text
}
