/**
 * What `nitro-cli describe-eif` says of an image, member for member and in its order: measurements,
 * signature, checksum and metadata. Refuses what nitro-cli refuses; a wrong checksum, and a signature
 * of another image, are reported.
 */
import { sectionsOf } from '../codec/eif.ts'
import type { EifCertificate } from '../codec/eif-certificate.ts'
import type { JsonObject, Json } from '../iam/json.ts'
import { encodeHex } from '../codec/bytes.ts'
import { readEifMetadata, type EifMetadata } from './eif-metadata.ts'
import { measureEif, type MeasuredEif } from './measure.ts'
import { checkEifSignature } from './measure-signature.ts'
import { sorted } from './pretty-json.ts'

export interface EifDescription {
  readonly members: JsonObject
  readonly checkCrc: boolean
  /** Null for an image that is not signed, as the next. */
  readonly signatureCheck: boolean | null
  readonly certificate: EifCertificate | null
}

/** How nitro-cli up to 1.4 prints the name of SHA-384. */
const hashAlgorithm = 'Sha384 { ... }'

/** Codes: EIF_*, of DecodeError and TrustError. */
export function describeEif(file: Uint8Array): EifDescription {
  const measured = measureEif(file)
  const { eif, signature } = measured
  const checkCrc = eif.crcMatches
  const signatureCheck = checkEifSignature(measured)
  const certificate = signature?.certificate ?? null
  const [metadata] = sectionsOf(eif, 'metadata').map(readEifMetadata)
  const members = new Map<string, Json>([
    ['EifVersion', { number: String(eif.version) }],
    ['Measurements', measurementsOf(measured)],
    ['IsSigned', signature !== null],
    ...(certificate ? ([['SigningCertificate', certificateMembers(certificate)]] as const) : []),
    ['CheckCRC', checkCrc],
    ...(signatureCheck === null ? [] : ([['SignatureCheck', signatureCheck]] as const)),
    ...(metadata ? metadataMembers(metadata) : []),
  ])
  return { members, checkCrc, signatureCheck, certificate }
}

/** What `describe-eif`, `build-enclave` and `sign-eif` print as `Measurements`. */
function measurementsOf({ pcrs }: MeasuredEif): JsonObject {
  const registers = [...pcrs].map(([index, value]) => [`PCR${index}`, encodeHex(value)] as const)
  return new Map([['HashAlgorithm', hashAlgorithm], ...registers])
}

function certificateMembers(certificate: EifCertificate): JsonObject {
  const { issuer, algorithm, notBefore, notAfter, signature } = certificate
  const hex = encodeHex(signature).toUpperCase()
  return new Map<string, Json>([
    ['IssuerName', issuer],
    ['Algorithm', algorithm],
    ['NotBefore', notBefore],
    ['NotAfter', notAfter],
    ['Signature', hex.replace(/..(?=.)/g, '$&:')],
  ])
}

/** Custom members stand among the others; of two with one name nitro-cli prints both. */
function metadataMembers(metadata: EifMetadata): (readonly [string, Json])[] {
  const { imageName, imageVersion, build, dockerInfo, custom } = metadata
  return [
    ['ImageName', imageName],
    ['ImageVersion', imageVersion],
    [
      'Metadata',
      new Map<string, Json>([
        ...build,
        ['DockerInfo', sorted(dockerInfo)],
        ...(sorted(custom) as JsonObject),
      ]),
    ],
  ]
}
