/**
 * The certificate that an EIF is signed with, as PEM: its key, its bytes, and what nitro-cli prints of
 * it, in OpenSSL's words. Takes every version, as OpenSSL does, since signing certificates are often
 * self-signed and of version 1; refuses DER. RFC 5280, section 4.1.
 */
import { X509Certificate, type KeyObject } from 'node:crypto'
import { DecodeError } from '../errors.ts'
import { DerReader, derTag, type DerElement } from './der.ts'

export interface EifCertificate {
  /** The bytes that PCR8 measures. */
  readonly der: Uint8Array
  readonly publicKey: KeyObject
  /** Attributes of the issuer's name by OpenSSL's long names, sorted; of two alike the last. */
  readonly issuer: ReadonlyMap<string, string>
  /** Of the issuer's signature: `ecdsa-with-SHA384`. */
  readonly algorithm: string
  /** `Jan  1 00:00:00 2020 GMT`, as OpenSSL prints times. */
  readonly notBefore: string
  readonly notAfter: string
  /** The issuer's signature. */
  readonly signature: Uint8Array
}

/** OpenSSL's long names; where it has none, nitro-cli prints the number. */
const attributeNames: Readonly<Record<string, string>> = {
  '0.9.2342.19200300.100.1.1': 'userId',
  '0.9.2342.19200300.100.1.25': 'domainComponent',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '1.2.840.113549.1.9.2': 'unstructuredName',
  '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionLocalityName',
  '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionStateOrProvinceName',
  '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionCountryName',
  '2.5.4.3': 'commonName',
  '2.5.4.4': 'surname',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'countryName',
  '2.5.4.7': 'localityName',
  '2.5.4.8': 'stateOrProvinceName',
  '2.5.4.9': 'streetAddress',
  '2.5.4.10': 'organizationName',
  '2.5.4.11': 'organizationalUnitName',
  '2.5.4.12': 'title',
  '2.5.4.13': 'description',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.41': 'name',
  '2.5.4.42': 'givenName',
  '2.5.4.43': 'initials',
  '2.5.4.44': 'generationQualifier',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.65': 'pseudonym',
  '2.5.4.97': 'organizationIdentifier',
}

const algorithmNames: Readonly<Record<string, string>> = {
  '1.2.840.10045.4.1': 'ecdsa-with-SHA1',
  '1.2.840.10045.4.3.1': 'ecdsa-with-SHA224',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.2.840.113549.1.1.10': 'rsassaPss',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  '1.2.840.113549.1.1.14': 'sha224WithRSAEncryption',
  '1.3.101.112': 'ED25519',
  '1.3.101.113': 'ED448',
}

const explicitVersion = 0xa0

/** Reads the first certificate of a PEM text. Code: EIF_CERTIFICATE. */
export function decodeEifCertificate(pem: Uint8Array): EifCertificate {
  if (!Buffer.from(pem).includes('-----BEGIN ')) refuse('not in PEM')
  try {
    const certificate = new X509Certificate(pem)
    const { raw: der, publicKey, validFrom: notBefore, validTo: notAfter } = certificate
    return { der, publicKey, notBefore, notAfter, ...signingFields(der) }
  } catch (error) {
    // Node's reason is OpenSSL's, whose words differ from version to version.
    refuse(error instanceof DecodeError ? error.message : 'OpenSSL cannot read it')
  }
}

/** What node:crypto does not tell, or not in the words that are wanted. */
function signingFields(
  der: Uint8Array,
): Pick<EifCertificate, 'issuer' | 'algorithm' | 'signature'> {
  const certificate = new DerReader(der).inside(derTag.sequence)
  const fields = certificate.inside(derTag.sequence)
  if (fields.nextTag === explicitVersion) fields.any()
  fields.element(derTag.integer)
  fields.element(derTag.sequence)
  const issuer = readName(fields.inside(derTag.sequence))
  const algorithm = certificate.inside(derTag.sequence).oid()
  const name = algorithmNames[algorithm] ?? algorithm
  return { issuer, algorithm: name, signature: certificate.bytes() }
}

function readName(relatives: DerReader): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  while (!relatives.atEnd) {
    const relative = relatives.inside(derTag.set)
    while (!relative.atEnd) {
      const attribute = relative.inside(derTag.sequence)
      const type = attribute.oid()
      attributes.set(attributeNames[type] ?? type, printed(attribute.any()))
    }
  }
  return new Map([...attributes].sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Text encodings of X.680 by their tags; T61String is Latin-1 to OpenSSL. */
const encodings: Readonly<Record<number, (content: Buffer) => string>> = {
  0x0c: (content) => content.toString('utf8'),
  0x12: (content) => content.toString('latin1'),
  0x13: (content) => content.toString('latin1'),
  0x14: (content) => content.toString('latin1'),
  0x16: (content) => content.toString('latin1'),
  0x1a: (content) => content.toString('latin1'),
  0x1c: (content) => String.fromCodePoint(...codePoints(content)),
  0x1e: (content) => content.swap16().toString('utf16le'),
}

/** Of a UniversalString: four bytes each. */
function codePoints(content: Buffer): number[] {
  return Array.from({ length: content.length / 4 }, (_, index) => content.readUInt32BE(4 * index))
}

/** As Rust's Debug has a text, but for its quotation marks, which nitro-cli takes out. */
function printed({ tag, content }: DerElement): string {
  const text = encodings[tag]?.(Buffer.from(content))
  // Of rust-openssl, for what is no text.
  if (text === undefined) return 'non-UTF8-string'
  return text
    .replace(/[\\"]/g, '\\$&')
    .replace(/\p{C}|[^\P{Z} ]/gu, escaped)
    .replaceAll('"', '')
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
}

function escaped(character: string): string {
  return shortEscapes[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

function refuse(message: string): never {
  throw new DecodeError('EIF_CERTIFICATE', `the signing certificate: ${message}`)
}
