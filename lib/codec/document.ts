/**
 * The payload of an attestation document: the syntactic rules of AWS's attestation_process.md, 3.2,
 * each a named check, and the writer of the same. Refuses unknown keys, both families of registers,
 * null where a value is mandatory, and every length out of bounds; says nothing about trust.
 */
import { DecodeError } from '../errors.ts'
import { isZero } from './bytes.ts'
import { decodeCbor, encodeCbor, type CborValue } from './cbor.ts'

export interface AttestationDocument {
  readonly platform: Platform
  /** `i-…-enc…` or `i-…-tpm…`; any text that is not empty. */
  readonly moduleId: string
  readonly digest: 'SHA384'
  /** Milliseconds since the epoch. */
  readonly timestampMs: number
  /** 48 bytes each, by register. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>
  /** DER of the leaf, whose key signs the document. */
  readonly certificate: Uint8Array
  /** DER of its issuers, root first. */
  readonly cabundle: readonly Uint8Array[]
  /** Whatever bytes the enclave gave; null where it gave none. */
  readonly publicKey: Uint8Array | null
  readonly userData: Uint8Array | null
  readonly nonce: Uint8Array | null
}

export type Platform = 'nitro-enclave' | 'nitro-tpm'

type DocumentCode =
  | 'DOCUMENT_CABUNDLE'
  | 'DOCUMENT_CERTIFICATE'
  | 'DOCUMENT_DIGEST'
  | 'DOCUMENT_MISSING_KEY'
  | 'DOCUMENT_MODULE_ID'
  | 'DOCUMENT_NONCE'
  | 'DOCUMENT_PCRS'
  | 'DOCUMENT_PCR_FAMILIES'
  | 'DOCUMENT_PCR_INDEX'
  | 'DOCUMENT_PCR_LENGTH'
  | 'DOCUMENT_PUBLIC_KEY'
  | 'DOCUMENT_SHAPE'
  | 'DOCUMENT_TIMESTAMP'
  | 'DOCUMENT_UNKNOWN_KEY'
  | 'DOCUMENT_USER_DATA'

/** The registers' key in the payload, and how many there can be: 32 in an enclave, 24 in a TPM. */
const families = {
  'nitro-enclave': { key: 'pcrs', registers: 32 },
  'nitro-tpm': { key: 'nitrotpm_pcrs', registers: 24 },
} as const satisfies Record<Platform, { key: string; registers: number }>

const keys = new Set([
  'module_id',
  'digest',
  'timestamp',
  'pcrs',
  'nitrotpm_pcrs',
  'certificate',
  'cabundle',
  'public_key',
  'user_data',
  'nonce',
])

/** SHA-384. */
const pcrBytes = 48
/** AWS: a certificate is 1 to 1024 bytes. */
const maxCertificateBytes = 1024
/** AWS: the bundle has a certificate at least. Ours: at most 8. */
const bundleCertificates = { min: 1, max: 8 }
/** AWS's CDDL; its prose says 512 for two of the three, but the device takes 1024 for each. */
const maxOptionalBytes = 1024
/** The last moment that a JavaScript Date can hold. */
const maxTimestampMs = 8_640_000_000_000_000

type Payload = ReadonlyMap<unknown, CborValue>

/** Reads a payload; byte strings are views of it. Codes: DOCUMENT_* and CBOR_*. */
export function decodeAttestationDocument(bytes: Uint8Array): AttestationDocument {
  const payload = checkShape(
    decodeCbor(bytes, { allowIndefiniteOuterMap: true, wideIntegerKey: 'timestamp' }),
  )
  checkKeys(payload)
  const platform = checkFamily(payload)
  return {
    platform,
    moduleId: checkModuleId(payload),
    digest: checkDigest(payload),
    timestampMs: checkTimestamp(payload),
    pcrs: checkPcrs(payload, platform),
    certificate: checkCertificate(
      payload.get('certificate'),
      'DOCUMENT_CERTIFICATE',
      'certificate',
    ),
    cabundle: checkCabundle(payload),
    publicKey: checkOptional(payload, 'public_key', 'DOCUMENT_PUBLIC_KEY'),
    userData: checkOptional(payload, 'user_data', 'DOCUMENT_USER_DATA'),
    nonce: checkOptional(payload, 'nonce', 'DOCUMENT_NONCE'),
  }
}

/**
 * Whether an enclave runs in debug mode: PCR0, PCR1 and PCR2 are zero, though PCR3 and PCR4 need not
 * be. A NitroTPM has no such mode.
 */
export function isDebug({
  platform,
  pcrs,
}: Pick<AttestationDocument, 'platform' | 'pcrs'>): boolean {
  if (platform !== 'nitro-enclave') return false
  return [0, 1, 2].every((index) => {
    const value = pcrs.get(index)
    return value !== undefined && isZero(value)
  })
}

function checkShape(value: CborValue): Payload {
  if (!(value instanceof Map)) refuse('DOCUMENT_SHAPE', 'the payload is not a map')
  return value as Payload
}

function checkKeys(payload: Payload): void {
  for (const key of payload.keys()) {
    if (typeof key !== 'string') refuse('DOCUMENT_UNKNOWN_KEY', 'the payload has a key of no name')
    if (!keys.has(key))
      refuse('DOCUMENT_UNKNOWN_KEY', `the payload has an unknown key ${quote(key)}`)
  }
  for (const key of ['module_id', 'digest', 'timestamp', 'certificate', 'cabundle']) {
    if (!payload.has(key)) refuse('DOCUMENT_MISSING_KEY', `the payload has no ${key}`)
  }
}

function checkFamily(payload: Payload): Platform {
  const isEnclave = payload.has(families['nitro-enclave'].key)
  const isTpm = payload.has(families['nitro-tpm'].key)
  if (isEnclave && isTpm) {
    refuse('DOCUMENT_PCR_FAMILIES', 'the payload has both pcrs and nitrotpm_pcrs')
  }
  if (!isEnclave && !isTpm) {
    refuse('DOCUMENT_MISSING_KEY', 'the payload has neither pcrs nor nitrotpm_pcrs')
  }
  return isEnclave ? 'nitro-enclave' : 'nitro-tpm'
}

function checkModuleId(payload: Payload): string {
  const moduleId = payload.get('module_id')
  if (typeof moduleId !== 'string' || moduleId === '') {
    refuse('DOCUMENT_MODULE_ID', 'module_id is not a text with a character at least')
  }
  return moduleId
}

function checkDigest(payload: Payload): 'SHA384' {
  const digest = payload.get('digest')
  if (digest !== 'SHA384') refuse('DOCUMENT_DIGEST', 'digest is not the text SHA384')
  return digest
}

function checkTimestamp(payload: Payload): number {
  const timestamp = payload.get('timestamp')
  if (typeof timestamp !== 'number' && typeof timestamp !== 'bigint') {
    refuse('DOCUMENT_TIMESTAMP', 'timestamp is not an integer')
  }
  if (timestamp <= 0 || timestamp > maxTimestampMs) {
    refuse('DOCUMENT_TIMESTAMP', `timestamp is not 1 to ${maxTimestampMs} milliseconds`)
  }
  return Number(timestamp)
}

function checkPcrs(payload: Payload, platform: Platform): ReadonlyMap<number, Uint8Array> {
  const { key, registers } = families[platform]
  const pcrs = payload.get(key)
  if (!(pcrs instanceof Map) || pcrs.size === 0 || pcrs.size > registers) {
    refuse('DOCUMENT_PCRS', `${key} is not a map of 1 to ${registers} registers`)
  }
  for (const [index, value] of pcrs as ReadonlyMap<unknown, CborValue>) {
    if (typeof index !== 'number' || index < 0 || index >= registers) {
      refuse('DOCUMENT_PCR_INDEX', `${key} has an index that is not 0 to ${registers - 1}`)
    }
    if (!(value instanceof Uint8Array) || value.length !== pcrBytes) {
      refuse('DOCUMENT_PCR_LENGTH', `${key}[${index}] is not a byte string of ${pcrBytes} bytes`)
    }
  }
  return pcrs as ReadonlyMap<number, Uint8Array>
}

function checkCertificate(
  value: CborValue | undefined,
  code: 'DOCUMENT_CERTIFICATE' | 'DOCUMENT_CABUNDLE',
  where: string,
): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length === 0 || value.length > maxCertificateBytes) {
    refuse(code, `${where} is not a byte string of 1 to ${maxCertificateBytes} bytes`)
  }
  return value
}

function checkCabundle(payload: Payload): readonly Uint8Array[] {
  const { min, max } = bundleCertificates
  const bundle = payload.get('cabundle')
  if (!Array.isArray(bundle) || bundle.length < min || bundle.length > max) {
    refuse('DOCUMENT_CABUNDLE', `cabundle is not an array of ${min} to ${max} certificates`)
  }
  return (bundle as readonly CborValue[]).map((value, index) =>
    checkCertificate(value, 'DOCUMENT_CABUNDLE', `cabundle[${index}]`),
  )
}

/** AWS's CDDL lets the key be absent; what AWS sends is null. */
function checkOptional(payload: Payload, key: string, code: DocumentCode): Uint8Array | null {
  const value = payload.get(key) ?? null
  if (value === null) return null
  if (!(value instanceof Uint8Array) || value.length > maxOptionalBytes) {
    refuse(code, `${key} is neither null nor a byte string of at most ${maxOptionalBytes} bytes`)
  }
  return value
}

/** A text of others in a message: bounded, on one line. */
function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text)
}

function refuse(code: DocumentCode, message: string): never {
  throw new DecodeError(code, message)
}

/**
 * Writes a payload byte for byte as AWS does: its order of keys, registers ascending, the timestamp
 * in eight bytes, null for what is absent; the outer map of indefinite length (`bf … ff`), as since
 * June 2025, or definite, as before.
 */
export function encodeAttestationDocument(
  document: AttestationDocument,
  options: { indefinite?: boolean } = {},
): Buffer {
  const pcrs = new Map([...document.pcrs].sort(([one], [other]) => one - other))
  const timestamp = Buffer.alloc(9, 0x1b)
  timestamp.writeBigUInt64BE(BigInt(document.timestampMs), 1)
  const members: readonly (readonly [string, Uint8Array])[] = [
    ['module_id', encodeCbor(document.moduleId)],
    ['digest', encodeCbor(document.digest)],
    ['timestamp', timestamp],
    [families[document.platform].key, encodeCbor(pcrs)],
    ['certificate', encodeCbor(document.certificate)],
    ['cabundle', encodeCbor(document.cabundle)],
    ['public_key', encodeCbor(document.publicKey)],
    ['user_data', encodeCbor(document.userData)],
    ['nonce', encodeCbor(document.nonce)],
  ]
  const encoded = members.flatMap(([key, value]) => [encodeCbor(key), value])
  return options.indefinite === true
    ? Buffer.concat([Buffer.of(0xbf), ...encoded, Buffer.of(0xff)])
    : Buffer.concat([Buffer.of(0xa0 | members.length), ...encoded])
}
