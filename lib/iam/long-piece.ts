/**
 * The search for a long piece of a pattern, at 32 places of the text at once: a row of bits says
 * where a character stands, and so where a piece may begin that has it at some offset; the piece fits
 * where all rows agree. It is Shift-And (Baeza-Yates and Gonnet, "A new approach to text searching",
 * 1992) with a bit for each place of the text in place of the pattern's: a `?` costs nothing.
 */
import { anyOne, fitAt, type Token } from './tokens.ts'

/**
 * Ours: of so many different characters of a piece, one is at every 64th place at most. More rows
 * would save nothing: the few places that are left are compared one by one.
 */
const maxRows = 64

/** Places that are tried at once: the bits that operators work on. */
const wordPlaces = 32

export class LongPiece {
  readonly #tokens: readonly Token[]
  /** The characters that have rows, and at which byte these begin. */
  readonly #rows = new Map<Token, number>()
  readonly #rowBytes: number
  /** For each character of the piece that has rows: where to read for the first places. */
  readonly #reads: Int32Array

  /** @param tokens One or more, without `anyRun`. */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
    // The text is searched in stretches as long as the piece, which may end in the next one.
    this.#rowBytes = Math.ceil((2 * tokens.length + wordPlaces) / 8)
    const reads: number[] = []
    for (const [offset, token] of tokens.entries()) {
      const row = this.#rowOf(token)
      if (row !== undefined) reads.push(row + (offset % 8) * this.#rowBytes + (offset >>> 3))
    }
    this.#reads = Int32Array.from(reads)
  }

  /** A character has eight rows, one for each bit of a byte that it may be read from. */
  #rowOf(token: Token): number | undefined {
    const { size } = this.#rows
    if (token !== anyOne && size < maxRows && !this.#rows.has(token)) {
      this.#rows.set(token, 8 * size * this.#rowBytes)
    }
    return this.#rows.get(token)
  }

  /** The first place from `from` on where it fits and ends by `end`; -1 when there is none. */
  find(text: string, from: number, end: number): number {
    const { length } = this.#tokens
    for (let start = from; start + length <= end; start += length) {
      const bits = this.#bitsOf(text.slice(start, Math.min(start + 2 * length, end)))
      for (let offset = 0; offset < length; offset += wordPlaces) {
        let places = this.#agreed(bits, offset / 8)
        while (places !== 0) {
          const lowest = places & -places
          const at = start + offset + 31 - Math.clz32(lowest)
          if (at + length > end) return -1
          if (fitAt(this.#tokens, text, at)) return at
          places ^= lowest
        }
      }
    }
    return -1
  }

  #bitsOf(text: string): DataView {
    const bytes = new Uint8Array(8 * this.#rows.size * this.#rowBytes)
    for (let at = 0; at < text.length; at++) {
      let row = this.#rows.get(text.charCodeAt(at))
      if (row === undefined) continue
      for (let bit = at; bit >= 0 && bit > at - 8; bit--) {
        const byte = row + (bit >>> 3)
        bytes[byte] = (bytes[byte] ?? 0) | (1 << (bit & 7))
        row += this.#rowBytes
      }
    }
    return new DataView(bytes.buffer)
  }

  /** Of the 32 places from a byte's first on, a bit for each at which all rows agree. */
  #agreed(bits: DataView, byte: number): number {
    const reads = this.#reads
    let places = -1
    for (let index = 0; index < reads.length && places !== 0; index++) {
      places &= bits.getInt32((reads[index] ?? 0) + byte, true)
    }
    return places
  }
}
