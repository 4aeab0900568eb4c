/**
 * What wildcard patterns are made of: `*` stands for any run of characters, `?` for exactly one. A
 * pattern is a list of tokens, so that a character that was put in for a policy variable is never
 * taken for a wildcard. Source: IAM user guide, "String condition operators" and "Resource".
 */

/** A UTF-16 code unit, `anyRun` or `anyOne`. */
export type Token = number
export const anyRun: Token = -1
export const anyOne: Token = -2

const star = 0x2a
const questionMark = 0x3f

/**
 * A token, or a text that stands for itself: a request's long value, which a policy can name a
 * thousand times, is never taken apart without need.
 */
export type Part = Token | string

/** The tokens of a text whose `*` and `?` are wildcards. */
export function wildcardTokens(text: string): Token[] {
  return literalTokens(text).map((unit) => {
    if (unit === star) return anyRun
    return unit === questionMark ? anyOne : unit
  })
}

/** The tokens of a text that stands for itself. */
export function literalTokens(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; at++) tokens.push(text.charCodeAt(at))
  return tokens
}

export function isWildcard(part: Part): boolean {
  return part === anyRun || part === anyOne
}

/** How many characters the parts stand for, those of `anyRun` left out. */
export function lengthOf(parts: readonly Part[]): number {
  let length = 0
  for (const part of parts) {
    if (typeof part === 'string') length += part.length
    else if (part !== anyRun) length++
  }
  return length
}

/** The text of parts without a wildcard. */
export function textOf(parts: readonly Part[]): string {
  let text = ''
  for (const part of parts) text += typeof part === 'string' ? part : String.fromCharCode(part)
  return text
}

/** The parts as tokens alone. */
export function tokensOf(parts: readonly Part[]): readonly Token[] {
  return parts.flatMap((part) => (typeof part === 'string' ? literalTokens(part) : part))
}

/** Whether parts without `anyRun` are what stands at a place of a text. */
export function fitAt(parts: readonly Part[], text: string, place: number): boolean {
  let at = place
  for (const part of parts) {
    if (typeof part === 'string') {
      if (!text.startsWith(part, at)) return false
      at += part.length
    } else {
      if (at >= text.length || (part !== anyOne && part !== text.charCodeAt(at))) return false
      at++
    }
  }
  return true
}
