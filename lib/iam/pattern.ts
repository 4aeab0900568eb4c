/**
 * Wildcard patterns: `*` stands for any run of characters, `?` for exactly one. A pattern is a list
 * of tokens, so that a character that was put in for a policy variable is never taken for a
 * wildcard. Source: IAM user guide, "String condition operators" and "Resource".
 */

/** A UTF-16 code unit, `anyRun` or `anyOne`. */
export type Token = number
export const anyRun: Token = -1
export const anyOne: Token = -2

export type TextTest = (text: string) => boolean

/** The tokens of a text whose `*` and `?` are wildcards. */
export function wildcardTokens(text: string): Token[] {
  return Array.from({ length: text.length }, (_, at) => {
    const unit = text.charCodeAt(at)
    if (unit === star) return anyRun
    return unit === questionMark ? anyOne : unit
  })
}

/** The tokens of a text that stands for itself. */
export function literalTokens(text: string): Token[] {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
}

/** The test for a text whose `*` and `?` are wildcards. */
export function wildcardTest(text: string): TextTest {
  return patternTest(wildcardTokens(text))
}

/** Makes the test once; the forms that nearly every policy has need no walk over the tokens. */
export function patternTest(tokens: readonly Token[]): TextTest {
  const firstWildcard = tokens.findIndex((token) => token < 0)
  if (firstWildcard < 0) {
    const literal = textOf(tokens)
    return (text) => text === literal
  }
  if (firstWildcard === tokens.length - 1 && tokens[firstWildcard] === anyRun) {
    const prefix = textOf(tokens.slice(0, -1))
    return (text) => text.startsWith(prefix)
  }
  const shortest = tokens.filter((token) => token !== anyRun).length
  return (text) => text.length >= shortest && walk(tokens, text)
}

/** The text of tokens that hold no wildcard. */
export function textOf(tokens: readonly Token[]): string {
  let text = ''
  for (const token of tokens) text += String.fromCharCode(token)
  return text
}

const star = 0x2a
const questionMark = 0x3f

/**
 * Goes back only ever to the last `*`: the first fit of what stands between two of them is as good
 * as any later one, and the engine's own search finds it. Only a `?` in such a piece can cost its
 * length times the text's.
 */
function walk(tokens: readonly Token[], text: string): boolean {
  let token = 0
  let at = 0
  let lastRun = -1
  let runEnd = 0
  let piece = ''
  while (at < text.length) {
    const wanted = tokens[token]
    if (wanted === anyRun) {
      lastRun = token++
      piece = literalAt(tokens, token)
      const start = text.length - piece.length
      if (token + piece.length === tokens.length) return start >= at && text.endsWith(piece)
      runEnd = at = text.indexOf(piece, at)
      if (at < 0) return false
    } else if (wanted === anyOne || wanted === text.charCodeAt(at)) {
      token++
      at++
    } else if (lastRun >= 0) {
      token = lastRun + 1
      runEnd = at = text.indexOf(piece, runEnd + 1)
      if (at < 0) return false
    } else {
      return false
    }
  }
  while (tokens[token] === anyRun) token++
  return token === tokens.length
}

/** The text that stands in a pattern from a place to its next wildcard. */
function literalAt(tokens: readonly Token[], start: number): string {
  let end = start
  while ((tokens[end] ?? anyRun) >= 0) end++
  return textOf(tokens.slice(start, end))
}
