/**
 * Writes X.509 certificates of version 3 (RFC 5280, section 4) that are signed by ecdsa-with-SHA384,
 * in DER, and the extensions of Nitro's certificates. It judges nothing and signs nothing: what it
 * is given is what stands there.
 */
import {
  derBitString,
  derElement,
  derNamedBits,
  derOctetString,
  derOid,
  derSequence,
  derTime,
  derTrue,
  derUnsigned,
} from './der-writer.ts'
import { keyUsages, oid, type BasicConstraints, type KeyUsage } from './x509.ts'

/** What a certificate says: everything but its signature. */
export interface CertificateContent {
  /** Bytes of a number above zero. */
  readonly serialNumber: Uint8Array
  /** DER of the names, of the SubjectPublicKeyInfo, and of each extension. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly publicKeyInfo: Uint8Array
  readonly extensions: readonly Uint8Array[]
  /** Whole seconds, in milliseconds since the epoch; both belong to the period. */
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** Context-specific tags: of TBSCertificate, DistributionPoint, GeneralName and AuthorityKeyId. */
const tag = {
  version: 0xa0,
  extensions: 0xa3,
  distributionPoint: 0xa0,
  fullName: 0xa0,
  uri: 0x86,
  keyIdentifier: 0x80,
} as const

const version3 = 2

/** Its parameters are absent (RFC 5758, 3.2). */
const signatureAlgorithm = derSequence(derOid(oid.ecdsaWithSha384))

/** The TBSCertificate: what is to be signed. RangeError for a time that no certificate has. */
export function encodeTbsCertificate(content: CertificateContent): Buffer {
  return derSequence(
    derElement(tag.version, derUnsigned(Uint8Array.of(version3))),
    derUnsigned(content.serialNumber),
    signatureAlgorithm,
    content.issuer,
    derSequence(derTime(content.notBeforeMs), derTime(content.notAfterMs)),
    content.subject,
    content.publicKeyInfo,
    derElement(tag.extensions, derSequence(...content.extensions)),
  )
}

/** The certificate; the signature is an ECDSA-Sig-Value in DER. */
export function encodeCertificate(tbs: Uint8Array, signature: Uint8Array): Buffer {
  return derSequence(tbs, signatureAlgorithm, derBitString(signature))
}

/** RFC 5280, 4.2.1.9; critical. */
export function basicConstraints({ ca, pathLength }: BasicConstraints): Buffer {
  const length = pathLength === null ? [] : [derUnsigned(Uint8Array.of(pathLength))]
  return extension(oid.basicConstraints, true, derSequence(...(ca ? [derTrue()] : []), ...length))
}

/** RFC 5280, 4.2.1.3. */
export function keyUsage(
  usages: readonly KeyUsage[],
  { critical }: { readonly critical: boolean },
): Buffer {
  const bits = usages.map((usage) => keyUsages.indexOf(usage))
  return extension(oid.keyUsage, critical, derNamedBits(bits))
}

/** RFC 5280, 4.2.1.2. */
export function subjectKeyIdentifier(identifier: Uint8Array): Buffer {
  return extension(oid.subjectKeyIdentifier, false, derOctetString(identifier))
}

/** RFC 5280, 4.2.1.1: the key's identifier, and not the issuer's name and number. */
export function authorityKeyIdentifier(identifier: Uint8Array): Buffer {
  const value = derSequence(derElement(tag.keyIdentifier, identifier))
  return extension(oid.authorityKeyIdentifier, false, value)
}

/** RFC 5280, 4.2.1.13: one place where the list of revoked certificates is, an ASCII text. */
export function crlDistributionPoint(uri: string): Buffer {
  const name = derElement(tag.fullName, derElement(tag.uri, Buffer.from(uri)))
  const value = derSequence(derSequence(derElement(tag.distributionPoint, name)))
  return extension(oid.crlDistributionPoints, false, value)
}

/** An Extension: `critical` is written where it is true. */
function extension(id: string, critical: boolean, value: Uint8Array): Buffer {
  return derSequence(derOid(id), ...(critical ? [derTrue()] : []), derOctetString(value))
}
