/**
 * What a recorded case expects of an answer (corpus/recorded/README.md): exact values, structures
 * with exactly the members listed, and matchers. `mismatch` says where an answer differs first.
 */
import { isDeepStrictEqual } from 'node:util'
import { isPlainObject } from './recorded-values.ts'

/** Undefined when the matcher holds, else what is wrong. */
type Matcher = (argument: unknown, actual: unknown, path: string) => string | undefined

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  bytes: (value) => value instanceof Uint8Array,
  date: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  string: (value) => typeof value === 'string',
}

const matchers: Readonly<Record<string, Matcher>> = {
  $type: (type, actual, path) =>
    types[type as string]?.(actual) ? undefined : wanted(path, `a ${String(type)}`, actual),

  $length: (length, actual, path) =>
    (actual as { length?: number } | undefined)?.length === length
      ? undefined
      : wanted(path, `length ${String(length)}`, actual),

  $match: (pattern, actual, path) =>
    typeof actual === 'string' && new RegExp(pattern as string).test(actual)
      ? undefined
      : wanted(path, `a text like ${String(pattern)}`, actual),

  $not: (value, actual, path) =>
    actual !== undefined && mismatch(value, actual, path) !== undefined
      ? undefined
      : wanted(path, `anything but ${print(value)}`, actual),

  $oneOf: (values, actual, path) =>
    (values as unknown[]).some((value) => mismatch(value, actual, path) === undefined)
      ? undefined
      : wanted(path, `one of ${print(values)}`, actual),

  $json: (value, actual, path) => {
    let parsed: unknown
    try {
      parsed = JSON.parse(actual as string)
    } catch {
      return wanted(path, 'a JSON text', actual)
    }
    return mismatch(value, parsed, `${path}(parsed)`)
  },

  $absent: (_, actual, path) =>
    actual === undefined ? undefined : wanted(path, 'nothing', actual),

  $list: (argument, actual, path) => {
    const { before, known } = argument as { before: string; known: string[] }
    const text = typeof actual === 'string' ? actual : ''
    const list = text.startsWith(before) ? /^\[(.*)\]$/s.exec(text.slice(before.length)) : null
    const named = list?.[1]?.split(', ') ?? []
    return list && known.every((value) => named.includes(value))
      ? undefined
      : wanted(path, `${before}[a list with ${known.join(', ')}]`, actual)
  },
}

/** What of `actual` is not as expected, with its path; undefined when all is. */
export function mismatch(expected: unknown, actual: unknown, path = 'answer'): string | undefined {
  if (expected instanceof Uint8Array) {
    const same = actual instanceof Uint8Array && Buffer.from(expected).equals(actual)
    return same ? undefined : wanted(path, print(expected), actual)
  }
  if (Array.isArray(expected)) return listMismatch(expected, actual, path)
  if (!isPlainObject(expected)) {
    return isDeepStrictEqual(expected, actual) ? undefined : wanted(path, print(expected), actual)
  }
  const names = Object.keys(expected)
  const asked = names.filter((name) => Object.hasOwn(matchers, name))
  if (asked.length === 0) return structureMismatch(expected, actual, path)
  if (asked.length < names.length) return `${path}: matchers and members stand in one object`
  for (const name of asked) {
    const problem = matchers[name]?.(expected[name], actual, path)
    if (problem !== undefined) return problem
  }
  return undefined
}

function listMismatch(expected: unknown[], actual: unknown, path: string): string | undefined {
  if (!Array.isArray(actual)) return wanted(path, 'a list', actual)
  if (actual.length !== expected.length) {
    return wanted(path, `a list of ${expected.length}`, actual)
  }
  for (const [i, item] of expected.entries()) {
    const problem = mismatch(item, actual[i], `${path}.${i}`)
    if (problem !== undefined) return problem
  }
  return undefined
}

function structureMismatch(
  expected: Record<string, unknown>,
  actual: unknown,
  path: string,
): string | undefined {
  if (!isPlainObject(actual)) return wanted(path, 'a structure', actual)
  const { $open: open, $mayAlso: mayAlso, ...members } = expected
  const allowed = new Set([...Object.keys(members), ...((mayAlso as string[] | undefined) ?? [])])
  for (const [name, value] of Object.entries(actual)) {
    if (open !== true && value !== undefined && value !== null && !allowed.has(name)) {
      return wanted(`${path}.${name}`, 'nothing', value)
    }
  }
  for (const [name, value] of Object.entries(members)) {
    const problem = mismatch(value, actual[name] ?? undefined, `${path}.${name}`)
    if (problem !== undefined) return problem
  }
  return undefined
}

function wanted(path: string, what: string, actual: unknown): string {
  return `${path}: wanted ${what}, got ${print(actual)}`
}

function print(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value instanceof Uint8Array)
    return `${value.length} bytes ${Buffer.from(value).toString('hex', 0, 32)}`
  return JSON.stringify(value)
}
