/**
 * Tests of a text against a wildcard pattern. What stands between two `*` is looked for once, from
 * where the piece before it ended: the first place where it fits is as good as any later one.
 */
import { Piece } from './piece.ts'
import { anyRun, textOf, wildcardTokens, type Token } from './tokens.ts'

export type TextTest = (text: string) => boolean

/** The test for a text whose `*` and `?` are wildcards. */
export function wildcardTest(text: string): TextTest {
  return patternTest(wildcardTokens(text))
}

/** Makes the test once; the forms that nearly every policy has need no look at the tokens. */
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
  let pieces: Pieces | undefined
  // Made for the first text that is long enough: a variable's pattern is made for each request.
  return (text) => text.length >= shortest && fits((pieces ??= split(tokens)), text)
}

/** What stands before the first `*`, between two of them, and behind the last. */
interface Pieces {
  readonly first: Piece
  readonly between: readonly Piece[]
  /** Absent from a pattern without `*`. */
  readonly last: Piece | undefined
}

function split(tokens: readonly Token[]): Pieces {
  const pieces: Piece[] = []
  let start = 0
  for (const [at, token] of tokens.entries()) {
    if (token !== anyRun) continue
    pieces.push(new Piece(tokens.slice(start, at)))
    start = at + 1
  }
  const end = new Piece(tokens.slice(start))
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
