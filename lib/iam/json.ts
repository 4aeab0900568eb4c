/**
 * A strict JSON reader for policy documents. It refuses what JSON.parse would let pass silently,
 * which is a member that is there twice, and nesting without bound; a number stays the text that the
 * author wrote, because a condition compares texts. Grammar: RFC 8259.
 */
import { PolicyError } from './policy-error.ts'

/** A JSON number, as it was written. */
export interface JsonNumber {
  readonly number: string
}

export type JsonObject = ReadonlyMap<string, Json>
export type Json = string | boolean | null | JsonNumber | JsonObject | readonly Json[]

/** The house's limit for JSON from outside. */
const maxDepth = 32

const whitespace = /[ \t\n\r]*/y
const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// A control character has to be escaped; a quotation mark or a backslash always.
// eslint-disable-next-line no-control-regex
const stringForm = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const literals: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

/** Reads a whole text as one JSON value; throws PolicyError with the path of what is wrong. */
export function readJson(text: string): Json {
  const reader = new Reader(text)
  const value = reader.value('', 0)
  reader.end()
  return value
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** The path of a member: `Statement[0].Effect`. */
export function memberPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(path: string, depth: number): Json {
    if (depth > maxDepth) throw new PolicyError(path, `nested deeper than ${maxDepth} levels`)
    this.#take(whitespace)
    const next = this.#text[this.#at]
    if (next === '{') return this.#object(path, depth)
    if (next === '[') return this.#list(path, depth)
    if (next === '"') return this.#string(path)
    for (const [word, value] of literals) {
      if (this.#skip(word)) return value
    }
    const number = this.#take(numberForm)
    if (number) return { number }
    throw this.#unexpected(path)
  }

  end(): void {
    this.#take(whitespace)
    if (this.#at < this.#text.length) throw this.#unexpected('')
  }

  #object(path: string, depth: number): JsonObject {
    const members = new Map<string, Json>()
    this.#at++
    this.#take(whitespace)
    if (this.#skip('}')) return members
    do {
      this.#take(whitespace)
      const name = this.#string(path)
      const here = memberPath(path, name)
      if (members.has(name)) throw new PolicyError(here, `the member is there twice: ${name}`)
      this.#take(whitespace)
      if (!this.#skip(':')) throw this.#unexpected(here)
      members.set(name, this.value(here, depth + 1))
      this.#take(whitespace)
    } while (this.#skip(','))
    if (!this.#skip('}')) throw this.#unexpected(path)
    return members
  }

  #list(path: string, depth: number): readonly Json[] {
    const items: Json[] = []
    this.#at++
    this.#take(whitespace)
    if (this.#skip(']')) return items
    do {
      items.push(this.value(`${path}[${items.length}]`, depth + 1))
      this.#take(whitespace)
    } while (this.#skip(','))
    if (!this.#skip(']')) throw this.#unexpected(path)
    return items
  }

  #string(path: string): string {
    const quoted = this.#take(stringForm)
    if (!quoted) throw this.#unexpected(path)
    return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1)
  }

  #skip(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #take(form: RegExp): string {
    form.lastIndex = this.#at
    const taken = form.exec(this.#text)?.[0] ?? ''
    this.#at += taken.length
    return taken
  }

  #unexpected(path: string): PolicyError {
    const before = this.#text.slice(0, this.#at)
    const line = before.split('\n').length
    const column = this.#at - before.lastIndexOf('\n')
    const what = this.#at < this.#text.length ? 'an unexpected character' : 'it ends too early'
    return new PolicyError(path, `not JSON: ${what} at line ${line}, column ${column}`)
  }
}
