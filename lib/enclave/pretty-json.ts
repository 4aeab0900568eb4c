/**
 * JSON as nitro-cli prints it, which is how Rust's serde_json does: two spaces to a level, and numbers
 * in their own form, so that none loses digits that JavaScript has no room for.
 */
import { isList, isObject, type Json, type JsonNumber } from '../iam/json.ts'

/** The text, without a line end after it. Members keep the order of their map. */
export function prettyJson(value: Json, indent = ''): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const inner = `${indent}  `
  if (isObject(value)) {
    const members = [...value].map(
      ([name, member]) => `${inner}${JSON.stringify(name)}: ${prettyJson(member, inner)}`,
    )
    return enclosed('{', members, indent, '}')
  }
  if (isList(value)) {
    const items = value.map((item) => inner + prettyJson(item, inner))
    return enclosed('[', items, indent, ']')
  }
  return printedNumber(value)
}

/** Members sorted by their UTF-8 bytes, in every object: how serde_json keeps what it does not know. */
export function sorted(value: Json): Json {
  if (isList(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const members = [...value].map(([name, member]) => [name, sorted(member)] as const)
  return new Map(members.sort(([one], [other]) => Buffer.compare(bytesOf(one), bytesOf(other))))
}

function bytesOf(name: string): Buffer {
  return Buffer.from(name)
}

function enclosed(open: string, parts: readonly string[], indent: string, close: string): string {
  if (parts.length === 0) return open + close
  return `${open}\n${parts.join(',\n')}\n${indent}${close}`
}

const integers = { least: -(2n ** 63n), most: 2n ** 64n - 1n }

/** Integers of 64 bits as they are; every other number is a double, and shows that it is. */
function printedNumber({ number }: JsonNumber): string {
  if (/^(?:0|-?[1-9]\d*)$/.test(number)) {
    const exact = BigInt(number)
    if (exact >= integers.least && exact <= integers.most) return number
  }
  const double = Number(number)
  const text = Object.is(double, -0) ? '-0' : String(double).replace('e+', 'e')
  return /[.e]/.test(text) ? text : `${text}.0`
}
