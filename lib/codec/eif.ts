/**
 * An enclave image file (EIF) of versions 2 to 4: header, sections and checksum. Refuses a table that
 * does not say where the sections are, sections that a boot needs and that are missing, doubled or out
 * of order, and bytes after the last; a wrong checksum is reported, as nitro-cli does.
 * https://github.com/aws/aws-nitro-enclaves-image-format#enclave-image-file-eif-specification
 */
import { crc32 } from 'node:zlib'
import { DecodeError } from '../errors.ts'
import { equalBytes } from './bytes.ts'

export interface Eif {
  readonly version: number
  /** In the file's order, which is the order they are measured in. */
  readonly sections: readonly EifSection[]
  /** Whether the header's CRC-32 is that of everything else in the file. */
  readonly crcMatches: boolean
}

export interface EifSection {
  readonly type: EifSectionType
  /** A view of the file, without the section's own header. */
  readonly data: Uint8Array
}

export type EifSectionType = keyof typeof sectionTypes

type EifCode =
  | 'EIF_MAGIC'
  | 'EIF_SECTION_COUNT'
  | 'EIF_SECTION_MISSING'
  | 'EIF_SECTION_OFFSET'
  | 'EIF_SECTION_ORDER'
  | 'EIF_SECTION_SIZE'
  | 'EIF_SECTION_TWICE'
  | 'EIF_SECTION_TYPE'
  | 'EIF_TRAILING_BYTES'
  | 'EIF_TRUNCATED'
  | 'EIF_VERSION'

/** How often each may be there; from which version on it must. */
const sectionTypes = {
  kernel: { number: 1, most: 1, neededFrom: 2 },
  cmdline: { number: 2, most: 1, neededFrom: 2 },
  ramdisk: { number: 3, most: Infinity, neededFrom: Infinity },
  signature: { number: 4, most: 1, neededFrom: Infinity },
  metadata: { number: 5, most: 1, neededFrom: 4 },
} as const

const typesByNumber = new Map<number, EifSectionType>(
  (Object.keys(sectionTypes) as EifSectionType[]).map((type) => [sectionTypes[type].number, type]),
)

export const eifMagic: Uint8Array = Buffer.from('.eif')

/** Versions 0 and 1 were never published, and those above 4 are not defined. */
const versions = { first: 2, last: 4 }
const sectionCounts = { least: 2, most: 32 }

/** Where the fields are that are read; all numbers are big-endian. */
const at = { version: 4, count: 26, offsets: 28, sizes: 284, crc: 544 }
const headerBytes = 548
const sectionHeaderBytes = 12
const entryBytes = 8
const crcBytes = 4

/** Reads an image. Codes: EIF_*. */
export function decodeEif(bytes: Uint8Array): Eif {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  checkHeader(file)
  const version = file.readUInt16BE(at.version)
  const sections = readSections(file)
  checkArrangement(sections, version)
  return {
    version,
    sections,
    crcMatches: file.readUInt32BE(at.crc) === checksum(file),
  }
}

/** The data of the sections of a type, in order. */
export function sectionsOf({ sections }: Eif, type: EifSectionType): Uint8Array[] {
  return sections.filter((section) => section.type === type).map(({ data }) => data)
}

function checkHeader(file: Buffer): void {
  if (!equalBytes(file.subarray(0, eifMagic.length), eifMagic)) {
    refuse('EIF_MAGIC', 'the file does not begin with .eif')
  }
  if (file.length < headerBytes) {
    refuse('EIF_TRUNCATED', `the file ends in its header, after ${file.length} bytes`)
  }
  const version = file.readUInt16BE(at.version)
  if (version < versions.first || version > versions.last) {
    refuse('EIF_VERSION', `version ${version}, not ${versions.first} to ${versions.last}`)
  }
  const count = file.readUInt16BE(at.count)
  if (count < sectionCounts.least || count > sectionCounts.most) {
    refuse(
      'EIF_SECTION_COUNT',
      `${count} sections, not ${sectionCounts.least} to ${sectionCounts.most}`,
    )
  }
}

/**
 * nitro-cli reads the sections one after the other, whatever the table says; other readers follow
 * the table. An image that these would read differently is refused: it has two measurements.
 */
function readSections(file: Buffer): EifSection[] {
  const count = file.readUInt16BE(at.count)
  const sections: EifSection[] = []
  let position = headerBytes
  for (let index = 0; index < count; index++) {
    const offset = file.readBigUInt64BE(at.offsets + entryBytes * index)
    if (offset !== BigInt(position)) {
      refuse(
        'EIF_SECTION_OFFSET',
        `section ${index} is said to be at byte ${offset}, not ${position} where it follows`,
      )
    }
    const section = readSection(file, position, index)
    sections.push(section)
    position += sectionHeaderBytes + section.data.length
  }
  if (position !== file.length) {
    refuse('EIF_TRAILING_BYTES', `${file.length - position} bytes after the last section`)
  }
  return sections
}

function readSection(file: Buffer, position: number, index: number): EifSection {
  const start = position + sectionHeaderBytes
  if (start > file.length) refuse('EIF_TRUNCATED', `the file ends where section ${index} begins`)
  const number = file.readUInt16BE(position)
  const type = typesByNumber.get(number)
  if (type === undefined) refuse('EIF_SECTION_TYPE', `section ${index} has the type ${number}`)
  const size = file.readBigUInt64BE(position + entryBytes / 2)
  const left = file.length - start
  if (size > BigInt(left)) {
    refuse('EIF_TRUNCATED', `section ${index} (${type}) has ${left} of its ${size} bytes`)
  }
  const listed = file.readBigUInt64BE(at.sizes + entryBytes * index)
  // `nitro-cli sign-eif` leaves the old size in the table when it replaces a signature.
  if (listed !== size && type !== 'signature') {
    refuse(
      'EIF_SECTION_SIZE',
      `section ${index} (${type}) has ${size} bytes, and ${listed} in the table`,
    )
  }
  return { type, data: file.subarray(start, start + Number(size)) }
}

function checkArrangement(sections: readonly EifSection[], version: number): void {
  const types = sections.map(({ type }) => type)
  for (const [type, { most, neededFrom }] of Object.entries(sectionTypes)) {
    const times = types.filter((one) => one === type).length
    if (times > most) refuse('EIF_SECTION_TWICE', `${times} sections of the type ${type}`)
    if (times === 0 && version >= neededFrom) {
      refuse('EIF_SECTION_MISSING', `no section of the type ${type}`)
    }
  }
  const firstRamdisk = types.indexOf('ramdisk')
  if (firstRamdisk >= 0 && firstRamdisk < types.indexOf('kernel')) {
    refuse('EIF_SECTION_ORDER', 'a ramdisk stands before the kernel')
  }
}

/** CRC-32/ISO-HDLC of all bytes but those of the checksum itself. */
function checksum(file: Buffer): number {
  return crc32(file.subarray(at.crc + crcBytes), crc32(file.subarray(0, at.crc)))
}

function refuse(code: EifCode, message: string): never {
  throw new DecodeError(code, message)
}
