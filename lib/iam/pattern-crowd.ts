/**
 * Many patterns, tried on one text together: a bit for each place in each pattern says whether the
 * text so far can end there, and a character moves the bits of 32 places at once. It is Shift-And
 * (Baeza-Yates and Gonnet, "A new approach to text searching", 1992) with a bit that stays where a
 * `*` stands: what a text costs is its length times a 32nd of all patterns', whatever they are.
 */
import { anyOne, anyRun, type Token } from './tokens.ts'

/** Ours: the rows of so many characters are kept, each as long as all patterns together. */
const maxRows = 64

const colon = ':'.charCodeAt(0)

/** A bit for each place. */
interface Wildcards {
  readonly runs: Int32Array
  readonly behindAny: Int32Array
}

export class PatternCrowd {
  /** Where a pattern begins, and where it ends. */
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  /** Where a `*` stands, and what a `?` leads to: for a colon, and for any other character. */
  readonly #ofColon: Wildcards
  readonly #ofOthers: Wildcards
  /** The places that a character leads to beside them. */
  readonly #behind = new Map<Token, number[]>()
  readonly #rows = new Map<Token, Int32Array>()
  /** The places where the text so far can end; used by one call at a time. */
  readonly #reached: Int32Array

  /** @param boundParts In so many parts between colons, the first, no wildcard stands for a colon. */
  constructor(patterns: readonly (readonly Token[])[], boundParts = 0) {
    const places = patterns.reduce((sum, tokens) => sum + tokens.length + 1, 0)
    const words = Math.ceil(places / 32)
    this.#starts = new Int32Array(words)
    this.#ends = new Int32Array(words)
    this.#ofColon = { runs: new Int32Array(words), behindAny: new Int32Array(words) }
    this.#ofOthers = { runs: new Int32Array(words), behindAny: new Int32Array(words) }
    this.#reached = new Int32Array(words)
    let place = 0
    for (const tokens of patterns) {
      mark(this.#starts, place)
      let boundLeft = boundParts
      for (const token of tokens) {
        if (token === anyRun) this.#markWildcard('runs', place, boundLeft > 0)
        else if (token === anyOne) this.#markWildcard('behindAny', ++place, boundLeft > 0)
        else this.#lead(token, ++place)
        if (token === colon) boundLeft--
      }
      mark(this.#ends, place++)
    }
  }

  #markWildcard(kind: keyof Wildcards, place: number, isBound: boolean): void {
    mark(this.#ofOthers[kind], place)
    if (!isBound) mark(this.#ofColon[kind], place)
  }

  #lead(token: Token, place: number): void {
    const places = this.#behind.get(token)
    if (places) places.push(place)
    else this.#behind.set(token, [place])
  }

  /** Whether the text fits any of the patterns. */
  hasOneFor(text: string): boolean {
    const reached = this.#reached
    reached.set(this.#starts)
    for (let at = 0; at < text.length; at++) {
      if (!this.#advance(text.charCodeAt(at))) return false
    }
    return reached.some((places, word) => (places & (this.#ends[word] ?? 0)) !== 0)
  }

  /** Whether any place is reached still. */
  #advance(unit: Token): boolean {
    const reached = this.#reached
    const row = this.#rowOf(unit)
    const { runs } = this.#wildcardsFor(unit)
    let carried = 0
    let any = 0
    for (let word = 0; word < reached.length; word++) {
      const before = reached[word] ?? 0
      const after = (((before << 1) | carried) & (row[word] ?? 0)) | (before & (runs[word] ?? 0))
      carried = before >>> 31
      reached[word] = after
      any |= after
    }
    return any !== 0
  }

  #rowOf(unit: Token): Int32Array {
    const { behindAny } = this.#wildcardsFor(unit)
    const places = this.#behind.get(unit)
    if (!places) return behindAny
    let row = this.#rows.get(unit)
    if (row) return row
    row = behindAny.slice()
    for (const place of places) mark(row, place)
    if (this.#rows.size === maxRows) this.#rows.clear()
    this.#rows.set(unit, row)
    return row
  }

  #wildcardsFor(unit: Token): Wildcards {
    return unit === colon ? this.#ofColon : this.#ofOthers
  }
}

function mark(bits: Int32Array, place: number): void {
  const word = place >>> 5
  bits[word] = (bits[word] ?? 0) | (1 << (place & 31))
}
