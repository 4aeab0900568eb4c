/**
 * CBOR (RFC 8949) as Nitro documents and the NSM use it: a first walk refuses every encoding but the
 * shortest, duplicate keys, stray tags, floats, undefined, deep nesting, and bytes after the item;
 * only then does cbor-x, which is lenient about all of these, decode.
 */
import { Decoder } from 'cbor-x'
import { isUtf8 } from 'node:buffer'
import { DecodeError } from '../errors.ts'

/** Integers of eight bytes come as bigint, all shorter ones as number; maps keep their order. */
export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<CborKey, CborValue>

export type CborKey = number | bigint | string

export interface DecodeOptions {
  /** A tag that may stand before the item, once; it is dropped. */
  readonly tag?: number
  /** Let the outermost map be of indefinite length (`bf … ff`), and nothing inside it. */
  readonly allowIndefiniteOuterMap?: boolean
  /** A text key of the outermost map whose integer may take eight bytes where fewer would do. */
  readonly wideIntegerKey?: string
}

type CborCode =
  | 'CBOR_BREAK'
  | 'CBOR_DUPLICATE_KEY'
  | 'CBOR_FLOAT'
  | 'CBOR_INDEFINITE'
  | 'CBOR_KEY_TYPE'
  | 'CBOR_NOT_SHORTEST'
  | 'CBOR_RESERVED'
  | 'CBOR_SIMPLE'
  | 'CBOR_TAG'
  | 'CBOR_TOO_DEEP'
  | 'CBOR_TRAILING_BYTES'
  | 'CBOR_TRUNCATED'
  | 'CBOR_UNDEFINED'
  | 'CBOR_UTF8'

/** Arrays and maps inside one another. The house's limit; a payload of a document needs two. */
const maxDepth = 8

const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 }

const breakByte = 0xff

const decoder = new Decoder({ mapsAsObjects: false, useRecords: false })
/**
 * The one item that the bytes are. Byte strings are views of the given bytes, not copies.
 * Codes: CBOR_*; facts: `offset`.
 */
export function decodeCbor(bytes: Uint8Array, options: DecodeOptions = {}): CborValue {
  const walk = new Walk(bytes, options)
  const start = walk.item()
  // cbor-x leaves a property on the array that it reads, so it is given one of its own.
  return decoder.decode(bytes.subarray(start)) as CborValue
}

/**
 * The shortest encoding, all lengths definite, maps in their own order. Written here because cbor-x
 * writes some integers as floats, and others in more bytes than they need.
 */
export function encodeCbor(value: CborValue): Buffer {
  const parts: Uint8Array[] = []
  write(value, parts)
  return Buffer.concat(parts)
}

function write(value: CborValue, parts: Uint8Array[]): void {
  if (value === null) parts.push(Buffer.of(0xf6))
  else if (typeof value === 'boolean') parts.push(Buffer.of(value ? 0xf5 : 0xf4))
  else if (typeof value === 'number' || typeof value === 'bigint') parts.push(integer(value))
  else if (typeof value === 'string') {
    const text = Buffer.from(value)
    parts.push(head(major.text, text.length), text)
  } else if (value instanceof Uint8Array) parts.push(head(major.bytes, value.length), value)
  else if (value instanceof Map) {
    const map: ReadonlyMap<CborKey, CborValue> = value
    parts.push(head(major.map, map.size))
    for (const [key, member] of map) {
      write(key, parts)
      write(member, parts)
    }
  } else {
    const array = value as readonly CborValue[]
    parts.push(head(major.array, array.length))
    for (const item of array) write(item, parts)
  }
}

/** RangeError for what is no integer of 64 bits. */
function integer(value: number | bigint): Buffer {
  const exact = BigInt(value)
  return exact < 0 ? head(major.negative, -1n - exact) : head(major.unsigned, exact)
}

/** The initial byte and its argument, in the fewest bytes. */
function head(type: number, argument: number | bigint): Buffer {
  const initial = type << 5
  if (argument < 24) return Buffer.of(initial | Number(argument))
  const bytes = Buffer.alloc(9)
  bytes.writeBigUInt64BE(BigInt(argument), 1)
  const width = argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : argument < 0x1_0000_0000 ? 4 : 8
  const start = 8 - width
  bytes[start] = initial | (24 + Math.log2(width))
  return bytes.subarray(start)
}

/** One pass over the bytes that checks, and makes nothing. */
class Walk {
  readonly #bytes: Uint8Array
  readonly #options: DecodeOptions
  #position = 0
  /** What the last head said: length, count or number; above 2^53 it is only roughly right. */
  #argument = 0

  constructor(bytes: Uint8Array, options: DecodeOptions) {
    this.#bytes = bytes
    this.#options = options
  }

  /** Checks the whole; returns where the item starts, after its tag if it has one. */
  item(): number {
    const start = this.#tag()
    this.#position = start
    this.#value(0)
    if (this.#position !== this.#bytes.length) this.#refuse('CBOR_TRAILING_BYTES')
    return start
  }

  #tag(): number {
    const { tag } = this.#options
    if (tag === undefined || (this.#bytes[0] ?? 0) >> 5 !== major.tag) return 0
    this.#head()
    if (this.#argument !== tag) this.#refuse('CBOR_TAG', 0)
    return this.#position
  }

  #value(depth: number, wide = false): void {
    const start = this.#position
    const initial = this.#peek()
    if (initial === 0xbf && depth === 0 && this.#options.allowIndefiniteOuterMap === true) {
      this.#position++
      this.#map(1, Infinity)
      return
    }
    const type = initial >> 5
    if (type === major.simple) {
      this.#simple(initial)
      return
    }
    this.#head(wide)
    if (type === major.bytes || type === major.text) this.#string(type)
    else if (type === major.array || type === major.map) this.#collection(type, depth + 1, start)
    else if (type === major.tag) this.#refuse('CBOR_TAG', start)
  }

  /** The initial byte and its argument, which must be in its shortest form unless `wide`. */
  #head(wide = false): void {
    const start = this.#position
    const initial = this.#peek()
    const information = initial & 0x1f
    this.#position++
    if (information < 24) {
      this.#argument = information
      return
    }
    if (information === 31) this.#refuse('CBOR_INDEFINITE', start)
    if (information > 27) this.#refuse('CBOR_RESERVED', start)
    const width = 1 << (information - 24)
    this.#need(width, start)
    let argument = 0
    for (const end = this.#position + width; this.#position < end; this.#position++) {
      argument = argument * 0x100 + (this.#bytes[this.#position] ?? 0)
    }
    this.#argument = argument
    const smallest = width === 1 ? 24 : 2 ** (width * 4)
    const mayBeWide = wide && initial >> 5 === major.unsigned && width === 8
    if (argument < smallest && !mayBeWide) this.#refuse('CBOR_NOT_SHORTEST', start)
  }

  #string(type: number): void {
    const start = this.#position
    this.#need(this.#argument, start)
    this.#position += this.#argument
    if (type === major.text && !isUtf8(this.#bytes.subarray(start, this.#position))) {
      this.#refuse('CBOR_UTF8', start)
    }
  }

  #collection(type: number, depth: number, start: number): void {
    if (depth > maxDepth) this.#refuse('CBOR_TOO_DEEP', start)
    const count = this.#argument
    // Every item takes a byte at least: a count that cannot be true is not worth a loop.
    this.#need(type === major.map ? 2 * count : count, start)
    if (type === major.map) this.#map(depth, count)
    else for (let index = 0; index < count; index++) this.#value(depth)
  }

  #map(depth: number, count: number): void {
    const keys = new Set<string>()
    for (let index = 0; index < count; index++) {
      if (count === Infinity && this.#peek() === breakByte) {
        this.#position++
        return
      }
      const key = this.#key(keys)
      this.#value(depth, depth === 1 && key === this.#options.wideIntegerKey)
    }
  }

  /** Keys are integers or texts. Each has one encoding, so equal keys are equal bytes. */
  #key(keys: Set<string>): string | null {
    const start = this.#position
    const type = this.#peek() >> 5
    if (type > major.text || type === major.bytes) this.#refuse('CBOR_KEY_TYPE', start)
    this.#head()
    const content = this.#position
    if (type === major.text) this.#string(type)
    const encoded = latin1(this.#bytes, start, this.#position)
    if (keys.has(encoded)) this.#refuse('CBOR_DUPLICATE_KEY', start)
    keys.add(encoded)
    return type === major.text ? encoded.slice(content - start) : null
  }

  #simple(initial: number): void {
    if (initial === 0xf7) this.#refuse('CBOR_UNDEFINED')
    if (initial >= 0xf9 && initial <= 0xfb) this.#refuse('CBOR_FLOAT')
    if (initial >= 0xfc && initial < breakByte) this.#refuse('CBOR_RESERVED')
    if (initial === breakByte) this.#refuse('CBOR_BREAK')
    if (initial < 0xf4 || initial > 0xf6) this.#refuse('CBOR_SIMPLE')
    this.#position++
  }

  #peek(): number {
    this.#need(1, this.#position)
    return this.#bytes[this.#position] ?? 0
  }

  #need(count: number, offset: number): void {
    if (count > this.#bytes.length - this.#position) this.#refuse('CBOR_TRUNCATED', offset)
  }

  #refuse(code: CborCode, offset = this.#position): never {
    throw new DecodeError(code, `${texts[code]} at byte ${offset}`, { offset })
  }
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let index = start; index < end; index++) text += String.fromCharCode(bytes[index] ?? 0)
  return text
}

const texts: Readonly<Record<CborCode, string>> = {
  CBOR_BREAK: 'a break that ends nothing',
  CBOR_DUPLICATE_KEY: 'a key that the map has already',
  CBOR_FLOAT: 'a floating-point number',
  CBOR_INDEFINITE: 'an indefinite length',
  CBOR_KEY_TYPE: 'a map key that is neither integer nor text',
  CBOR_NOT_SHORTEST: 'a number or length that could be shorter',
  CBOR_RESERVED: 'a reserved encoding',
  CBOR_SIMPLE: 'a simple value that is neither boolean nor null',
  CBOR_TAG: 'a tag',
  CBOR_TOO_DEEP: `more than ${maxDepth} arrays and maps inside one another`,
  CBOR_TRAILING_BYTES: 'bytes after the end',
  CBOR_TRUNCATED: 'the bytes end too early',
  CBOR_UNDEFINED: 'undefined',
  CBOR_UTF8: 'text that is not UTF-8',
}
