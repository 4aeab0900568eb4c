/**
 * The certificates of the simulated chain, one row each: names, lifetimes, serial numbers and
 * extensions as AWS's have them. Where AWS's name Amazon, ours say enclave-kms, NOT AWS; where AWS's
 * point at lists of revoked certificates, ours name hosts that cannot exist (RFC 6761, .invalid).
 */
import 'reflect-metadata/lite'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectKeyIdentifierExtension,
  type Extension,
} from '@peculiar/x509'
import { randomBytes, randomUUID } from 'node:crypto'

/** Who a document comes from. */
export interface Origin {
  /** `us-east-1` */
  readonly region: string
  /** `i-1234567890abcdef0` */
  readonly instanceId: string
  /** `i-…-enc…` for an enclave, `i-…-tpm…` for NitroTPM */
  readonly moduleId: string
}

/** Subject and issuer key identifiers, in hex. */
export interface KeyIdentifiers {
  readonly subject: string
  readonly issuer: string
}

export interface Profile {
  /** How long one certificate is handed out before the next is issued. */
  readonly periodMs: number
  readonly lifetimeMs: number
  /** How long before its issue a certificate is valid. */
  readonly backdateMs: number
  /** Documents whose origins agree in this text share the certificate. */
  readonly sharedBy: (origin: Origin) => string
  readonly subject: (origin: Origin) => Name
  /** Hex. */
  readonly serialNumber: (origin: Origin, issuedMs: number) => string
  readonly extensions: (keys: KeyIdentifiers, origin: Origin) => Extension[]
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
    serialNumber: () => randomHex(16),
    extensions: (keys) => [
      new BasicConstraintsExtension(true, 2, true),
      new AuthorityKeyIdentifierExtension(keys.issuer),
      new SubjectKeyIdentifierExtension(keys.subject),
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
        { ST: [{ utf8String: 'WA' }] },
        city,
      ),
    serialNumber: () => randomHex(16),
    extensions: (keys, { region }) => [
      new BasicConstraintsExtension(true, 1, true),
      new AuthorityKeyIdentifierExtension(keys.issuer),
      new SubjectKeyIdentifierExtension(keys.subject),
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
    serialNumber: () => randomHex(20),
    extensions: (keys) => [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      new SubjectKeyIdentifierExtension(keys.subject),
      new AuthorityKeyIdentifierExtension(keys.issuer),
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
      return enclaveId + issuedSeconds.toString(16).padStart(enclaveId === '' ? 8 : 16, '0')
    },
    extensions: () => [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation),
    ],
  },
} as const satisfies Record<string, Profile>

type Attribute = Record<string, { utf8String?: string; printableString?: string }[]>

const country: Attribute = { C: [{ printableString: 'US' }] }
const organization: Attribute = { O: [{ utf8String: 'enclave-kms' }] }
const unit: Attribute = { OU: [{ utf8String: 'NOT AWS' }] }
const city: Attribute = { L: [{ utf8String: 'Seattle' }] }

/** The root's name, in place of `C=US, O=Amazon, OU=AWS, CN=aws.nitro-enclaves`. */
export const rootName = name(country, organization, unit, commonName('simulated.nitro-enclaves'))

/** The root's extensions: no path length, and no authority key identifier. */
export function rootExtensions(keyIdentifier: string): Extension[] {
  return [
    new BasicConstraintsExtension(true, undefined, true),
    new SubjectKeyIdentifierExtension(keyIdentifier),
    certificateAndListSigning(),
  ]
}

function name(...attributes: Attribute[]): Name {
  return new Name(attributes)
}

function commonName(text: string): Attribute {
  return { CN: [{ utf8String: text }] }
}

/** The order of instance and leaf names. */
function hostName(text: string): Name {
  const state = { ST: [{ utf8String: 'Washington' }] }
  return name(country, state, city, organization, unit, commonName(text))
}

function certificateAndListSigning(): Extension {
  const { digitalSignature, keyCertSign, cRLSign } = KeyUsageFlags
  return new KeyUsagesExtension(digitalSignature | keyCertSign | cRLSign, true)
}

function revocationList(host: string): Extension {
  return new CRLDistributionPointsExtension([`http://${host}.invalid/crl/${randomUUID()}.crl`])
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}
