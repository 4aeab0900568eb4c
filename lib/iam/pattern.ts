/**
 * Tests of a text against a wildcard pattern. What stands between two `*` is looked for once, from
 * where the piece before it ended: the first place where it fits is as good as any later one.
 */
import { PatternCrowd } from './pattern-crowd.ts'
import { Piece } from './piece.ts'
import { PrefixSet } from './prefix-set.ts'
import {
  anyRun,
  isWildcard,
  lengthOf,
  textOf,
  tokensOf,
  wildcardTokens,
  type Part,
} from './tokens.ts'

export type TextTest = (text: string) => boolean

/** The test for a text whose `*` and `?` are wildcards. */
export function wildcardTest(text: string): TextTest {
  return patternTest(wildcardTokens(text))
}

/** Whether a text fits any of many patterns: those of the usual forms are not tried one by one. */
export function anyPatternTest(patterns: readonly (readonly Part[])[]): TextTest {
  const [only, second] = patterns
  if (only && !second) return patternTest(only)
  const literals = patterns.filter((parts) => !hasWildcard(parts))
  const texts = new Set(literals.map(textOf))
  const prefixes = new PrefixSet(patterns.filter(isPrefix).map(prefixOf))
  const others = patterns.filter((parts) => hasWildcard(parts) && !isPrefix(parts))
  const fitsOther = others.length < crowdFrom ? testOfEach(others) : crowdTest(others)
  return (text) => texts.has(text) || prefixes.hasStartOf(text) || fitsOther(text)
}

/** Ours: from so many patterns on, and for texts so short, to try them together is faster. */
const crowdFrom = 16
const shortText = 64

function crowdTest(patterns: readonly (readonly Part[])[]): TextTest {
  const fitsOne = testOfEach(patterns)
  let crowd: PatternCrowd | undefined
  return (text) =>
    text.length > shortText ? fitsOne(text) : (crowd ??= crowdOf(patterns)).hasOneFor(text)
}

/** Of the patterns that a short text can fit. */
function crowdOf(patterns: readonly (readonly Part[])[]): PatternCrowd {
  return new PatternCrowd(
    patterns.filter((parts) => lengthOf(parts) <= shortText).map((parts) => tokensOf(parts)),
  )
}

function testOfEach(patterns: readonly (readonly Part[])[]): TextTest {
  const tests = patterns.map(patternTest)
  return (text) => tests.some((test) => test(text))
}

export function hasWildcard(parts: readonly Part[]): boolean {
  return parts.some(isWildcard)
}

/** `text*` */
function isPrefix(parts: readonly Part[]): boolean {
  return parts.findIndex(isWildcard) === parts.length - 1 && parts.at(-1) === anyRun
}

function prefixOf(parts: readonly Part[]): string {
  return textOf(parts.slice(0, -1))
}

/** Makes the test once; the forms that nearly every policy has need no look at the parts. */
export function patternTest(parts: readonly Part[]): TextTest {
  if (!hasWildcard(parts)) {
    const literal = textOf(parts)
    return (text) => text === literal
  }
  if (isPrefix(parts)) {
    const prefix = prefixOf(parts)
    return (text) => text.startsWith(prefix)
  }
  const shortest = lengthOf(parts)
  let pieces: Pieces | undefined
  // Made for the first text that is long enough: a variable's pattern is made for each request.
  return (text) => text.length >= shortest && fits((pieces ??= split(parts)), text)
}

/** What stands before the first `*`, between two of them, and behind the last. */
interface Pieces {
  readonly first: Piece
  readonly between: readonly Piece[]
  /** Absent from a pattern without `*`. */
  readonly last: Piece | undefined
}

function split(parts: readonly Part[]): Pieces {
  const pieces: Piece[] = []
  let start = 0
  for (const [at, token] of parts.entries()) {
    if (token !== anyRun) continue
    pieces.push(new Piece(parts.slice(start, at)))
    start = at + 1
  }
  const end = new Piece(parts.slice(start))
  const [first, ...between] = pieces
  if (!first) return { first: end, between: [], last: undefined }
  return { first, between: between.filter(({ length }) => length > 0), last: end }
}

/** Of texts that are as long as the pieces at least. */
function fits({ first, between, last }: Pieces, text: string): boolean {
  if (!last) return text.length === first.length && first.fitsAt(text, 0)
  const end = text.length - last.length
  if (!first.fitsAt(text, 0) || !last.fitsAt(text, end)) return false
  let at = first.length
  for (const piece of between) {
    const place = piece.find(text, at, end)
    if (place < 0) return false
    at = place + piece.length
  }
  return true
}
