/**
 * A CBOR writer for forged documents: it writes what it is told, right or wrong, and shares no code
 * with the reader under test.
 */

/** A head in its shortest form, or in `width` bytes after the first. */
export function head(major: number, argument: number | bigint, width?: 1 | 2 | 4 | 8): Buffer {
  const value = BigInt(argument)
  const shortest =
    value < 24n ? 0 : value < 0x100n ? 1 : value < 0x10000n ? 2 : value < 2n ** 32n ? 4 : 8
  const bytes = width ?? shortest
  if (bytes === 0) return Buffer.of((major << 5) | Number(value))
  const information = { 1: 24, 2: 25, 4: 26, 8: 27 }[bytes]
  const digits = value.toString(16).padStart(2 * bytes, '0')
  return Buffer.concat([Buffer.of((major << 5) | information), Buffer.from(digits, 'hex')])
}

export const nil = Buffer.of(0xf6)
export const undefinedItem = Buffer.of(0xf7)
export const breakItem = Buffer.of(0xff)

export function unsigned(value: number | bigint, width?: 1 | 2 | 4 | 8): Buffer {
  return head(0, value, width)
}

/** -1 for 0, -2 for 1, as CBOR has it. */
export function negative(argument: number | bigint): Buffer {
  return head(1, argument)
}

export function bytes(value: Uint8Array): Buffer {
  return Buffer.concat([head(2, value.length), value])
}

export function text(value: string): Buffer {
  return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
}

export function array(items: readonly Uint8Array[]): Buffer {
  return Buffer.concat([head(4, items.length), ...items])
}

export type Pair = readonly [key: Uint8Array, value: Uint8Array]

export function map(pairs: readonly Pair[]): Buffer {
  return Buffer.concat([head(5, pairs.length), ...pairs.flat()])
}

export function tagged(tag: number, item: Uint8Array): Buffer {
  return Buffer.concat([head(6, tag), item])
}

/** Items of a string (2, 3), array (4) or map (5) of indefinite length. */
export function indefinite(major: number, items: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.of((major << 5) | 31), ...items, breakItem])
}
