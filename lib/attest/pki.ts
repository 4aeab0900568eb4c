/**
 * Issues the simulated chain: a leaf that signs documents, under an instance, a zonal and a regional
 * certificate and the root. Heavy to load (@peculiar/x509), so callers import it when they need it.
 */
import 'reflect-metadata/lite'
import { X509CertificateGenerator, type Name } from '@peculiar/x509'
import { Crypto } from '@peculiar/webcrypto'
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  type webcrypto,
} from 'node:crypto'
import { LeastRecentlyUsed } from './least-recently-used.ts'
import { profiles, rootName, type Origin, type Profile } from './profiles.ts'
import { simulatedRootCertificate, simulatedRootKey } from './simulated-root.ts'

/** What signs a document: the leaf's key, its certificate, and the four above it, root first. */
export interface SigningIdentity {
  readonly privateKey: KeyObject
  /** DER. */
  readonly certificate: Uint8Array
  readonly cabundle: readonly Uint8Array[]
}

interface Issued {
  readonly subject: Name
  /** The private key twice: for issuing certificates, and for signing documents. */
  readonly issuingKey: webcrypto.CryptoKey
  readonly privateKey: KeyObject
  /** Hex. */
  readonly keyIdentifier: string
  /** DER. */
  readonly certificate: Uint8Array
  /** Null for the root. */
  readonly issuer: Issued | null
}

type Level = keyof typeof profiles

const issuerOf = {
  regional: null,
  zonal: 'regional',
  instance: 'zonal',
  leaf: 'instance',
} as const satisfies Record<Level, Level | null>

// Its types are the DOM's, which are not here; Node's are the same interface.
const issuing = new Crypto() as unknown as webcrypto.Crypto
const curve = { name: 'ECDSA', namedCurve: 'P-384' }
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-384' }

/**
 * A chain is at least this old when it signs, so that a verifier whose clock is behind, as far as
 * it takes documents from the future, finds the leaf valid.
 */
const leadMs = 120_000

/** Certificates kept in memory, with their keys. */
const maxCertificates = 1024

export class SimulatedPki {
  // Promises, so that what many ask for at once is made once.
  readonly #issued: LeastRecentlyUsed<Promise<Issued>>
  #root: Promise<Issued> | undefined

  /** @param kept how many certificates are kept; others are issued anew when they are wanted */
  constructor(kept = maxCertificates) {
    this.#issued = new LeastRecentlyUsed(kept)
  }

  /**
   * The chain that signs for an origin at a time: all of it is valid from two minutes before that
   * time until 58 minutes after it, at least. It changes every two hours; within them it stays the
   * same while it is kept.
   */
  async identity(origin: Origin, atMs: number): Promise<SigningIdentity> {
    const leaf = await this.#certificate('leaf', origin, atMs - leadMs)
    return {
      privateKey: leaf.privateKey,
      certificate: leaf.certificate,
      cabundle: issuers(leaf).map(({ certificate }) => certificate),
    }
  }

  #certificate(level: Level, origin: Origin, at: number): Promise<Issued> {
    const profile: Profile = profiles[level]
    const name = `${level} ${profile.sharedBy(origin)} ${periodStart(profile, at)}`
    const known = this.#issued.get(name)
    if (known) return known
    const fresh = this.#issue(level, origin, at)
    this.#issued.set(name, fresh)
    return fresh
  }

  async #issue(level: Level, origin: Origin, at: number): Promise<Issued> {
    const above = issuerOf[level]
    const issuer = await (above === null
      ? (this.#root ??= loadRoot())
      : this.#certificate(above, origin, at))
    return issue(profiles[level], origin, at, issuer)
  }
}

/** Root first. Not looked up by name: a certificate that was forgotten is issued with another key. */
function issuers({ issuer }: Issued): Issued[] {
  return issuer === null ? [] : [...issuers(issuer), issuer]
}

function periodStart({ periodMs }: Profile, at: number): number {
  return Math.floor(at / periodMs) * periodMs
}

async function issue(
  profile: Profile,
  origin: Origin,
  at: number,
  issuer: Issued,
): Promise<Issued> {
  const keys = await issuing.subtle.generateKey(curve, true, ['sign', 'verify'])
  const privateKey = await keyObjectOf(keys.privateKey)
  const keyIdentifier = identifyKey(createPublicKey(privateKey))
  const issuedMs = periodStart(profile, at)
  const notBeforeMs = issuedMs - profile.backdateMs
  const subject = profile.subject(origin)
  const certificate = await X509CertificateGenerator.create(
    {
      subject,
      issuer: issuer.subject,
      serialNumber: profile.serialNumber(origin, issuedMs),
      notBefore: new Date(notBeforeMs),
      notAfter: new Date(notBeforeMs + profile.lifetimeMs),
      extensions: profile.extensions(
        { subject: keyIdentifier, issuer: issuer.keyIdentifier },
        origin,
      ),
      publicKey: keys.publicKey,
      signingKey: issuer.issuingKey,
      signingAlgorithm,
    },
    issuing,
  )
  return {
    subject,
    issuingKey: keys.privateKey,
    privateKey,
    keyIdentifier,
    certificate: new Uint8Array(certificate.rawData),
    issuer,
  }
}

/** The key in the form that node:crypto signs with. */
async function keyObjectOf(key: webcrypto.CryptoKey): Promise<KeyObject> {
  const pkcs8 = await issuing.subtle.exportKey('pkcs8', key)
  return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
}

/** The root as an issuer; its certificate is the committed one. */
async function loadRoot(): Promise<Issued> {
  const key = simulatedRootKey()
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
  return {
    subject: rootName,
    issuingKey: await issuing.subtle.importKey('pkcs8', pkcs8, curve, false, ['sign']),
    privateKey: key,
    keyIdentifier: identifyKey(key),
    certificate: simulatedRootCertificate(),
    issuer: null,
  }
}

/** SHA-1 of the point, as RFC 5280, 4.2.1.2 (1) has it; in hex. */
export function identifyKey(key: KeyObject): string {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return createHash('sha1')
    .update('04', 'hex')
    .update(x, 'base64url')
    .update(y, 'base64url')
    .digest('hex')
}
