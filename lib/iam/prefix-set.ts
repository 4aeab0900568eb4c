/**
 * Asks of a text whether it begins with one of many texts, in one binary search: prefixes of
 * `StringLike`, and networks, whose addresses are texts of bits (lib/iam/ip-address.ts).
 */

export class PrefixSet {
  /** Sorted, and none the beginning of another. */
  readonly #prefixes: readonly string[]

  constructor(prefixes: readonly string[]) {
    const shortest: string[] = []
    // What begins with a prefix stands behind it, before everything that does not.
    for (const prefix of [...prefixes].sort()) {
      const before = shortest.at(-1)
      if (before === undefined || !prefix.startsWith(before)) shortest.push(prefix)
    }
    this.#prefixes = shortest
  }

  /** Only the last prefix that is not behind the text can be its beginning. */
  hasStartOf(text: string): boolean {
    let low = 0
    let high = this.#prefixes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#prefixes[middle] ?? '') <= text) low = middle + 1
      else high = middle
    }
    const candidate = this.#prefixes[low - 1]
    return candidate !== undefined && text.startsWith(candidate)
  }
}
