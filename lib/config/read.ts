/**
 * Readers of config members: each takes a value as YAML or JSON gave it, and gives what the program
 * uses. A reader refuses what is not exactly wanted, and names the member at fault.
 */
import { ConfigError } from './config-error.ts'
import { suggestion } from './nearest.ts'

/** Where a value stands: its path in the file, and how files beside it are read. */
export interface Place {
  /** `keys[2].policy`; empty for the whole file. */
  readonly path: string
  /** The folder that paths in the config are relative to. */
  readonly baseDir: string
  /** A file's bytes, at least one more than so many of a longer; throws when it cannot be read. */
  readonly readFile: (path: string, maxBytes?: number) => Uint8Array
}

/** Gets `undefined` for a member that is absent. */
export type Read<T> = (value: unknown, place: Place) => T

export function inside(place: Place, step: string): Place {
  const path =
    place.path === '' || step.startsWith('[') ? place.path + step : `${place.path}.${step}`
  return { ...place, path }
}

export function wrong(place: Place, text: string): ConfigError {
  return new ConfigError(place.path || 'config', text)
}

/** What a value is, for a refusal; the value itself may be a secret and is not shown. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'an empty value'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`
}

/** The refusal of a value of another type. */
export function wants(place: Place, want: string, value: unknown): ConfigError {
  const hint = typeof value === 'number' || typeof value === 'boolean' ? '; put it in quotes' : ''
  const isText = /^(a|one|the) .*text/.test(want)
  return wrong(place, `want ${want}, got ${kindOf(value)}${isText ? hint : ''}`)
}

/** Ours: a longer text has not just been mistyped, and may be a secret in the wrong place. */
const maxShown = 32

/** The refusal of a number out of range, or of a word that is not one of few: it is shown. */
export function wantsOf(place: Place, want: string, value: unknown, more = ''): ConfigError {
  const isShort = typeof value === 'string' && value.length <= maxShown
  const isShown = isShort || typeof value === 'number' || typeof value === 'boolean'
  return wrong(place, `want ${want}, got ${isShown ? JSON.stringify(value) : kindOf(value)}${more}`)
}

export function optional<T>(read: Read<T>): Read<T | undefined> {
  return (value, place) => (value === undefined ? undefined : read(value, place))
}

export function withDefault<T>(read: Read<T>, fallback: T): Read<T> {
  return (value, place) => (value === undefined ? fallback : read(value, place))
}

/** A text that matches a form; `want` describes it. */
export function text(want = 'a text', form = /^[^]*$/): Read<string> {
  return (value, place) => {
    if (typeof value !== 'string') throw wants(place, want, value)
    if (!form.test(value)) throw wrong(place, `want ${want}`)
    return value
  }
}

export function oneOf<const T extends string>(...choices: readonly T[]): Read<T> {
  const want = choices.join(', ').replace(/, ([^,]*)$/, ' or $1')
  return (value, place) => {
    const found = choices.find((choice) => choice === value)
    if (found !== undefined) return found
    throw wantsOf(place, want, value)
  }
}

/** A whole number, as a number or as decimal digits. */
export function whole(least: number, most: number): Read<number> {
  const want = `a whole number from ${String(least)} to ${String(most)}`
  return (value, place) => {
    const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
    const isWhole = typeof number === 'number' && Number.isInteger(number)
    if (!isWhole || number < least || number > most) throw wantsOf(place, want, value)
    return number
  }
}

/** An account id. YAML reads unquoted digits as a number, and drops zeros in front. */
export function accountId(value: unknown, place: Place): string {
  const digits = typeof value === 'number' ? String(value) : value
  if (typeof digits === 'string' && /^\d{12}$/.test(digits)) return digits
  if (typeof value === 'number') {
    throw wrong(place, 'want twelve digits; put an account id in quotes')
  }
  throw typeof value === 'string'
    ? wrong(place, 'want twelve digits')
    : wants(place, 'twelve digits', value)
}

export function list<T>(read: Read<T>): Read<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw wants(place, 'a list', value)
    return value.map((item, index) => read(item, inside(place, `[${String(index)}]`)))
  }
}

/** A map whose names are free. */
export function mapOf<T>(read: Read<T>): Read<Readonly<Record<string, T>>> {
  return (value, place) => {
    const entries = Object.entries(mapEntries(value, place))
    return Object.fromEntries(
      entries.map(([name, item]) => [name, read(item, inside(place, name))]),
    )
  }
}

function mapEntries(value: unknown, place: Place): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw wants(place, 'a map', value)
}

/** A reader for each member. */
export type RowsOf<T> = { readonly [K in keyof T]: Read<T[K]> }

/** A map whose members are these rows and no others. */
export function record<T extends object>(rows: RowsOf<T>): Read<T> {
  return (value, place) => {
    const given = mapEntries(value, place)
    const names = Object.keys(rows) as (keyof T & string)[]
    for (const name of Object.keys(given)) {
      if (Object.hasOwn(rows, name)) continue
      throw wrong(inside(place, name), `unknown member${suggestion(name, names)}`)
    }
    const members = names.map((name) => {
      const member = Object.hasOwn(given, name) ? given[name] : undefined
      return [name, rows[name](member, inside(place, name))] as const
    })
    return Object.fromEntries(members) as T
  }
}

/** A list in which no two items have the same name of a kind. */
export function checkDistinct(
  place: Place,
  what: string,
  named: Iterable<readonly [name: string, path: string]>,
): void {
  const seen = new Map<string, string>()
  for (const [name, path] of named) {
    const first = seen.get(name)
    if (first !== undefined) {
      throw wrong(inside(place, path), `the same ${what} as ${inside(place, first).path}`)
    }
    seen.set(name, path)
  }
}
