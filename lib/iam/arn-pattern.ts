/**
 * ARN patterns of the condition operators: six parts between colons, each compared on its own, so
 * that a `*` never reaches over a colon; the last part keeps its colons. A pattern of fewer parts,
 * `*` among them, matches nothing. Source: IAM user guide, "Amazon Resource Name (ARN) condition
 * operators".
 */
import { patternTest, type TextTest } from './pattern.ts'
import { wildcardTokens, type Token } from './tokens.ts'

const arnParts = 6
const colon = ':'.charCodeAt(0)

export function arnTemplateTest(tokens: readonly Token[]): TextTest {
  const tests = splitTokens(tokens).map(patternTest)
  if (tests.length < arnParts) return () => false
  return (text) => {
    const parts = splitText(text)
    return parts.length === arnParts && tests.every((test, index) => test(parts[index] ?? ''))
  }
}

/** The test for a pattern without policy variables. */
export function arnTest(pattern: string): TextTest {
  return arnTemplateTest(wildcardTokens(pattern))
}

function splitTokens(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    if (token === colon && parts.length < arnParts) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

function splitText(text: string): string[] {
  const parts = text.split(':')
  if (parts.length <= arnParts) return parts
  return [...parts.slice(0, arnParts - 1), parts.slice(arnParts - 1).join(':')]
}

/** What follows the last slash of an ARN, or the whole text. */
export function arnName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
