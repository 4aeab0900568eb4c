/**
 * The signature of an EIF, judged as nitro-cli does: ECDSA by the signing certificate's key, over PCR0.
 * Refuses a signature that the key did not make; whether it is of this image is a separate answer. The
 * certificate's issuer and dates are not asked, since no root is trusted for it.
 */
import { verify } from 'node:crypto'
import { equalBytes } from '../codec/bytes.ts'
import { encodeCbor } from '../codec/cbor.ts'
import { sigStructure } from '../codec/cose.ts'
import type { EifSignature } from '../codec/eif-signature.ts'
import { TrustError } from '../errors.ts'
import type { MeasuredEif } from './measure.ts'

interface Algorithm {
  /** COSE's `alg` (RFC 9053, table 1). */
  readonly id: number
  readonly hash: string
  /** r and s. */
  readonly signatureBytes: number
}

/** By OpenSSL's name of the key's curve. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  prime256v1: { id: -7, hash: 'sha256', signatureBytes: 64 },
  secp384r1: { id: -35, hash: 'sha384', signatureBytes: 96 },
  secp521r1: { id: -36, hash: 'sha512', signatureBytes: 132 },
}

/**
 * `SignatureCheck`: whether what is signed is this image's PCR0; null for an image that is not
 * signed. TrustError: EIF_SIGNATURE_UNVERIFIED.
 */
export function checkEifSignature({ signature, pcrs }: MeasuredEif): boolean | null {
  if (!signature) return null
  checkKey(signature)
  return equalBytes(signature.payload, signedPcr0(pcrs.get(0) ?? []))
}

function checkKey({ certificate, algorithm, protectedBytes, payload, signature }: EifSignature) {
  const { publicKey: key } = certificate
  const wanted = algorithms[key.asymmetricKeyDetails?.namedCurve ?? '']
  if (!wanted) refuse('the key of the certificate is not one of P-256, P-384 and P-521')
  if (algorithm !== wanted.id) refuse("the algorithm is not that of the certificate's key")
  const signed = sigStructure(protectedBytes, payload)
  const isWhole = signature.length === wanted.signatureBytes
  if (!isWhole || !verify(wanted.hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature)) {
    refuse("not made by the certificate's key")
  }
}

/** nitro-cli compares bytes, so there is one right encoding. */
function signedPcr0(pcr0: Iterable<number>): Buffer {
  return encodeCbor(
    new Map<string, number | number[]>([
      ['register_index', 0],
      ['register_value', [...pcr0]],
    ]),
  )
}

function refuse(message: string): never {
  throw new TrustError('EIF_SIGNATURE_UNVERIFIED', `the signature: ${message}`)
}
