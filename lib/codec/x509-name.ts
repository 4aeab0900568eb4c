/**
 * The names in certificates (RFC 5280, 4.1.2.4) as a line of text, for people: path validation
 * compares the DER. Refuses what is not a name in DER, and texts that are not in their alphabet.
 */
import { isUtf8 } from 'node:buffer'
import { DecodeError } from '../errors.ts'
import { encodeHex } from './bytes.ts'
import { DerReader, derTag, type DerElement } from './der.ts'

/** Short names of attribute types (RFC 4514, section 3, and X.520). */
const attributeNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
}

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
  return `${attributeNames[type] ?? type}=${value}`
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
