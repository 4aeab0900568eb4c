/**
 * Issues the simulated chain: a leaf that signs documents, under an instance, a zonal and a regional
 * certificate and the root. Heavy to load (@peculiar/x509), so callers import it when they need it.
 */
import 'reflect-metadata/lite'
import { X509CertificateGenerator, type Name } from '@peculiar/x509'
import { KeyObject, createHash, webcrypto } from 'node:crypto'
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
  readonly privateKey: webcrypto.CryptoKey
  /** Hex. */
  readonly keyIdentifier: string
  /** DER. */
  readonly certificate: Uint8Array
}

const curve = { name: 'ECDSA', namedCurve: 'P-384' }
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-384' }

/**
 * A chain is at least this old when it signs, so that a verifier whose clock is behind, as far as
 * it takes documents from the future, finds the leaf valid.
 */
const leadMs = 120_000

const chainsKept = 256
const issued = new LeastRecentlyUsed<Promise<Issued>>(4 * chainsKept)
const identities = new LeastRecentlyUsed<Promise<SigningIdentity>>(chainsKept)
let root: Promise<Issued> | undefined

/**
 * The chain that signs for an origin at a time: all of it is valid from two minutes before that time
 * until 58 minutes after it, at least. It changes every two hours; within them it stays the same
 * while it is among those used last.
 */
export async function simulatedIdentity(origin: Origin, atMs: number): Promise<SigningIdentity> {
  const at = atMs - leadMs
  return once(identities, cacheName('leaf', origin, at), async () => {
    root ??= loadRoot()
    const top = await root
    const regional = await issueOnce('regional', origin, at, top)
    const zonal = await issueOnce('zonal', origin, at, regional)
    const instance = await issueOnce('instance', origin, at, zonal)
    const leaf = await issue(profiles.leaf, origin, at, instance)
    return {
      privateKey: KeyObject.from(leaf.privateKey),
      certificate: leaf.certificate,
      cabundle: [top, regional, zonal, instance].map((authority) => authority.certificate),
    }
  })
}

type Level = keyof typeof profiles

function cacheName(level: Level, origin: Origin, at: number): string {
  const profile: Profile = profiles[level]
  return `${level} ${profile.sharedBy(origin)} ${periodStart(profile, at)}`
}

function periodStart({ periodMs }: Profile, at: number): number {
  return Math.floor(at / periodMs) * periodMs
}

function issueOnce(level: Level, origin: Origin, at: number, issuer: Issued): Promise<Issued> {
  return once(issued, cacheName(level, origin, at), () =>
    issue(profiles[level], origin, at, issuer),
  )
}

/** Promises are cached, so that what many ask for at once is made once. */
function once<Value>(
  cache: LeastRecentlyUsed<Promise<Value>>,
  name: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const known = cache.get(name)
  if (known) return known
  const made = make()
  cache.set(name, made)
  return made
}

async function issue(
  profile: Profile,
  origin: Origin,
  at: number,
  issuer: Issued,
): Promise<Issued> {
  const keys = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify'])
  const keyIdentifier = identifyKey(KeyObject.from(keys.publicKey))
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
      signingKey: issuer.privateKey,
      signingAlgorithm,
    },
    webcrypto,
  )
  return {
    subject,
    privateKey: keys.privateKey,
    keyIdentifier,
    certificate: new Uint8Array(certificate.rawData),
  }
}

/** The root as an issuer; its certificate is the committed one. */
async function loadRoot(): Promise<Issued> {
  const key = simulatedRootKey()
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
  return {
    subject: rootName,
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, curve, false, ['sign']),
    keyIdentifier: identifyKey(key),
    certificate: simulatedRootCertificate(),
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
