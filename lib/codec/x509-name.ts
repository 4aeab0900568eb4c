/**
 * The names in certificates (RFC 5280, 4.1.2.4): read as a line of text, for people, as path
 * validation compares the DER, and written. Refuses to read what is not a name in DER, and texts
 * that are not in their alphabet.
 */
import { isUtf8 } from 'node:buffer'
import { DecodeError } from '../errors.ts'
import { encodeHex } from './bytes.ts'
import { DerReader, derTag, type DerElement } from './der.ts'
import { derElement, derOid, derSequence } from './der-writer.ts'

/** Attribute types by their short names (RFC 4514, section 3, and X.520). */
const attributeTypes = {
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
} as const

export type AttributeName = keyof typeof attributeTypes

const attributeNames = new Map<string, string>(
  Object.entries(attributeTypes).map(([name, type]) => [type, name]),
)

/** What RFC 5280, appendix A, wants in ASCII; the others may be UTF-8. */
const printable: ReadonlySet<AttributeName> = new Set(['C', 'serialNumber'])

/** `C=US, O=Amazon, CN=…` in the order of the certificate. Codes: CERTIFICATE_NAME and DER_*. */
export function decodeName(name: Uint8Array): string {
  const outer = new DerReader(name)
  const relatives = outer.inside(derTag.sequence)
  outer.end()
  const texts: string[] = []
  while (!relatives.atEnd) {
    const relative = relatives.inside(derTag.set)
    const attributes: string[] = []
    do attributes.push(decodeAttribute(relative))
    while (!relative.atEnd)
    texts.push(attributes.join('+'))
  }
  return texts.join(', ')
}

function decodeAttribute(relative: DerReader): string {
  const attribute = relative.inside(derTag.sequence)
  const type = attribute.oid()
  const value = decodeText(attribute.any())
  attribute.end()
  return `${attributeNames.get(type) ?? type}=${value}`
}

/** Characters that would end a value or a line are written as RFC 4514, 2.4 has them. */
function decodeText({ tag, content, bytes }: DerElement): string {
  const isAscii = tag === derTag.printableString || tag === derTag.ia5String
  if (!isAscii && tag !== derTag.utf8String) return `#${encodeHex(bytes)}`
  if (isAscii ? content.some((byte) => byte >= 0x80) : !isUtf8(content)) {
    throw new DecodeError('CERTIFICATE_NAME', 'a name whose text is not in its alphabet')
  }
  return Buffer.from(content)
    .toString('utf8')
    .replace(/[",+;<>\\=]/g, '\\$&')
    .replace(
      /\p{C}/gu,
      (character) => `\\${encodeHex(Buffer.from(character)).replace(/..(?=.)/g, '$&\\')}`,
    )
}

/** DER of a name: each attribute is a relative distinguished name of its own, in the order given. */
export function encodeName(attributes: readonly (readonly [AttributeName, string])[]): Buffer {
  return derSequence(
    ...attributes.map(([name, text]) => {
      const tag = printable.has(name) ? derTag.printableString : derTag.utf8String
      const type = derOid(attributeTypes[name])
      return derElement(derTag.set, derSequence(type, derElement(tag, Buffer.from(text))))
    }),
  )
}
