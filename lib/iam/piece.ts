/**
 * What stands in a pattern between two `*`: characters, and `?` for any one. Finds the first place
 * where it fits, in time that no pattern makes quadratic: where comparing it with each place would
 * take long, lib/iam/text-rows.ts or lib/iam/literal-search.ts finds it.
 */
import { LiteralSearch } from './literal-search.ts'
import { rowsOf } from './text-rows.ts'
import { anyOne, fitAt, textOf, type Token } from './tokens.ts'

/** Ours: so many comparisons of characters at most are made one by one, and by the engine. */
const fewComparisons = 1024
const fewOfTheEngine = 4096

/** Ours: a literal of so many characters is found faster alone than beside others in rows. */
const longFrom = 128

export class Piece {
  readonly #tokens: readonly Token[]
  /** Where it has no `?`. */
  readonly #literal: string | undefined
  #search: LiteralSearch | undefined

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
    // The engine looks for it behind the end too.
    const comparisons = (text.length - from - length + 1) * length
    if (this.#literal !== undefined) {
      if (comparisons <= fewOfTheEngine) {
        const at = text.indexOf(this.#literal, from)
        return at + length <= end ? at : -1
      }
      if (length >= longFrom) {
        return (this.#search ??= new LiteralSearch(this.#literal)).find(text, from, end)
      }
    } else if (comparisons <= fewComparisons) {
      for (let at = from; at + length <= end; at++) if (fitAt(this.#tokens, text, at)) return at
      return -1
    }
    return rowsOf(text).find(this.#tokens, from, end)
  }
}
