/**
 * DER (X.690, section 10) for certificates and public keys: a cursor over one level of elements.
 * Refuses indefinite and overlong lengths, tags of more than one byte, and bytes that are left over.
 */
import { DecodeError } from '../errors.ts'
import { encodeHex } from './bytes.ts'

type DerCode =
  | 'DER_BIT_STRING'
  | 'DER_BOOLEAN'
  | 'DER_INTEGER'
  | 'DER_LENGTH'
  | 'DER_OID'
  | 'DER_TAG'
  | 'DER_TIME'
  | 'DER_TRAILING_BYTES'
  | 'DER_TRUNCATED'

/** Tag bytes: class, constructed bit and number in one. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

export interface DerElement {
  readonly tag: number
  /** Tag, length and content. */
  readonly bytes: Uint8Array
  readonly content: Uint8Array
}

/** Reads elements that stand side by side. Everything it returns is a view of the given bytes. */
export class DerReader {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Whether nothing is left. */
  get atEnd(): boolean {
    return this.#position === this.#bytes.length
  }

  /** The tag that comes next; undefined at the end. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#position]
  }

  /** The next element, whatever it is. */
  any(): DerElement {
    const start = this.#position
    const tag = this.#byte()
    if ((tag & 0x1f) === 0x1f) refuse('DER_TAG', 'a tag of more than one byte')
    const length = this.#length()
    const content = this.#bytes.subarray(this.#position, this.#position + length)
    if (content.length !== length) refuse('DER_TRUNCATED', 'the bytes end inside an element')
    this.#position += length
    return { tag, content, bytes: this.#bytes.subarray(start, this.#position) }
  }

  /** The next element, which must have this tag. */
  element(tag: number): DerElement {
    const next = this.nextTag
    if (next !== undefined && next !== tag) {
      refuse('DER_TAG', `tag ${hexByte(next)} where ${hexByte(tag)} is wanted`)
    }
    return this.any()
  }

  /** A reader over what is inside the next element. */
  inside(tag: number): DerReader {
    return new DerReader(this.element(tag).content)
  }

  /** Refuses what is left. */
  end(): void {
    if (!this.atEnd) {
      refuse('DER_TRAILING_BYTES', `${this.#bytes.length - this.#position} bytes too many`)
    }
  }

  boolean(): boolean {
    const { content } = this.element(derTag.boolean)
    if (content.length !== 1 || (content[0] !== 0x00 && content[0] !== 0xff)) {
      refuse('DER_BOOLEAN', 'a boolean that is neither 00 nor ff')
    }
    return content[0] === 0xff
  }

  /** The bytes of an integer of zero or more, without the zero that keeps it positive. */
  unsigned(): Uint8Array {
    const { content } = this.element(derTag.integer)
    const [first, second = 0x80] = content
    if (first === undefined) refuse('DER_INTEGER', 'an integer of no bytes')
    if (first >= 0x80) refuse('DER_INTEGER', 'a negative integer')
    if (first !== 0) return content
    if (content.length > 1 && second < 0x80)
      refuse('DER_INTEGER', 'an integer with a zero too many')
    return content.subarray(1)
  }

  /** A small integer of zero or more. */
  small(): number {
    const bytes = this.unsigned()
    if (bytes.length > 4) refuse('DER_INTEGER', 'an integer of more than four bytes')
    return bytes.reduce((value, byte) => value * 0x100 + byte, 0)
  }

  /** `1.2.840.10045.2.1` */
  oid(): string {
    const { content } = this.element(derTag.oid)
    const arcs: number[] = []
    let arc = 0
    for (const byte of content) {
      if (arc === 0 && byte === 0x80) refuse('DER_OID', 'an object identifier with padding')
      arc = arc * 0x80 + (byte & 0x7f)
      if (arc > Number.MAX_SAFE_INTEGER) refuse('DER_OID', 'an object identifier out of bounds')
      if (byte < 0x80) {
        arcs.push(arc)
        arc = 0
      }
    }
    const [first, ...rest] = arcs
    if (first === undefined || (content.at(-1) ?? 0) >= 0x80) {
      refuse('DER_OID', 'an object identifier that does not end')
    }
    const root = Math.min(2, Math.floor(first / 40))
    return [root, first - 40 * root, ...rest].join('.')
  }

  /** A bit string of whole bytes. */
  bytes(): Uint8Array {
    const { content } = this.element(derTag.bitString)
    if (content[0] !== 0) refuse('DER_BIT_STRING', 'a bit string that is not whole bytes')
    return content.subarray(1)
  }

  /** The named bits that are set, by number (X.690, 11.2.2: no zero bits at the end). */
  bits(): ReadonlySet<number> {
    const { content } = this.element(derTag.bitString)
    const unused = content[0]
    const last = content.length > 1 ? (content.at(-1) ?? 0) : 0
    const trailingZeros = last === 0 ? 0 : 31 - Math.clz32(last & -last)
    if (unused === undefined || unused !== trailingZeros || (last === 0 && content.length > 1)) {
      refuse('DER_BIT_STRING', 'named bits that are not in their shortest form')
    }
    const set = new Set<number>()
    content.subarray(1).forEach((byte, index) => {
      for (let bit = 0; bit < 8; bit++) if (byte & (0x80 >> bit)) set.add(index * 8 + bit)
    })
    return set
  }

  /** Milliseconds since the epoch, of a UTCTime or a GeneralizedTime as RFC 5280, 4.1.2.5 has them. */
  time(): number {
    const { tag, content } = this.any()
    const text = Buffer.from(content).toString('latin1')
    const isShort = tag === derTag.utcTime
    if (!isShort && tag !== derTag.generalizedTime) refuse('DER_TAG', 'no time where one is wanted')
    if (!(isShort ? /^\d{12}Z$/ : /^\d{14}Z$/).test(text)) {
      refuse('DER_TIME', 'a time that is not in seconds and UTC')
    }
    const century = Number(text.slice(0, 2)) < 50 ? '20' : '19'
    const iso = (isShort ? century + text : text).replace(
      /^(....)(..)(..)(..)(..)(..)Z$/,
      '$1-$2-$3T$4:$5:$6.000Z',
    )
    const time = Date.parse(iso)
    if (Number.isNaN(time) || new Date(time).toISOString() !== iso) {
      refuse('DER_TIME', 'a time that no calendar has')
    }
    return time
  }

  #byte(): number {
    const byte = this.#bytes[this.#position]
    if (byte === undefined) refuse('DER_TRUNCATED', 'the bytes end where an element is wanted')
    this.#position++
    return byte
  }

  /** One byte below 128, or the fewest that do; four bytes would be more than anything here has. */
  #length(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const count = first - 0x80
    if (count === 0) refuse('DER_LENGTH', 'an indefinite length')
    if (count > 3) refuse('DER_LENGTH', 'a length of more than three bytes')
    let length = 0
    for (let index = 0; index < count; index++) length = length * 0x100 + this.#byte()
    if (length < 0x80 || length < 2 ** (8 * (count - 1))) {
      refuse('DER_LENGTH', 'a length that could be shorter')
    }
    return length
  }
}

function hexByte(byte: number): string {
  return encodeHex(Uint8Array.of(byte))
}

function refuse(code: DerCode, message: string): never {
  throw new DecodeError(code, message)
}
