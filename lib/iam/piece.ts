/**
 * What stands in a pattern between two `*`: characters, and `?` for any one. Finds the first place
 * where it fits; a long one leaves that to lib/iam/long-piece.ts.
 */
import { LongPiece } from './long-piece.ts'
import { anyOne, fitAt, textOf, type Token } from './tokens.ts'

/** Ours: what is shorter is compared with each place, so many characters at most. */
const longFrom = 64

export class Piece {
  readonly #tokens: readonly Token[]
  /** Where it has no `?`. */
  readonly #literal: string | undefined
  #long: LongPiece | undefined

  /** @param tokens Without `anyRun`. */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
    this.#literal = tokens.includes(anyOne) ? undefined : textOf(tokens)
  }

  get length(): number {
    return this.#tokens.length
  }

  fitsAt(text: string, at: number): boolean {
    if (this.#literal !== undefined) return text.startsWith(this.#literal, at)
    return fitAt(this.#tokens, text, at)
  }

  /** The first place from `from` on where it fits and ends by `end`; -1 when there is none. */
  find(text: string, from: number, end: number): number {
    const { length } = this
    // The engine's own search has tables for 250 characters, and is quadratic beyond.
    if (length >= longFrom)
      return (this.#long ??= new LongPiece(this.#tokens)).find(text, from, end)
    if (this.#literal !== undefined) {
      const at = text.indexOf(this.#literal, from)
      return at + length <= end ? at : -1
    }
    for (let at = from; at + length <= end; at++) if (fitAt(this.#tokens, text, at)) return at
    return -1
  }
}
