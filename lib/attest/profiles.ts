/**
 * The certificates of the simulated chain, one row each: names, lifetimes, serial numbers and
 * extensions as AWS's have them. Where AWS's name Amazon, ours say enclave-kms, NOT AWS; where AWS's
 * point at lists of revoked certificates, ours name hosts that cannot exist (RFC 6761, .invalid).
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { encodeName, type AttributeName } from '../codec/x509-name.ts'
import {
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoint,
  keyUsage,
  subjectKeyIdentifier,
} from '../codec/x509-writer.ts'

/** Who a document comes from. */
export interface Origin {
  /** `us-east-1` */
  readonly region: string
  /** `i-1234567890abcdef0` */
  readonly instanceId: string
  /** `i-…-enc…` for an enclave, `i-…-tpm…` for NitroTPM */
  readonly moduleId: string
}

/** Of the subject's key and of the issuer's. */
export interface KeyIdentifiers {
  readonly subject: Uint8Array
  readonly issuer: Uint8Array
}

export interface Profile {
  /** How long one certificate is handed out before the next is issued. */
  readonly periodMs: number
  readonly lifetimeMs: number
  /** How long before its issue a certificate is valid. */
  readonly backdateMs: number
  /** Documents whose origins agree in this text share the certificate. */
  readonly sharedBy: (origin: Origin) => string
  /** DER. */
  readonly subject: (origin: Origin) => Buffer
  /** Bytes of a number. */
  readonly serialNumber: (origin: Origin, issuedMs: number) => Buffer
  /** DER, in AWS's order. */
  readonly extensions: (keys: KeyIdentifiers, origin: Origin) => readonly Buffer[]
}

const second = 1000
const hour = 3600 * second
const day = 24 * hour

/**
 * Each level's period divides the one above it and its lifetime is shorter than what is left of its
 * issuer's, so no certificate outlives the one that signed it.
 */
export const profiles = {
  regional: {
    periodMs: 15 * day,
    lifetimeMs: 20 * day + hour,
    backdateMs: 0,
    sharedBy: (origin) => origin.region,
    subject: (origin) =>
      name(
        country,
        organization,
        unit,
        commonName(`${randomHex(8)}.${origin.region}.simulated.nitro-enclaves`),
      ),
    serialNumber: () => randomBytes(16),
    extensions: (keys) => [
      basicConstraints({ ca: true, pathLength: 2 }),
      authorityKeyIdentifier(keys.issuer),
      subjectKeyIdentifier(keys.subject),
      certificateAndListSigning(),
      revocationList('simulated-nitro-enclaves-crl'),
    ],
  },

  zonal: {
    periodMs: 3 * day,
    lifetimeMs: 5 * day + 13 * hour,
    backdateMs: 0,
    sharedBy: (origin) => origin.region,
    subject: (origin) =>
      name(
        // A number in AWS's certificates: its hex has no leading zeros.
        commonName(
          `${randomHex(8).replace(/^0+/, '')}.zonal.${origin.region}.simulated.nitro-enclaves`,
        ),
        unit,
        organization,
        country,
        ['ST', 'WA'],
        city,
      ),
    serialNumber: () => randomBytes(16),
    extensions: (keys, { region }) => [
      basicConstraints({ ca: true, pathLength: 1 }),
      authorityKeyIdentifier(keys.issuer),
      subjectKeyIdentifier(keys.subject),
      certificateAndListSigning(),
      revocationList(`crl-${region}-simulated-nitro-enclaves.${region}`),
    ],
  },

  instance: {
    periodMs: 12 * hour,
    lifetimeMs: day,
    backdateMs: 0,
    sharedBy: (origin) => `${origin.region} ${origin.instanceId}`,
    subject: (origin) => hostName(`${origin.instanceId}.${origin.region}.simulated.nitro-enclaves`),
    serialNumber: () => randomBytes(20),
    extensions: (keys) => [
      basicConstraints({ ca: true, pathLength: 0 }),
      keyUsage(['keyCertSign'], { critical: true }),
      subjectKeyIdentifier(keys.subject),
      authorityKeyIdentifier(keys.issuer),
    ],
  },

  leaf: {
    periodMs: 2 * hour,
    lifetimeMs: 3 * hour + 3 * second,
    backdateMs: 3 * second,
    sharedBy: (origin) => `${origin.region} ${origin.moduleId}`,
    subject: (origin) => hostName(`${origin.moduleId}.${origin.region}.simulated`),
    // Enclave id, four zero bytes, time of issue; the id of a TPM is zero, so the time alone.
    serialNumber: (origin, issuedMs) => {
      const enclaveId = /-enc([0-9a-f]{16})$/.exec(origin.moduleId)?.[1] ?? ''
      const issuedSeconds = Math.floor(issuedMs / second)
      return Buffer.from(enclaveId + issuedSeconds.toString(16).padStart(16, '0'), 'hex')
    },
    extensions: () => [
      basicConstraints({ ca: false, pathLength: null }),
      keyUsage(['digitalSignature', 'nonRepudiation'], { critical: false }),
    ],
  },
} as const satisfies Record<string, Profile>

type Attribute = readonly [AttributeName, string]

const country: Attribute = ['C', 'US']
const organization: Attribute = ['O', 'enclave-kms']
const unit: Attribute = ['OU', 'NOT AWS']
const city: Attribute = ['L', 'Seattle']

/** The root's name, in place of `C=US, O=Amazon, OU=AWS, CN=aws.nitro-enclaves`; DER. */
export const rootName = name(country, organization, unit, commonName('simulated.nitro-enclaves'))

function name(...attributes: Attribute[]): Buffer {
  return encodeName(attributes)
}

function commonName(text: string): Attribute {
  return ['CN', text]
}

/** The order of instance and leaf names. */
function hostName(text: string): Buffer {
  return name(country, ['ST', 'Washington'], city, organization, unit, commonName(text))
}

function certificateAndListSigning(): Buffer {
  return keyUsage(['digitalSignature', 'keyCertSign', 'cRLSign'], { critical: true })
}

function revocationList(host: string): Buffer {
  return crlDistributionPoint(`http://${host}.invalid/crl/${randomUUID()}.crl`)
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}
