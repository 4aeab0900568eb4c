/**
 * A DER writer for forged certificates: it writes what it is told, right or wrong, and shares no
 * code with the reader under test.
 */

export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(header), content])
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, ...parts)
}

/** Content octets of an INTEGER, as they are to stand. */
export function integer(content: Uint8Array): Buffer {
  return element(0x02, content)
}

export function octetString(content: Uint8Array): Buffer {
  return element(0x04, content)
}

export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return element(0x03, Buffer.of(unusedBits), content)
}

export function boolean(value: boolean): Buffer {
  return element(0x01, Buffer.of(value ? 0xff : 0x00))
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const content = [40 * first + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    return digits
  })
  return element(0x06, Buffer.from(content))
}

/** Milliseconds since 1970, before 2050. */
export function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')
  return element(0x17, Buffer.from(digits.slice(2)))
}

const attributes = {
  C: '2.5.4.6',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
} as const

/** A Name of UTF8Strings, in the order given. */
export function name(parts: Partial<Record<keyof typeof attributes, string>>): Buffer {
  const sets = Object.entries(parts).map(([attribute, value]) => {
    const type = oid(attributes[attribute as keyof typeof attributes])
    const text = element(attribute === 'C' ? 0x13 : 0x0c, Buffer.from(value))
    return element(0x31, sequence(type, text))
  })
  return sequence(...sets)
}

/** An Extension; `critical` false is left out, as DER wants it. */
export function extension(id: string, critical: boolean, value: Uint8Array): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value))
}
