/**
 * One X.509 certificate of version 3 (RFC 5280, section 4) in strict DER: what path validation asks
 * for, and nothing judged. Refuses bytes after it, two algorithms that differ, unique identifiers,
 * and an extension that occurs twice.
 */
import { DecodeError } from '../errors.ts'
import { decodeBase64, encodeHex, equalBytes } from './bytes.ts'
import { DerReader, derTag } from './der.ts'
import { decodeName } from './x509-name.ts'

export interface Certificate {
  /** The whole certificate. */
  readonly der: Uint8Array
  /** The part that is signed. */
  readonly tbs: Uint8Array
  /** Hex of the bytes of a number of zero or more. */
  readonly serial: string
  /** Object identifier. */
  readonly signatureAlgorithm: string
  /** ECDSA-Sig-Value in DER, for an ECDSA algorithm. */
  readonly signature: Uint8Array
  /** DER of the names: PKIX compares them, people read the texts. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  /** `C=US, O=Amazon, OU=AWS, CN=aws.nitro-enclaves`, in the certificate's order. */
  readonly issuerText: string
  readonly subjectText: string
  /** Milliseconds since the epoch; both belong to the period. */
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly publicKey: PublicKeyInfo
  /** Null where the extension is absent, as for the next. */
  readonly basicConstraints: BasicConstraints | null
  readonly keyUsage: ReadonlySet<KeyUsage> | null
  /** Whether it has name constraints, critical or not. */
  readonly hasNameConstraints: boolean
  /** Object identifiers of critical extensions other than the two that are read. */
  readonly unknownCriticalExtensions: readonly string[]
}

export interface PublicKeyInfo {
  /** The SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  /** Object identifier. */
  readonly algorithm: string
  /** Object identifier of the named curve, for an EC key. */
  readonly curve: string | null
  /** The key itself: a point, or an RSAPublicKey. */
  readonly key: Uint8Array
}

export interface BasicConstraints {
  readonly ca: boolean
  /** How many certificates of issuers may follow; null where there is no limit. */
  readonly pathLength: number | null
}

export type KeyUsage = (typeof keyUsages)[number]

/** By bit number (RFC 5280, 4.2.1.3). */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const

export const oid = {
  ecPublicKey: '1.2.840.10045.2.1',
  secp384r1: '1.3.132.0.34',
  ecdsaWithSha384: '1.2.840.10045.4.3.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  authorityKeyIdentifier: '2.5.29.35',
} as const

type CertificateCode =
  'CERTIFICATE_ALGORITHMS' | 'CERTIFICATE_EXTENSION' | 'CERTIFICATE_PEM' | 'CERTIFICATE_VERSION'

const version3 = 2
const explicit = { version: 0xa0, extensions: 0xa3 }

/** Reads a certificate; byte strings are views of it. Codes: CERTIFICATE_* and DER_*. */
export function decodeCertificate(der: Uint8Array): Certificate {
  const outer = new DerReader(der)
  const certificate = outer.inside(derTag.sequence)
  outer.end()
  const tbs = certificate.element(derTag.sequence)
  const algorithm = certificate.element(derTag.sequence)
  const signature = certificate.bytes()
  certificate.end()

  const fields = new DerReader(tbs.content)
  checkVersion(fields)
  const serial = encodeHex(fields.unsigned())
  checkAlgorithms(fields.element(derTag.sequence).bytes, algorithm.bytes)
  const issuer = fields.element(derTag.sequence).bytes
  const validity = fields.inside(derTag.sequence)
  const notBeforeMs = validity.time()
  const notAfterMs = validity.time()
  validity.end()
  const subject = fields.element(derTag.sequence).bytes
  const publicKey = decodePublicKeyInfo(fields.element(derTag.sequence).bytes)
  const extensions = decodeExtensions(fields)
  fields.end()

  return {
    der,
    tbs: tbs.bytes,
    serial,
    signatureAlgorithm: new DerReader(algorithm.content).oid(),
    signature,
    issuer,
    subject,
    issuerText: decodeName(issuer),
    subjectText: decodeName(subject),
    notBeforeMs,
    notAfterMs,
    publicKey,
    ...extensions,
  }
}

/** The one certificate of a PEM text (RFC 7468). Codes: CERTIFICATE_*, BASE64 and DER_*. */
export function decodeCertificatePem(text: string): Certificate {
  const blocks = [...text.matchAll(/-----BEGIN ([^-]*)-----([^-]*)-----END \1-----/g)]
  const [block] = blocks
  if (blocks.length !== 1 || block?.[1] !== 'CERTIFICATE') {
    refuse('CERTIFICATE_PEM', `${blocks.length} PEM blocks where one CERTIFICATE is wanted`)
  }
  return decodeCertificate(decodeBase64((block[2] ?? '').replace(/\s/g, '')))
}

/**
 * A SubjectPublicKeyInfo (RFC 5280, 4.1.2.7). For EC keys the parameters name a curve; for others
 * they are not looked at. Code: DER_*.
 */
export function decodePublicKeyInfo(spki: Uint8Array): PublicKeyInfo {
  const outer = new DerReader(spki)
  const info = outer.inside(derTag.sequence)
  outer.end()
  const identifier = info.inside(derTag.sequence)
  const algorithm = identifier.oid()
  const curve = algorithm === oid.ecPublicKey ? identifier.oid() : null
  if (curve !== null) identifier.end()
  const key = info.bytes()
  info.end()
  return { spki, algorithm, curve, key }
}

function checkVersion(fields: DerReader): void {
  if (fields.nextTag !== explicit.version) refuse('CERTIFICATE_VERSION', 'not version 3')
  const version = fields.inside(explicit.version)
  if (version.small() !== version3) refuse('CERTIFICATE_VERSION', 'not version 3')
  version.end()
}

/** RFC 5280, 4.1.1.2: the algorithm inside what is signed and the one beside it are the same. */
function checkAlgorithms(inside: Uint8Array, beside: Uint8Array): void {
  if (!equalBytes(inside, beside)) {
    refuse('CERTIFICATE_ALGORITHMS', 'the two signature algorithms differ')
  }
}

type Extensions = Pick<
  Certificate,
  'basicConstraints' | 'keyUsage' | 'hasNameConstraints' | 'unknownCriticalExtensions'
>

function decodeExtensions(fields: DerReader): Extensions {
  const seen = new Set<string>()
  const unknownCriticalExtensions: string[] = []
  let basicConstraints: BasicConstraints | null = null
  let keyUsage: ReadonlySet<KeyUsage> | null = null
  const list = fields.atEnd ? null : extensionList(fields)
  while (list && !list.atEnd) {
    const { id, critical, value } = decodeExtension(list)
    if (seen.has(id)) refuse('CERTIFICATE_EXTENSION', `the extension ${id} occurs twice`)
    seen.add(id)
    if (id === oid.basicConstraints) basicConstraints = decodeBasicConstraints(value)
    else if (id === oid.keyUsage) keyUsage = decodeKeyUsage(value)
    else if (critical) unknownCriticalExtensions.push(id)
  }
  const hasNameConstraints = seen.has(oid.nameConstraints)
  return { basicConstraints, keyUsage, hasNameConstraints, unknownCriticalExtensions }
}

function extensionList(fields: DerReader): DerReader {
  const wrapper = fields.inside(explicit.extensions)
  const list = wrapper.inside(derTag.sequence)
  wrapper.end()
  return list
}

function decodeExtension(list: DerReader): { id: string; critical: boolean; value: Uint8Array } {
  const extension = list.inside(derTag.sequence)
  const id = extension.oid()
  const critical = presentBoolean(extension)
  const value = extension.element(derTag.octetString).content
  extension.end()
  return { id, critical, value }
}

/** A BOOLEAN DEFAULT FALSE: DER writes it only where it is true (X.690, 11.5). */
function presentBoolean(reader: DerReader): boolean {
  if (reader.nextTag !== derTag.boolean) return false
  if (!reader.boolean()) refuse('CERTIFICATE_EXTENSION', 'a default value is written out')
  return true
}

function decodeBasicConstraints(value: Uint8Array): BasicConstraints {
  const outer = new DerReader(value)
  const constraints = outer.inside(derTag.sequence)
  outer.end()
  const ca = presentBoolean(constraints)
  const pathLength = constraints.atEnd ? null : constraints.small()
  constraints.end()
  return { ca, pathLength }
}

function decodeKeyUsage(value: Uint8Array): ReadonlySet<KeyUsage> {
  const outer = new DerReader(value)
  const bits = outer.bits()
  outer.end()
  return new Set(
    [...bits].map((bit) => {
      const usage = keyUsages[bit]
      if (usage === undefined) refuse('CERTIFICATE_EXTENSION', `key usage has a bit ${bit}`)
      return usage
    }),
  )
}

function refuse(code: CertificateCode, message: string): never {
  throw new DecodeError(code, message)
}
