/**
 * One text, ready to be searched for many pieces of patterns, at 32 places at once: a row of bits
 * says where a character stands, and so where a piece may begin that has it at some offset; the piece
 * fits where all rows agree. It is Shift-And (Baeza-Yates and Gonnet, "A new approach to text
 * searching", 1992) with a bit for each place of the text in place of the pattern's: a `?` costs
 * nothing, and all pieces of a policy together cost its length times a 32nd of the text's. A long
 * value of a policy variable has a row as a character has: where it begins.
 */
import { searchFor } from './literal-search.ts'
import { anyOne, fitAt, lengthOf, textOf, tokensOf, type Part, type Token } from './tokens.ts'

/**
 * Ours: so many of the text's characters have rows. Any other stands at every 65th place at most,
 * and the few places where it does are compared one by one.
 */
const maxRows = 64

/** Ours: the last two long values have rows, and a value of so many characters is long. */
const maxValues = 2
const longValue = 64

/** Places that are tried at once: the bits that operators work on. */
const wordPlaces = 32

interface Rare {
  readonly rare: Part
  /** Where it stands in the piece. */
  readonly offset: number
  readonly from: number
  readonly end: number
}

export class TextRows {
  readonly #text: string
  /** The characters that have rows, and at which byte these begin: eight, for each bit of a byte. */
  readonly #rows = new Map<Token, number>()
  readonly #rowBytes: number
  readonly #bytes: Uint8Array<ArrayBuffer>
  readonly #bits: DataView
  /** The values that have rows, behind those of the characters, and which was asked for last. */
  readonly #values: (string | undefined)[] = []
  #lastValue = 0

  constructor(text: string) {
    this.#text = text
    const counts = new Map<Token, number>()
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      counts.set(unit, (counts.get(unit) ?? 0) + 1)
    }
    // What is read reaches a word and a byte beyond the text.
    this.#rowBytes = Math.ceil(text.length / 8) + 8
    const frequent = [...counts].sort(([, a], [, b]) => b - a).slice(0, maxRows)
    for (const [index, [unit]] of frequent.entries()) {
      this.#rows.set(unit, 8 * index * this.#rowBytes)
    }
    this.#bytes = new Uint8Array(8 * (this.#rows.size + maxValues) * this.#rowBytes)
    this.#bits = new DataView(this.#bytes.buffer)
    for (let at = 0; at < text.length; at++) {
      const row = this.#rows.get(text.charCodeAt(at))
      if (row !== undefined) this.#mark(row, at)
    }
  }

  #mark(firstRow: number, at: number): void {
    let row = firstRow
    for (let bit = at; bit >= 0 && bit > at - 8; bit--) {
      const byte = row + (bit >>> 3)
      this.#bytes[byte] = (this.#bytes[byte] ?? 0) | (1 << (bit & 7))
      row += this.#rowBytes
    }
  }

  /**
   * The first place from `from` on where the parts fit and end by `end`; -1 when there is none.
   *
   * @param parts Without `anyRun`.
   */
  find(parts: readonly Part[], from: number, end: number): number {
    const reads: number[] = []
    let offset = 0
    for (const part of withLongValues(parts)) {
      if (part !== anyOne) {
        const row = typeof part === 'string' ? this.#rowOfValue(part) : this.#rows.get(part)
        if (row === undefined) return this.#findRare(parts, { rare: part, offset, from, end })
        reads.push(row + (offset % 8) * this.#rowBytes + (offset >>> 3))
      }
      offset += typeof part === 'string' ? part.length : 1
    }
    return this.#findAgreed(reads, from, end - offset)
  }

  /** Of the two that have rows, the one that was asked for before the last makes room. */
  #rowOfValue(value: string): number {
    const known = this.#values.indexOf(value)
    const slot = known < 0 ? (this.#lastValue + 1) % maxValues : known
    const row = 8 * (this.#rows.size + slot) * this.#rowBytes
    this.#lastValue = slot
    if (known < 0) {
      this.#values[slot] = value
      this.#bytes.fill(0, row, row + 8 * this.#rowBytes)
      for (const at of searchFor(value).placesIn(this.#text)) this.#mark(row, at)
    }
    return row
  }

  /** By the places of a character that has no row and may stand nowhere. */
  #findRare(parts: readonly Part[], { rare, offset, from, end }: Rare): number {
    const character = textOf([rare])
    const length = lengthOf(parts)
    let at = this.#text.indexOf(character, from + offset)
    while (at >= 0 && at - offset + length <= end) {
      if (fitAt(parts, this.#text, at - offset)) return at - offset
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

/** All parts as tokens but the long values, where these are few enough to have rows together. */
function withLongValues(parts: readonly Part[]): readonly Part[] {
  if (!parts.some((part) => typeof part === 'string')) return parts
  const isLong = (part: Part) => typeof part === 'string' && part.length >= longValue
  const long = new Set(parts.filter(isLong))
  if (long.size > maxValues) return tokensOf(parts)
  return parts.flatMap((part) => (isLong(part) ? part : tokensOf([part])))
}

let latest: { readonly text: string; readonly rows: TextRows } | undefined

/** The rows of a text; those of the last one are kept, about which a policy asks many patterns. */
export function rowsOf(text: string): TextRows {
  if (latest?.text !== text) latest = { text, rows: new TextRows(text) }
  return latest.rows
}
