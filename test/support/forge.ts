/**
 * Forges attestation documents: a good one under the simulated root, and the places where a test can
 * make one thing of it wrong. It writes all bytes itself and shares no code with the verifier; from
 * the project it takes the simulated root alone.
 */
import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto'
import { simulatedRootCertificate, simulatedRootKey } from '../../lib/attest/simulated-root.ts'
import * as cbor from './write-cbor.ts'
import * as der from './write-der.ts'

export const oids = {
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  nameConstraints: '2.5.29.30',
  extendedKeyUsage: '2.5.29.37',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ecdsaWithSha384: '1.2.840.10045.4.3.3',
  ecdsaWithSha512: '1.2.840.10045.4.3.4',
}

/** Bits of a KeyUsage: content and unused bits, as DER wants them. */
export const usages = {
  certificateSigning: der.bitString(Buffer.of(0x04), 2),
  certificateAndListSigning: der.bitString(Buffer.of(0x86), 1),
  documentSigning: der.bitString(Buffer.of(0xc0), 6),
  listSigning: der.bitString(Buffer.of(0x02), 1),
  nonRepudiation: der.bitString(Buffer.of(0x40), 6),
  documentAndCertificateSigning: der.bitString(Buffer.of(0xc4), 2),
}

/** A certificate before it is signed. */
export interface CertificateDraft {
  version: Buffer
  serial: Buffer
  issuer: Buffer
  subject: Buffer
  notBefore: Buffer
  notAfter: Buffer
  /** SubjectPublicKeyInfo. */
  spki: Buffer
  /** What signs whatever is below, or the document. */
  key: KeyObject
  /** The issuer's key. */
  signer: KeyObject
  hash: string
  algorithm: Buffer
  /** The algorithm inside what is signed, where it is to differ. */
  innerAlgorithm?: Buffer
  /** By object identifier, in order. */
  extensions: Map<string, Buffer>
  /** Written after those above. */
  moreExtensions: Buffer[]
}

export type Level = 'regional' | 'zonal' | 'instance' | 'leaf'
export type ChainDraft = Record<Level, CertificateDraft>

/** COSE_Sign1 before it is put together. */
export interface MessageDraft {
  /** The encoded protected header. */
  header: Buffer
  /** The header that is signed, where it is to differ. */
  context: string
  externalAad: Buffer
  payload: Buffer
  signer: KeyObject
  hash: string
  dsaEncoding: 'der' | 'ieee-p1363'
}

/** What to do differently: each is called once, at its place, with what is there so far. */
export interface Plan {
  readonly certificates?: (chain: ChainDraft, nowMs: number) => void
  /** The bundle's certificates, root first. */
  readonly bundle?: (bundle: Buffer[], chain: ChainDraft, leaf: Buffer) => Buffer[]
  /** The leaf's DER. */
  readonly leaf?: (leaf: Buffer, chain: ChainDraft) => Buffer
  /** The payload's members, encoded, in their order. */
  readonly members?: (members: Map<string, Buffer>, nowMs: number) => void
  /** The whole payload, from its encoded pairs. */
  readonly payload?: (pairs: cbor.Pair[]) => Buffer
  /** Before signing. */
  readonly message?: (message: MessageDraft, chain: ChainDraft) => void
  /** The signature's bytes. */
  readonly signature?: (signature: Buffer) => Buffer
  /** The four encoded items: protected, unprotected, payload, signature. */
  readonly items?: (items: Buffer[]) => Buffer[]
  /** The whole document. */
  readonly document?: (document: Buffer, items: Buffer[]) => Buffer
}

const second = 1000
const hour = 3600 * second
const day = 24 * hour

const keys = new Map<string, KeyObject>()

/** A private key for tests, made once per name. */
export function testKey(name: string, namedCurve = 'P-384'): KeyObject {
  const known = keys.get(name)
  if (known) return known
  const { privateKey } = generateKeyPairSync('ec', { namedCurve })
  keys.set(name, privateKey)
  return privateKey
}

/** The DER of a private key's SubjectPublicKeyInfo. */
export function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' })
}

export const rootName = der.name({
  C: 'US',
  O: 'enclave-kms',
  OU: 'NOT AWS',
  CN: 'simulated.nitro-enclaves',
})

/** A document for this key at this time, good but for what the plan changes. */
export function forge(recipientSpki: Uint8Array, nowMs: number, plan: Plan = {}): Buffer {
  const chain = draftChain(nowMs)
  plan.certificates?.(chain, nowMs)
  const issuers = [chain.regional, chain.zonal, chain.instance].map(buildCertificate)
  const bundle = [simulatedRootCertificate(), ...issuers]
  const leaf = buildCertificate(chain.leaf)

  const members = draftMembers(recipientSpki, nowMs, {
    bundle: plan.bundle?.(bundle, chain, leaf) ?? bundle,
    leaf: plan.leaf?.(leaf, chain) ?? leaf,
  })
  plan.members?.(members, nowMs)
  const pairs = [...members].map(([key, value]): cbor.Pair => [cbor.text(key), value])
  const payload = plan.payload?.(pairs) ?? cbor.indefinite(5, pairs.flat())
  return buildMessage(payload, chain, plan)
}

function draftMembers(
  recipientSpki: Uint8Array,
  nowMs: number,
  certificates: { bundle: Buffer[]; leaf: Buffer },
): Map<string, Buffer> {
  return new Map([
    ['module_id', cbor.text('i-1234567890abcdef0-enc0198bc503b57519e')],
    ['digest', cbor.text('SHA384')],
    ['timestamp', cbor.unsigned(nowMs, 8)],
    ['pcrs', registers(16)],
    ['certificate', cbor.bytes(certificates.leaf)],
    ['cabundle', cbor.array(certificates.bundle.map(cbor.bytes))],
    ['public_key', cbor.bytes(recipientSpki)],
    ['user_data', cbor.nil],
    ['nonce', cbor.nil],
  ])
}

/** So many registers; the first says that this is no debug enclave. */
export function registers(count: number, edit?: (pairs: cbor.Pair[]) => cbor.Pair[]): Buffer {
  const pairs = Array.from({ length: count }, (_, index): cbor.Pair => [
    cbor.unsigned(index),
    cbor.bytes(Buffer.alloc(48, index === 0 ? 1 : 0)),
  ])
  return cbor.map(edit?.(pairs) ?? pairs)
}

function draftChain(nowMs: number): ChainDraft {
  const names = {
    regional: der.name({ O: 'enclave-kms', CN: 'regional' }),
    zonal: der.name({ O: 'enclave-kms', CN: 'zonal' }),
    instance: der.name({ O: 'enclave-kms', CN: 'instance' }),
    leaf: der.name({ O: 'enclave-kms', CN: 'leaf' }),
  }
  const draft = (
    level: Level,
    issuer: { name: Buffer; key: KeyObject },
    lifetimeMs: number,
    constraints: Buffer,
    usage: { bits: Buffer; critical: boolean },
  ): CertificateDraft => ({
    version: der.element(0xa0, der.integer(Buffer.of(2))),
    serial: der.integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    issuer: issuer.name,
    subject: names[level],
    notBefore: der.utcTime(nowMs - lifetimeMs / 2),
    notAfter: der.utcTime(nowMs + lifetimeMs / 2),
    spki: spkiOf(testKey(level)),
    key: testKey(level),
    signer: issuer.key,
    hash: 'sha384',
    algorithm: der.sequence(der.oid(oids.ecdsaWithSha384)),
    extensions: new Map([
      [oids.basicConstraints, der.extension(oids.basicConstraints, true, constraints)],
      [oids.keyUsage, der.extension(oids.keyUsage, usage.critical, usage.bits)],
    ]),
    moreExtensions: [],
  })
  const signing = { bits: usages.certificateAndListSigning, critical: true }
  const instanceUsage = { bits: usages.certificateSigning, critical: true }
  const leafUsage = { bits: usages.documentSigning, critical: false }
  const by = (level: Level) => ({ name: names[level], key: testKey(level) })
  const root = { name: rootName, key: simulatedRootKey() }
  return {
    regional: draft('regional', root, 20 * day, authority(2), signing),
    zonal: draft('zonal', by('regional'), 5 * day, authority(1), signing),
    instance: draft('instance', by('zonal'), day, authority(0), instanceUsage),
    leaf: draft('leaf', by('instance'), 3 * hour, der.sequence(), leafUsage),
  }
}

/** BasicConstraints of a CA. */
export function authority(pathLength?: number): Buffer {
  const length = pathLength === undefined ? [] : [der.integer(Buffer.of(pathLength))]
  return der.sequence(der.boolean(true), ...length)
}

/** Signs a draft. */
export function buildCertificate(draft: CertificateDraft): Buffer {
  const extensions = [...draft.extensions.values(), ...draft.moreExtensions]
  const tbs = der.sequence(
    draft.version,
    draft.serial,
    draft.innerAlgorithm ?? draft.algorithm,
    draft.issuer,
    der.sequence(draft.notBefore, draft.notAfter),
    draft.subject,
    draft.spki,
    ...(extensions.length === 0 ? [] : [der.element(0xa3, der.sequence(...extensions))]),
  )
  const signature = sign(draft.hash, tbs, draft.signer)
  return der.sequence(tbs, draft.algorithm, der.bitString(signature))
}

function buildMessage(payload: Buffer, chain: ChainDraft, plan: Plan): Buffer {
  const message: MessageDraft = {
    header: Buffer.from('a1013822', 'hex'),
    context: 'Signature1',
    externalAad: Buffer.alloc(0),
    payload,
    signer: chain.leaf.key,
    hash: 'sha384',
    dsaEncoding: 'ieee-p1363',
  }
  plan.message?.(message, chain)
  const signed = cbor.array([
    cbor.text(message.context),
    cbor.bytes(message.header),
    cbor.bytes(message.externalAad),
    cbor.bytes(message.payload),
  ])
  const { signer: key, dsaEncoding } = message
  const signature = sign(message.hash, signed, { key, dsaEncoding })
  const items = [
    cbor.bytes(message.header),
    cbor.map([]),
    cbor.bytes(message.payload),
    cbor.bytes(plan.signature?.(signature) ?? signature),
  ]
  const edited = plan.items?.(items) ?? items
  const document = cbor.array(edited)
  return plan.document?.(document, edited) ?? document
}
