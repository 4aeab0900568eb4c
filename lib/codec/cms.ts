/**
 * The CMS EnvelopedData of CiphertextForRecipient (RFC 5652, section 6): writes the one form that
 * AWS KMS sends, byte for byte, and reads that form, its older variant and plain DER. Refuses other
 * algorithms, more than one recipient, attributes, and bytes after the structure.
 */
import { DecodeError } from '../errors.ts'

/** What the envelope says: who can open it, and the two ciphertexts. */
export interface EnvelopedData {
  /** 32 bytes: SHA-256 of the recipient's SubjectPublicKeyInfo. */
  readonly subjectKeyIdentifier: Uint8Array
  /** The content key under RSAES-OAEP with SHA-256, as long as the recipient's modulus. */
  readonly encryptedKey: Uint8Array
  /** 16 bytes. */
  readonly iv: Uint8Array
  /** The content under AES-256-CBC with PKCS#7 padding: a multiple of 16 bytes, at least 16. */
  readonly ciphertext: Uint8Array
}

/** CiphertextForRecipient is 1 to 6144 bytes in AWS KMS's model (CiphertextType). */
const maxEnvelopeBytes = 6144

/** AWS KMS cuts the content into segments of this size, the last one the rest. */
const segmentBytes = 1000

const identifierBytes = 32
const ivBytes = 16
const blockBytes = 16

const oid = {
  envelopedData: '1.2.840.113549.1.7.3',
  data: '1.2.840.113549.1.7.1',
  rsaesOaep: '1.2.840.113549.1.1.7',
  mgf1: '1.2.840.113549.1.1.8',
  sha256: '2.16.840.1.101.3.4.2.1',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
}

/** An end of contents each: of the content, EncryptedContentInfo, EnvelopedData, [0], ContentInfo. */
const endings = Buffer.from('0000'.repeat(5), 'hex')
const version2 = Buffer.from('020102', 'hex')

/** ContentInfo with id-envelopedData, then EnvelopedData of version 2: all three indefinite. */
const opening = Buffer.from('3080' + '06092a864886f70d010703' + 'a080' + '3080' + '020102', 'hex')

/** rsaesOaep { [0] sha256, [1] mgf1 with sha256 }; the empty label is left out. */
const keyEncryption = Buffer.from(
  '303c06092a864886f70d010107' +
    '302fa00f300d06096086480165030402010500' +
    'a11c301a06092a864886f70d010108300d06096086480165030402010500',
  'hex',
)

/** EncryptedContentInfo (indefinite), id-data, and aes-256-cbc up to its IV. */
const contentOpening = Buffer.from(
  '3080' + '06092a864886f70d010701' + '301d060960864801650304012a0410',
  'hex',
)

/** [0] IMPLICIT encryptedContent, constructed and indefinite. */
const segmentsOpening = Buffer.from('a080', 'hex')

/**
 * Writes the envelope in the form that every known client reads (spec of AWS KMS's answers: 9
 * captures are reproduced by it): outer elements of indefinite length, recipientInfos in DER,
 * content in segments of 1000 bytes.
 */
export function encodeEnvelopedData(content: EnvelopedData): Buffer {
  const recipient = definite(0x30, [
    version2,
    ...definite(0x80, [content.subjectKeyIdentifier]),
    keyEncryption,
    ...definite(0x04, [content.encryptedKey]),
  ])
  const parts: Uint8Array[] = [
    opening,
    ...definite(0x31, recipient),
    contentOpening,
    content.iv,
    segmentsOpening,
  ]
  for (let start = 0; start < content.ciphertext.length; start += segmentBytes) {
    parts.push(...definite(0x04, [content.ciphertext.subarray(start, start + segmentBytes)]))
  }
  parts.push(endings)
  return Buffer.concat(parts)
}

/** The pieces of an element: they are copied once, when all of them are there. */
function definite(tag: number, parts: readonly Uint8Array[]): Uint8Array[] {
  let length = 0
  for (const part of parts) length += part.length
  if (length < 0x80) return [Buffer.of(tag, length), ...parts]
  if (length < 0x100) return [Buffer.of(tag, 0x81, length), ...parts]
  return [Buffer.of(tag, 0x82, length >> 8, length & 0xff), ...parts]
}

/** One BER element, as node-forge gives it: `value` is a binary string or the elements inside. */
interface Element {
  readonly tagClass: number
  readonly type: number
  readonly constructed: boolean
  readonly value: unknown
}

const universal = 0x00
const contextSpecific = 0x80
const tag = { integer: 2, octetString: 4, null: 5, objectIdentifier: 6, sequence: 16, set: 17 }

/**
 * Reads an envelope of at most 6144 bytes, in BER or DER.
 *
 * @throws DecodeError with a code that begins with `CMS_`
 */
export async function decodeEnvelopedData(bytes: Uint8Array): Promise<EnvelopedData> {
  if (bytes.length > maxEnvelopeBytes) {
    throw new DecodeError('CMS_TOO_LONG', `CMS: longer than ${maxEnvelopeBytes} bytes`, {
      bytes: bytes.length,
    })
  }
  const { default: forge } = await import('node-forge')
  const readOid = (element: Element): string =>
    forge.asn1.derToOid(primitive(element, universal, tag.objectIdentifier).toString('binary'))

  const contentInfo = children(parse(forge, bytes), universal, tag.sequence, 2)
  checkOid(readOid(at(contentInfo, 0)), oid.envelopedData, 'CMS_CONTENT_TYPE', 'content type')
  const [wrapped] = children(at(contentInfo, 1), contextSpecific, 0, 1)
  const enveloped = children(wrapped, universal, tag.sequence, 3)
  checkVersion(at(enveloped, 0), 'EnvelopedData')

  const recipients = children(at(enveloped, 1), universal, tag.set)
  if (recipients.length !== 1) {
    throw new DecodeError('CMS_RECIPIENTS', 'CMS: want exactly one recipient', {
      recipients: recipients.length,
    })
  }
  const recipient = children(recipients[0], universal, tag.sequence, 4)
  checkVersion(at(recipient, 0), 'KeyTransRecipientInfo')
  const subjectKeyIdentifier = primitive(at(recipient, 1), contextSpecific, 0)
  checkLength(subjectKeyIdentifier, identifierBytes, 'CMS_RECIPIENT_ID', 'subjectKeyIdentifier')
  checkKeyEncryption(at(recipient, 2), readOid)
  const encryptedKey = primitive(at(recipient, 3), universal, tag.octetString)

  const info = children(at(enveloped, 2), universal, tag.sequence, 3)
  checkOid(readOid(at(info, 0)), oid.data, 'CMS_CONTENT_TYPE', 'type of the content')
  const [algorithm, parameters] = children(at(info, 1), universal, tag.sequence, 2)
  checkOid(readOid(want(algorithm)), oid.aes256Cbc, 'CMS_CONTENT_ENCRYPTION', 'content encryption')
  const iv = primitive(want(parameters), universal, tag.octetString)
  checkLength(iv, ivBytes, 'CMS_IV', 'IV')
  const ciphertext = readContent(at(info, 2))
  return { subjectKeyIdentifier, encryptedKey, iv, ciphertext }
}

function parse(forge: typeof import('node-forge'), bytes: Uint8Array): Element {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('binary')
  try {
    return forge.asn1.fromDer(text, true)
  } catch {
    throw new DecodeError('CMS_NOT_BER', 'CMS: want one BER element and nothing after it')
  }
}

/** Content is one primitive string, or segments of it: both occur in answers of AWS KMS. */
function readContent(element: Element): Buffer {
  const content = element.constructed
    ? Buffer.concat(
        children(element, contextSpecific, 0).map((segment) =>
          primitive(segment, universal, tag.octetString),
        ),
      )
    : primitive(element, contextSpecific, 0)
  if (content.length === 0 || content.length % blockBytes !== 0) {
    throw new DecodeError('CMS_CONTENT', `CMS: content is no multiple of ${blockBytes} bytes`, {
      bytes: content.length,
    })
  }
  return content
}

/** RSAES-OAEP-params must name SHA-256 twice: their defaults are SHA-1 (RFC 8017, A.2.1). */
function checkKeyEncryption(element: Element, readOid: (element: Element) => string): void {
  const [algorithm, parameters] = children(element, universal, tag.sequence, 2)
  checkOid(readOid(want(algorithm)), oid.rsaesOaep, 'CMS_KEY_ENCRYPTION', 'key encryption')
  const [hash, mask] = children(want(parameters), universal, tag.sequence, 2)
  checkSha256(children(want(hash), contextSpecific, 0, 1)[0], readOid)
  const [maskIdentifier] = children(want(mask), contextSpecific, 1, 1)
  const [maskAlgorithm, maskHash] = children(want(maskIdentifier), universal, tag.sequence, 2)
  checkOid(readOid(want(maskAlgorithm)), oid.mgf1, 'CMS_KEY_ENCRYPTION', 'mask generation')
  checkSha256(maskHash, readOid)
}

function checkSha256(element: Element | undefined, readOid: (element: Element) => string): void {
  const [algorithm, nothing, ...rest] = children(element, universal, tag.sequence)
  checkOid(readOid(want(algorithm)), oid.sha256, 'CMS_KEY_ENCRYPTION', 'OAEP hash')
  if (nothing !== undefined && primitive(nothing, universal, tag.null).length > 0) throw structure()
  if (rest.length > 0) throw structure()
}

function checkOid(found: string, wanted: string, code: string, what: string): void {
  if (found !== wanted) {
    throw new DecodeError(code, `CMS: ${what} is ${found}, want ${wanted}`, { found, wanted })
  }
}

function checkVersion(element: Element, what: string): void {
  const version = primitive(element, universal, tag.integer)
  if (version.length !== 1 || version[0] !== 2) {
    throw new DecodeError('CMS_VERSION', `CMS: version of ${what} is not 2`)
  }
}

function checkLength(value: Buffer, length: number, code: string, what: string): void {
  if (value.length !== length) {
    throw new DecodeError(code, `CMS: ${what} is ${value.length} bytes long, want ${length}`)
  }
}

/** The elements inside a constructed one, `count` of them where a count is given. */
function children(
  element: Element | undefined,
  tagClass: number,
  type: number,
  count?: number,
): Element[] {
  const { constructed, value } = expectTag(element, tagClass, type)
  if (!constructed || !Array.isArray(value)) throw structure()
  if (count !== undefined && value.length !== count) throw structure()
  return value as Element[]
}

/** The bytes of a primitive element. */
function primitive(element: Element, tagClass: number, type: number): Buffer {
  const { constructed, value } = expectTag(element, tagClass, type)
  if (constructed || typeof value !== 'string') throw structure()
  return Buffer.from(value, 'binary')
}

function expectTag(element: Element | undefined, tagClass: number, type: number): Element {
  if (element?.tagClass !== tagClass || element.type !== type) throw structure()
  return element
}

function at(elements: readonly Element[], index: number): Element {
  return want(elements[index])
}

function want(element: Element | undefined): Element {
  if (element === undefined) throw structure()
  return element
}

function structure(): DecodeError {
  return new DecodeError('CMS_STRUCTURE', 'CMS: not the structure of an EnvelopedData')
}
