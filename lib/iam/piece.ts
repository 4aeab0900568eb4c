/**
 * What stands in a pattern between two `*`: characters, and `?` for any one. Finds the first place
 * where it fits, in time that no pattern makes quadratic: where comparing it with each place would
 * take long, lib/iam/text-rows.ts or lib/iam/literal-search.ts finds it.
 */
import { searchFor } from './literal-search.ts'
import { rowsOf } from './text-rows.ts'
import { anyOne, fitAt, lengthOf, textOf, type Part } from './tokens.ts'

/** Ours: so many comparisons of characters at most are made one by one, and by the engine. */
const fewComparisons = 1024
const fewOfTheEngine = 4096

/** Ours: a literal of so many characters is found faster alone than beside others in rows. */
const longFrom = 128

export class Piece {
  readonly length: number
  readonly #parts: readonly Part[]
  /** Where it has no `?`. */
  readonly #literal: string | undefined

  /** @param parts Without `anyRun`. */
  constructor(parts: readonly Part[]) {
    this.length = lengthOf(parts)
    this.#parts = parts
    this.#literal = parts.includes(anyOne) ? undefined : textOf(parts)
  }

  fitsAt(text: string, at: number): boolean {
    if (this.#literal !== undefined) return text.startsWith(this.#literal, at)
    return fitAt(this.#parts, text, at)
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
        return searchFor(this.#literal).find(text, from, end)
      }
    } else if (comparisons <= fewComparisons) {
      for (let at = from; at + length <= end; at++) if (fitAt(this.#parts, text, at)) return at
      return -1
    }
    return rowsOf(text).find(this.#parts, from, end)
  }
}
