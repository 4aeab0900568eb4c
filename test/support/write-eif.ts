/**
 * A writer of enclave images for tests: it writes what it is told, right or wrong, and shares no code
 * with the reader under test. Its images hold a few bytes; they are measured and never booted.
 */
import { sign, type KeyObject } from 'node:crypto'
import * as cbor from './write-cbor.ts'
import * as der from './write-der.ts'
import { spkiOf, testKey } from './forge.ts'

export const sectionType = { kernel: 1, cmdline: 2, ramdisk: 3, signature: 4, metadata: 5 } as const

export interface SectionDraft {
  type: number
  data: Buffer
  /** What its own header says of its size; the data's length unless said. */
  size?: bigint
}

export interface EifDraft {
  magic: Buffer
  version: number
  flags: number
  sections: SectionDraft[]
  /** What the header says where it is to differ from the sections: their number, places and sizes. */
  count?: number
  offsets: Map<number, bigint>
  sizes: Map<number, bigint>
  /** What is added to the right checksum. */
  crcError: number
  trailing: Buffer
}

const headerBytes = 548
const sectionHeaderBytes = 12
const tableEntries = 32

export const metadata = {
  ImageName: 'app',
  ImageVersion: '1.0',
  BuildMetadata: {
    BuildTime: '2024-01-01T00:00:00+00:00',
    BuildTool: 'nitro-cli',
    BuildToolVersion: '1.4.2',
    OperatingSystem: 'Linux',
    KernelVersion: '4.14.256',
  },
  DockerInfo: null as unknown,
  CustomMetadata: null as unknown,
}

/** Kernel, cmdline, metadata and two ramdisks, as nitro-cli orders them. */
export function goodSections(): SectionDraft[] {
  return [
    { type: sectionType.kernel, data: Buffer.from('kernel') },
    { type: sectionType.cmdline, data: Buffer.from('reboot=k panic=30') },
    { type: sectionType.metadata, data: Buffer.from(JSON.stringify(metadata)) },
    { type: sectionType.ramdisk, data: Buffer.from('init ramdisk') },
    { type: sectionType.ramdisk, data: Buffer.from('application ramdisk') },
  ]
}

/** An image, good but for what the edit changes. */
export function writeEif(edit: (draft: EifDraft) => void = () => undefined): Buffer {
  const draft: EifDraft = {
    magic: Buffer.from('.eif'),
    version: 4,
    flags: 0,
    sections: goodSections(),
    offsets: new Map(),
    sizes: new Map(),
    crcError: 0,
    trailing: Buffer.alloc(0),
  }
  edit(draft)
  return assemble(draft)
}

function assemble(draft: EifDraft): Buffer {
  const header = Buffer.alloc(headerBytes)
  draft.magic.copy(header)
  header.writeUInt16BE(draft.version, 4)
  header.writeUInt16BE(draft.flags, 6)
  header.writeBigUInt64BE(1n << 30n, 8)
  header.writeBigUInt64BE(2n, 16)
  header.writeUInt16BE(draft.count ?? draft.sections.length, 26)
  const parts: Buffer[] = []
  let position = headerBytes
  draft.sections.forEach(({ type, data, size = BigInt(data.length) }, index) => {
    const head = Buffer.alloc(sectionHeaderBytes)
    head.writeUInt16BE(type, 0)
    head.writeBigUInt64BE(size, 4)
    parts.push(head, data)
    if (index < tableEntries) {
      header.writeBigUInt64BE(draft.offsets.get(index) ?? BigInt(position), 28 + 8 * index)
      header.writeBigUInt64BE(draft.sizes.get(index) ?? BigInt(data.length), 284 + 8 * index)
    }
    position += head.length + data.length
  })
  const rest = Buffer.concat([...parts, draft.trailing])
  const crc = crc32(Buffer.concat([header.subarray(0, 544), rest]))
  header.writeUInt32BE((crc + draft.crcError) >>> 0, 544)
  return Buffer.concat([header, rest])
}

/** CRC-32 of ISO-HDLC, bit by bit. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

export type SigningCurve = 'P-256' | 'P-384' | 'P-521'

const signing = {
  'P-256': { hash: 'sha256', header: 'a10126' },
  'P-384': { hash: 'sha384', header: 'a1013822' },
  'P-521': { hash: 'sha512', header: 'a1013823' },
} as const

export interface SignatureDraft {
  curve: SigningCurve
  key: KeyObject
  /** Text of the certificate. */
  certificate: Buffer
  header: Buffer
  payload: Buffer
  /** What becomes of the two bytes of r and s. */
  signature: (bytes: Buffer) => Buffer
  /** The COSE_Sign1, and the pairs of the one entry. */
  message: (bytes: Buffer) => Buffer
  pairs: (pairs: cbor.Pair[]) => cbor.Pair[]
}

/** The data of a signature section over this PCR0, good but for what the edit changes. */
export function writeSignature(
  pcr0: Uint8Array,
  edit: (draft: SignatureDraft) => void = () => undefined,
  curve: SigningCurve = 'P-384',
): Buffer {
  const draft: SignatureDraft = {
    curve,
    key: testKey(`eif signer ${curve}`, curve),
    certificate: pemOf(signingCertificate(curve)),
    header: Buffer.from(signing[curve].header, 'hex'),
    payload: pcrPayload(pcr0),
    signature: (bytes) => bytes,
    message: (bytes) => bytes,
    pairs: (pairs) => pairs,
  }
  edit(draft)
  const { key, header, payload } = draft
  const signed = cbor.array([
    cbor.text('Signature1'),
    cbor.bytes(header),
    cbor.bytes(Buffer.alloc(0)),
    cbor.bytes(payload),
  ])
  const { hash } = signing[draft.curve]
  const signature = draft.signature(sign(hash, signed, { key, dsaEncoding: 'ieee-p1363' }))
  const message = draft.message(
    cbor.array([cbor.bytes(header), cbor.map([]), cbor.bytes(payload), cbor.bytes(signature)]),
  )
  const pairs: cbor.Pair[] = [
    [cbor.text('signing_certificate'), numbers(draft.certificate)],
    [cbor.text('signature'), numbers(message)],
  ]
  return cbor.array([cbor.map(draft.pairs(pairs))])
}

/** What is signed: `{register_index: 0, register_value: [48 numbers]}`. */
export function pcrPayload(pcr0: Uint8Array, index = 0): Buffer {
  return cbor.map([
    [cbor.text('register_index'), cbor.unsigned(index)],
    [cbor.text('register_value'), numbers(pcr0)],
  ])
}

/** Bytes as an array of numbers, as serde writes them. */
export function numbers(bytes: Uint8Array): Buffer {
  return cbor.array([...bytes].map((byte) => cbor.unsigned(byte)))
}

export const signerNotBeforeMs = Date.UTC(2020, 0, 1)
export const signerNotAfterMs = Date.UTC(2045, 0, 1)

/** Version 1, as `openssl req -x509` of old made them: self-signed, without extensions. */
export function signingCertificate(
  curve: SigningCurve = 'P-384',
  issuer = der.name({ C: 'US', O: 'Test', CN: 'signer' }),
): Buffer {
  const key = testKey(`eif signer ${curve}`, curve)
  const algorithm = der.sequence(der.oid('1.2.840.10045.4.3.3'))
  const tbs = der.sequence(
    der.integer(Buffer.of(1)),
    algorithm,
    issuer,
    der.sequence(der.utcTime(signerNotBeforeMs), der.utcTime(signerNotAfterMs)),
    issuer,
    spkiOf(key),
  )
  return der.sequence(tbs, algorithm, der.bitString(sign('sha384', tbs, key)))
}

export function pemOf(certificate: Uint8Array): Buffer {
  const lines = Buffer.from(certificate)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n')
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`)
}
