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

/** The line of an index in a text, 1-based. */
export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
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
      const start = this.#at
      const name = this.#string(path)
      const here = memberPath(path, name)
      if (members.has(name)) throw this.#wrong(here, `the member is there twice: ${name},`, start)
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
    const next = this.#text[this.#at]
    const before = this.#text.slice(0, this.#at).trimEnd()
    if ((next === '}' || next === ']') && before.endsWith(',')) {
      return this.#wrong(path, 'not JSON: a trailing comma', before.length - 1)
    }
    const what = next === undefined ? 'it ends too early' : 'an unexpected character'
    return this.#wrong(path, `not JSON: ${what}`, this.#at)
  }

  #wrong(path: string, what: string, at: number): PolicyError {
    const line = lineOf(this.#text, at)
    const column = at - this.#text.lastIndexOf('\n', at - 1)
    const message = `${what} at line ${line}, column ${column}`
    return new PolicyError(path, message, message, line)
  }
}
