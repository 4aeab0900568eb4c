/**
 * ARN patterns of the condition operators: six parts between colons, each compared on its own, so
 * that a `*` never reaches over a colon; the last part keeps its colons. A pattern of fewer parts,
 * `*` among them, matches nothing. Source: IAM user guide, "Amazon Resource Name (ARN) condition
 * operators".
 */
import { hasWildcard, patternTest, type TextTest } from './pattern.ts'
import { PatternCrowd } from './pattern-crowd.ts'
import { anyRun, textOf, tokensOf, wildcardTokens, type Part } from './tokens.ts'

const arnParts = 6
const colon = ':'.charCodeAt(0)

/** The patterns that have wildcards in the same parts. */
interface Form {
  /** Which parts have none. */
  readonly fixed: readonly number[]
  /** By those parts, the tests of the others. */
  readonly byFixed: Map<string, PartTest[][]>
}

interface PartTest {
  readonly index: number
  readonly test: TextTest
}

/** Whether an ARN fits any of many patterns: only those are tried whose fixed parts it has. */
export function anyArnTest(
  patterns: readonly (readonly Part[])[],
): (arn: readonly string[]) => boolean {
  const forms = new Map<string, Form>()
  for (const pattern of patterns) {
    const parts = splitTokens(pattern)
    if (parts.length < arnParts) continue
    const fixed = [...parts.keys()].filter((index) => !hasWildcard(parts[index] ?? []))
    const form = forms.get(fixed.join()) ?? { fixed, byFixed: new Map<string, PartTest[][]>() }
    forms.set(fixed.join(), form)
    const key = keyOf(
      parts.map((tokens, index) => (fixed.includes(index) ? textOf(tokens) : '')),
      form,
    )
    const tests = form.byFixed.get(key) ?? []
    form.byFixed.set(key, tests)
    tests.push(partTests(parts))
  }
  const all = [...forms.values()]
  let crowd: PatternCrowd | undefined
  return (arn) => {
    let tried = 0
    for (const form of all) {
      for (const tests of form.byFixed.get(keyOf(arn, form)) ?? []) {
        if (tried++ === fewPatterns) {
          return (crowd ??= crowdOf(patterns)).hasOneFor(arn.join(':'))
        }
        if (tests.every(({ index, test }) => test(arn[index] ?? ''))) return true
      }
    }
    return false
  }
}

/** Ours: where more of the patterns come into question, all are tried together. */
const fewPatterns = 16

function crowdOf(patterns: readonly (readonly Part[])[]): PatternCrowd {
  const whole = patterns.filter((pattern) => splitTokens(pattern).length === arnParts)
  return new PatternCrowd(whole.map(tokensOf), arnParts - 1)
}

/** No part but the last has a colon. */
function keyOf(parts: readonly string[], { fixed }: Form): string {
  return fixed.map((index) => parts[index]).join(':')
}

/** The test for a pattern without policy variables. */
export function arnTest(pattern: string): TextTest {
  const test = anyArnTest([wildcardTokens(pattern)])
  return (text) => {
    const arn = splitArn(text)
    return arn !== null && test(arn)
  }
}

/** A part without wildcards has been looked up, and one that is `*` needs no test. */
function partTests(parts: readonly (readonly Part[])[]): PartTest[] {
  return parts.flatMap((tokens, index) =>
    !hasWildcard(tokens) || (tokens.length === 1 && tokens[0] === anyRun)
      ? []
      : [{ index, test: patternTest(tokens) }],
  )
}

function splitTokens(pattern: readonly Part[]): Part[][] {
  const parts: Part[][] = [[]]
  const add = (part: Part): void => {
    if (part === colon && parts.length < arnParts) parts.push([])
    else parts.at(-1)?.push(part)
  }
  for (const part of pattern) {
    if (typeof part === 'string' && part.includes(':'))
      for (const unit of tokensOf([part])) add(unit)
    else add(part)
  }
  return parts
}

/** The six parts; null for a text of fewer. */
export function splitArn(text: string): readonly string[] | null {
  const parts = text.split(':')
  if (parts.length < arnParts) return null
  const last = parts.slice(arnParts - 1).join(':')
  return [...parts.slice(0, arnParts - 1), last]
}

/** What follows the last slash of an ARN, or the whole text. */
export function arnName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
