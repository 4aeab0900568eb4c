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

/** The text of tokens that hold no wildcard. */
export function textOf(tokens: readonly Token[]): string {
  let text = ''
  for (let at = 0; at < tokens.length; at += charactersAtOnce) {
    text += String.fromCharCode(...tokens.slice(at, at + charactersAtOnce))
  }
  return text
}

/** So many arguments may any call have. */
const charactersAtOnce = 4096

/** Whether tokens without `anyRun` are what stands at a place of a text. */
export function fitAt(tokens: readonly Token[], text: string, at: number): boolean {
  for (let offset = 0; offset < tokens.length; offset++) {
    const token = tokens[offset]
    if (token !== anyOne && token !== text.charCodeAt(at + offset)) return false
  }
  return true
}
