/**
 * Issues the simulated chain: a leaf that signs documents, under an instance, a zonal and a regional
 * certificate and the root. It refuses nobody: who may say what is mint.ts's matter.
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { encodeCertificate, encodeTbsCertificate } from '../codec/x509-writer.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'
import { generateP384Keys, identifyKey, signP384, type P384Keys } from './p384.ts'
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
  /** DER. */
  readonly subject: Uint8Array
  readonly privateKey: KeyObject
  readonly keyIdentifier: Uint8Array
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
  #root: Issued | undefined

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
    // Its keys are made while its issuer is issued: those of the whole chain at once.
    const [keys, issuer] = await Promise.all([
      generateP384Keys(),
      above === null ? (this.#root ??= loadRoot()) : this.#certificate(above, origin, at),
    ])
    return issue(profiles[level], origin, at, keys, issuer)
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
  { privateKey, publicKeyInfo }: P384Keys,
  issuer: Issued,
): Promise<Issued> {
  const keyIdentifier = identifyKey(publicKeyInfo)
  const issuedMs = periodStart(profile, at)
  const notBeforeMs = issuedMs - profile.backdateMs
  const subject = profile.subject(origin)
  const tbs = encodeTbsCertificate({
    serialNumber: profile.serialNumber(origin, issuedMs),
    issuer: issuer.subject,
    notBeforeMs,
    notAfterMs: notBeforeMs + profile.lifetimeMs,
    subject,
    publicKeyInfo,
    extensions: profile.extensions(
      { subject: keyIdentifier, issuer: issuer.keyIdentifier },
      origin,
    ),
  })
  const signature = await signP384(tbs, issuer.privateKey, 'der')
  const certificate = encodeCertificate(tbs, signature)
  return { subject, privateKey, keyIdentifier, certificate, issuer }
}

/** The root as an issuer; its certificate is the committed one. */
function loadRoot(): Issued {
  const privateKey = simulatedRootKey()
  const publicKeyInfo = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  return {
    subject: rootName,
    privateKey,
    keyIdentifier: identifyKey(publicKeyInfo),
    certificate: simulatedRootCertificate(),
    issuer: null,
  }
}
