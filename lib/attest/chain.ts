/**
 * The rules for a chain of certificates: PKIX path validation as AWS's attestation_process.md, 3.2.3
 * asks for it, and what AWS is silent about refused. Each rule is a named check over parsed
 * certificates and an explicit time; the signatures are for chain-cache.
 */
import { equalBytes } from '../codec/bytes.ts'
import { oid, type Certificate } from '../codec/x509.ts'
import { TrustError, type Facts } from '../errors.ts'
import type { TrustAnchor } from './roots.ts'

/** A parsed certificate with the SHA-256 of its DER, in lower-case hex. */
export interface ChainCertificate extends Certificate {
  readonly sha256: string
}

/** In the order of signing: the root, its issuers down to the instance's, and the leaf at the end. */
export interface Chain {
  readonly authorities: readonly ChainCertificate[]
  readonly leaf: ChainCertificate
}

type ChainCode =
  | 'CHAIN_ALGORITHM'
  | 'CHAIN_CRITICAL_EXTENSION'
  | 'CHAIN_DUPLICATE'
  | 'CHAIN_EXPIRED'
  | 'CHAIN_ISSUER'
  | 'CHAIN_KEY'
  | 'CHAIN_KEY_USAGE'
  | 'CHAIN_NAME_CONSTRAINTS'
  | 'CHAIN_NOT_CA'
  | 'CHAIN_NOT_YET_VALID'
  | 'CHAIN_PATH_LENGTH'
  | 'CHAIN_ROOT_UNTRUSTED'
  | 'CHAIN_TOO_SHORT'
  | 'LEAF_IS_CA'
  | 'LEAF_KEY_CERT_SIGN'
  | 'LEAF_KEY_USAGE'
  | 'LEAF_PATH_LENGTH'

/** Tag 04 and two coordinates of 48 bytes: a point that is not compressed. */
const p384PointBytes = 97

/** Ours: a root that signs documents' certificates itself is no chain of AWS's. */
const minAuthorities = 2

/** The pinned root that stands first in the bundle: one that only the bundle vouches for is nothing. */
export function checkRoot({ authorities }: Chain, anchors: readonly TrustAnchor[]): TrustAnchor {
  const first = authorities[0]
  const anchor = anchors.find(({ sha256 }) => sha256 === first?.sha256)
  if (!anchor) {
    refuse('CHAIN_ROOT_UNTRUSTED', 'cabundle[0] is not a root that is trusted', {
      subject: first?.subjectText ?? '',
      sha256: first?.sha256 ?? '',
    })
  }
  return anchor
}

/** RFC 5280, 6.1: each certificate's issuer is the subject before it, and none occurs twice. */
export function checkOrder(chain: Chain): void {
  if (chain.authorities.length < minAuthorities) {
    refuse('CHAIN_TOO_SHORT', `cabundle has fewer than ${minAuthorities} certificates`)
  }
  const seen = new Set<string>()
  let issuer: ChainCertificate | undefined
  for (const [where, certificate] of positions(chain)) {
    if (seen.has(certificate.sha256)) refuse('CHAIN_DUPLICATE', `${where} occurs twice`)
    seen.add(certificate.sha256)
    if (issuer && !equalBytes(certificate.issuer, issuer.subject)) {
      refuse('CHAIN_ISSUER', `${where} is not issued by the certificate before it`, {
        issuer: certificate.issuerText,
        wanted: issuer.subjectText,
      })
    }
    issuer = certificate
  }
}

/** All keys are P-384, all signatures ECDSA with SHA-384 (the root's own is not verified: pinned). */
export function checkAlgorithms(chain: Chain): void {
  for (const [where, { publicKey, signatureAlgorithm }] of positions(chain)) {
    const { algorithm, curve, key } = publicKey
    const isP384 = algorithm === oid.ecPublicKey && curve === oid.secp384r1
    if (!isP384 || key.length !== p384PointBytes || key[0] !== 0x04) {
      refuse('CHAIN_KEY', `${where} has a key that is not an uncompressed point of P-384`)
    }
    if (signatureAlgorithm !== oid.ecdsaWithSha384) {
      refuse('CHAIN_ALGORITHM', `${where} is not signed with ecdsa-with-SHA384`, {
        algorithm: signatureAlgorithm,
      })
    }
  }
}

/** Whatever restricts a certificate in a way that is not enforced here makes it unusable. */
export function checkExtensions(chain: Chain): void {
  for (const [where, certificate] of positions(chain)) {
    if (certificate.hasNameConstraints) {
      refuse('CHAIN_NAME_CONSTRAINTS', `${where} has name constraints`)
    }
    const [unknown] = certificate.unknownCriticalExtensions
    if (unknown !== undefined) {
      refuse('CHAIN_CRITICAL_EXTENSION', `${where} has an unknown critical extension ${unknown}`)
    }
  }
}

/** Every issuer is a CA, may sign certificates, and has no more issuers below it than its pathLen. */
export function checkAuthorities({ authorities }: Chain): void {
  authorities.forEach(({ basicConstraints, keyUsage }, index) => {
    const where = `cabundle[${index}]`
    const below = authorities.length - 1 - index
    if (basicConstraints?.ca !== true) refuse('CHAIN_NOT_CA', `${where} is not a CA`)
    if (keyUsage?.has('keyCertSign') !== true) {
      refuse('CHAIN_KEY_USAGE', `${where} may not sign certificates`)
    }
    const { pathLength } = basicConstraints
    if (pathLength !== null && below > pathLength) {
      refuse('CHAIN_PATH_LENGTH', `${where} has ${below} issuers below it, more than its pathLen`, {
        pathLength,
        below,
      })
    }
  })
}

/** The leaf may sign documents and nothing that looks like a certificate. */
export function checkLeaf({ leaf: { basicConstraints, keyUsage } }: Chain): void {
  if (basicConstraints?.ca === true) refuse('LEAF_IS_CA', 'certificate is a CA')
  if ((basicConstraints?.pathLength ?? null) !== null) {
    refuse('LEAF_PATH_LENGTH', 'certificate has a pathLen')
  }
  if (keyUsage?.has('digitalSignature') !== true) {
    refuse('LEAF_KEY_USAGE', 'certificate may not sign: it lacks the key usage digitalSignature')
  }
  if (keyUsage.has('keyCertSign')) {
    refuse('LEAF_KEY_CERT_SIGN', 'certificate may sign certificates')
  }
}

/** Every certificate, the root too, is valid at this time: both ends belong to the period. */
export function checkValidity(chain: Chain, nowMs: number): void {
  for (const [where, { notBeforeMs, notAfterMs }] of positions(chain)) {
    // Said in the positive, so that a time that is not a number is refused as well.
    if (!(nowMs >= notBeforeMs)) {
      const since = new Date(notBeforeMs).toISOString()
      refuse('CHAIN_NOT_YET_VALID', `${where} is not valid before ${since}`, { nowMs, notBeforeMs })
    }
    if (nowMs > notAfterMs) {
      const until = new Date(notAfterMs).toISOString()
      refuse('CHAIN_EXPIRED', `${where} is not valid after ${until}`, { nowMs, notAfterMs })
    }
  }
}

/** Each certificate with the place in the document that it came from. */
export function* positions({ authorities, leaf }: Chain): Iterable<[string, ChainCertificate]> {
  for (const [index, authority] of authorities.entries()) yield [`cabundle[${index}]`, authority]
  yield ['certificate', leaf]
}

function refuse(code: ChainCode, message: string, facts: Facts = {}): never {
  throw new TrustError(code, message, facts)
}
