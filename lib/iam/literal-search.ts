/**
 * The search for a long literal text in linear time, whatever the two repeat: Knuth, Morris and Pratt,
 * "Fast pattern matching in strings", 1977. The engine's own search has tables for 250 characters,
 * and is quadratic beyond.
 */

export class LiteralSearch {
  readonly literal: string
  /** For each beginning of the literal: how long its longest end is that is a beginning too. */
  readonly #borders: Int32Array

  /** @param literal One character or more. */
  constructor(literal: string) {
    this.literal = literal
    this.#borders = new Int32Array(literal.length)
    let fitting = 0
    for (let at = 1; at < literal.length; at++) {
      fitting = this.#extend(fitting, literal.charCodeAt(at))
      this.#borders[at] = fitting
    }
  }

  /** The first place from `from` on where it stands and ends by `end`; -1 when there is none. */
  find(text: string, from: number, end: number): number {
    let fitting = 0
    for (let at = from; at < end; at++) {
      fitting = this.#extend(fitting, text.charCodeAt(at))
      if (fitting === this.literal.length) return at + 1 - fitting
    }
    return -1
  }

  /** Every place where it stands. */
  placesIn(text: string): number[] {
    const places: number[] = []
    let fitting = 0
    for (let at = 0; at < text.length; at++) {
      fitting = this.#extend(fitting, text.charCodeAt(at))
      if (fitting === this.literal.length) places.push(at + 1 - fitting)
    }
    return places
  }

  /** How much of the literal fits up to the next character, of which so much fitted before it. */
  #extend(before: number, unit: number): number {
    let fitting = before
    while (fitting > 0 && this.literal.charCodeAt(fitting) !== unit) {
      fitting = this.#borders[fitting - 1] ?? 0
    }
    return this.literal.charCodeAt(fitting) === unit ? fitting + 1 : fitting
  }
}

let latest: LiteralSearch | undefined

/** The search for a literal; that of the last one is kept, which a policy can name in many patterns. */
export function searchFor(literal: string): LiteralSearch {
  if (latest?.literal !== literal) latest = new LiteralSearch(literal)
  return latest
}
