/**
 * The body of a request, from bytes to a JSON object. Refuses, with SerializationException, what is
 * not UTF-8, not JSON (RFC 8259), not an object, or nested deeper than 32. An empty body is `{}`.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import { Fault } from '../faults.ts'

/** Ours, as the body's limit of 1 MiB is: KMS's deepest input has four levels. */
const maxDepth = 32

const [quote, backslash] = [0x22, 0x5c]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

/**
 * Of several members of one name the last one counts, as in JSON.parse. What is not JSON is refused
 * without a text, as AWS's JSON 1.1 services do.
 *
 * @throws Fault SerializationException
 */
export function parseJsonBody(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {}
  const text = readText(body)
  if (hasManyBrackets(text) && isTooDeep(body)) {
    throw new Fault('SerializationException', `the body is nested deeper than ${maxDepth}`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Fault('SerializationException')
  }
  if (!isObject(value)) throw new Fault('SerializationException')
  return value
}

/** Nearly every body is ASCII, which is decoded much faster than UTF-8. */
function readText(body: Buffer): string {
  if (isAscii(body)) return body.toString('latin1')
  if (isUtf8(body)) return body.toString('utf8')
  throw new Fault('SerializationException')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Few bodies have more than 32 brackets: only those are worth a walk over their bytes. */
function hasManyBrackets(text: string): boolean {
  let count = 0
  for (const bracket of ['{', '[']) {
    let at = text.indexOf(bracket)
    while (at !== -1) {
      count += 1
      if (count > maxDepth) return true
      at = text.indexOf(bracket, at + 1)
    }
  }
  return false
}

/** Bytes of a character beyond ASCII are never brackets, quotes or backslashes in UTF-8. */
function isTooDeep(body: Buffer): boolean {
  let depth = 0
  let inText = false
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i]
    if (inText) {
      if (byte === backslash) i += 1
      else if (byte === quote) inText = false
    } else if (byte === quote) {
      inText = true
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1
      if (depth > maxDepth) return true
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1
    }
  }
  return false
}
