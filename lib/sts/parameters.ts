/**
 * The parameters of STS's actions, as the query protocol writes them (`Tags.member.1.Key`), and
 * their constraints. Refuses what breaks one with ValidationError in AWS's words, and what is no
 * integer with MalformedInput.
 */
import { StsError } from './errors.ts'

/** A form's parameters, by name. */
export type Form = ReadonlyMap<string, string>

/** Where a parameter stands: its name in the form, and the name that AWS's texts have for it. */
interface Place {
  readonly name: string
  readonly path: string
}

export interface Parameter<T> {
  read(form: Form, place: Place, violations: string[]): T
}

export type Parameters<T> = { readonly [K in keyof T]: Parameter<T[K]> }

/** Ours: as KMS here, the first ten errors are told. */
const maxViolations = 10

/** Ours: no longer value is repeated to whoever sent it. */
const maxShown = 2048

/** Reads the parameters of an action. Throws ValidationError or MalformedInput. */
export function readParameters<T extends object>(form: Form, rows: Parameters<T>): T {
  const violations: string[] = []
  const input = readMembers(form, rows, { name: '', path: '' }, violations)
  const count = violations.length
  if (count === 0) return input
  throw new StsError(
    'ValidationError',
    `${String(count)} validation error${count > 1 ? 's' : ''} detected: ${violations.join('; ')}`,
  )
}

function readMembers<T extends object>(
  form: Form,
  rows: Parameters<T>,
  place: Place,
  violations: string[],
): T {
  const names = Object.keys(rows) as (keyof T & string)[]
  const read = names.map((name) => {
    const own = name.charAt(0).toLowerCase() + name.slice(1)
    const member = {
      name: place.name === '' ? name : `${place.name}.${name}`,
      path: place.path === '' ? own : `${place.path}.${own}`,
    }
    return [name, rows[name].read(form, member, violations)] as const
  })
  return Object.fromEntries(read) as T
}

/** `value` as AWS prints it: `'text' `, `null ` or, where it must not be repeated, nothing. */
function violate(violations: string[], value: string, path: string, text: string): void {
  if (violations.length === maxViolations) return
  violations.push(`Value ${value}at '${path}' failed to satisfy constraint: ${text}`)
}

function printed(value: string): string {
  return value.length <= maxShown ? `'${value}' ` : ''
}

const notNull = 'Member must not be null'

export interface TextRow {
  /** Characters. */
  readonly min: number
  readonly max: number
  /** As the model writes it; all characters are allowed where there is none. */
  readonly pattern?: string
  /** The pattern as this program matches it, where it is not written the same. */
  readonly form?: RegExp
  /** The value is in no answer. */
  readonly sensitive?: boolean
}

export function text(row: TextRow): Parameter<string | undefined> {
  const checks = checksOf(row)
  return {
    read(form, { name, path }, violations) {
      const value = form.get(name)
      if (value === undefined) return undefined
      for (const { holds, wanted } of checks) {
        if (!holds(value)) violate(violations, row.sensitive ? '' : printed(value), path, wanted)
      }
      return value
    },
  }
}

interface TextCheck {
  readonly wanted: string
  readonly holds: (value: string) => boolean
}

/** In the order in which AWS names them. */
function checksOf({ min, max, pattern, form }: TextRow): TextCheck[] {
  const checks: TextCheck[] = []
  if (pattern !== undefined) {
    const whole = form ?? new RegExp(`^${pattern}$`, 'u')
    const wanted = `Member must satisfy regular expression pattern: ${pattern}`
    checks.push({ wanted, holds: (value) => whole.test(value) })
  }
  checks.push(
    {
      wanted: `Member must have length greater than or equal to ${String(min)}`,
      holds: (value) => value.length >= min,
    },
    {
      wanted: `Member must have length less than or equal to ${String(max)}`,
      holds: (value) => value.length <= max,
    },
  )
  return checks
}

/** A parameter that has to be there. */
export function required(parameter: Parameter<string | undefined>): Parameter<string> {
  return {
    read(form, place, violations) {
      const value = parameter.read(form, place, violations)
      if (value === undefined) violate(violations, 'null ', place.path, notNull)
      return value ?? ''
    },
  }
}

/** AWS's own: an integer of 32 bits. */
const integer = { form: /^[+-]?\d+$/, least: -(2 ** 31), most: 2 ** 31 - 1 }

/** Throws MalformedInput for what is no integer, before any constraint is looked at. */
export function whole(min: number, max: number): Parameter<number | undefined> {
  return {
    read(form, { name, path }, violations) {
      const given = form.get(name)
      if (given === undefined) return undefined
      const value = integer.form.test(given) ? Number(given) : NaN
      if (!(value >= integer.least && value <= integer.most)) {
        throw new StsError('MalformedInput', `${path} is no integer of 32 bits`)
      }
      const wants = (wanted: string) => {
        violate(violations, printed(given), path, wanted)
      }
      if (value < min) wants(`Member must have value greater than or equal to ${String(min)}`)
      if (value > max) wants(`Member must have value less than or equal to ${String(max)}`)
      return value
    },
  }
}

/** A list of texts: `TransitiveTagKeys.member.1`. */
export function listOf(
  member: Parameter<string | undefined>,
  max: number,
): Parameter<readonly string[]> {
  return {
    read(form, place, violations) {
      const values: string[] = []
      for (const at of members(place)) {
        if (!form.has(at.name)) break
        if (isFull(values, max, place, violations)) break
        values.push(member.read(form, at, violations) ?? '')
      }
      return values
    },
  }
}

/** A list of structures: `Tags.member.1.Key`. */
export function structures<T extends object>(
  rows: Parameters<T>,
  max: number,
): Parameter<readonly T[]> {
  const names = Object.keys(rows)
  return {
    read(form, place, violations) {
      const values: T[] = []
      for (const at of members(place)) {
        if (!names.some((name) => form.has(`${at.name}.${name}`))) break
        if (isFull(values, max, place, violations)) break
        values.push(readMembers(form, rows, at, violations))
      }
      return values
    },
  }
}

/** AWS counts from 1. */
function* members({ name, path }: Place): Generator<Place> {
  for (let index = 1; ; index++) {
    const step = `.member.${String(index)}`
    yield { name: name + step, path: `${path}.${String(index)}.member` }
  }
}

function isFull(values: readonly unknown[], max: number, { path }: Place, to: string[]): boolean {
  if (values.length < max) return false
  violate(to, '', path, `Member must have length less than or equal to ${String(max)}`)
  return true
}
