/**
 * One text, ready to be searched for many pieces of patterns, at 32 places at once: a row of bits
 * says where a character stands, and so where a piece may begin that has it at some offset; the piece
 * fits where all rows agree. It is Shift-And (Baeza-Yates and Gonnet, "A new approach to text
 * searching", 1992) with a bit for each place of the text in place of the pattern's: a `?` costs
 * nothing, and all pieces of a policy together cost its length times a 32nd of the text's.
 */
import { anyOne, fitAt, type Token } from './tokens.ts'

/**
 * Ours: so many of the text's characters have rows. Any other stands at every 65th place at most,
 * and the few places where it does are compared one by one.
 */
const maxRows = 64

/** Places that are tried at once: the bits that operators work on. */
const wordPlaces = 32

export class TextRows {
  readonly #text: string
  /** How often each character stands in the text. */
  readonly #counts = new Map<Token, number>()
  /** The characters that have rows, and at which byte these begin: eight, for each bit of a byte. */
  readonly #rows = new Map<Token, number>()
  readonly #rowBytes: number
  readonly #bits: DataView

  constructor(text: string) {
    this.#text = text
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      this.#counts.set(unit, (this.#counts.get(unit) ?? 0) + 1)
    }
    // What is read reaches a word and a byte beyond the text.
    this.#rowBytes = Math.ceil(text.length / 8) + 8
    const frequent = [...this.#counts].sort(([, a], [, b]) => b - a).slice(0, maxRows)
    for (const [index, [unit]] of frequent.entries()) {
      this.#rows.set(unit, 8 * index * this.#rowBytes)
    }
    this.#bits = new DataView(this.#fill(new Uint8Array(8 * this.#rows.size * this.#rowBytes)))
  }

  #fill(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
    for (let at = 0; at < this.#text.length; at++) {
      let row = this.#rows.get(this.#text.charCodeAt(at))
      if (row === undefined) continue
      for (let bit = at; bit >= 0 && bit > at - 8; bit--) {
        const byte = row + (bit >>> 3)
        bytes[byte] = (bytes[byte] ?? 0) | (1 << (bit & 7))
        row += this.#rowBytes
      }
    }
    return bytes.buffer
  }

  /**
   * The first place from `from` on where the tokens fit and end by `end`; -1 when there is none.
   *
   * @param tokens Without `anyRun`.
   */
  find(tokens: readonly Token[], from: number, end: number): number {
    const reads: number[] = []
    for (const [offset, token] of tokens.entries()) {
      if (token === anyOne) continue
      if (!this.#counts.has(token)) return -1
      const row = this.#rows.get(token)
      if (row === undefined) return this.#findRare(tokens, offset, from, end)
      reads.push(row + (offset % 8) * this.#rowBytes + (offset >>> 3))
    }
    return this.#findAgreed(reads, from, end - tokens.length)
  }

  /** By the places of a character that has no row. */
  #findRare(tokens: readonly Token[], offset: number, from: number, end: number): number {
    const character = String.fromCharCode(tokens[offset] ?? 0)
    let at = this.#text.indexOf(character, from + offset)
    while (at >= 0 && at - offset + tokens.length <= end) {
      if (fitAt(tokens, this.#text, at - offset)) return at - offset
      at = this.#text.indexOf(character, at + 1)
    }
    return -1
  }

  /** The first place up to `last` at which all rows agree. */
  #findAgreed(reads: readonly number[], from: number, last: number): number {
    const bits = this.#bits
    for (let start = from - (from % 8); start <= last; start += wordPlaces) {
      let places = start < from ? -1 << (from - start) : -1
      const byte = start >>> 3
      for (let index = 0; index < reads.length && places !== 0; index++) {
        places &= bits.getInt32((reads[index] ?? 0) + byte, true)
      }
      if (places === 0) continue
      const at = start + 31 - Math.clz32(places & -places)
      return at <= last ? at : -1
    }
    return -1
  }
}

let latest: { readonly text: string; readonly rows: TextRows } | undefined

/** The rows of a text; those of the last one are kept, about which a policy asks many patterns. */
export function rowsOf(text: string): TextRows {
  if (latest?.text !== text) latest = { text, rows: new TextRows(text) }
  return latest.rows
}
