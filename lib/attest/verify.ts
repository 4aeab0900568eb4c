/**
 * Whether an attestation document may be believed at a time: reads its bytes strictly, then goes
 * down the list of checks. Whatever fails is refused with the code of the first check that failed;
 * a document is remembered only when it was believed, and asked about the time every time.
 */
import { equalBytes } from '../codec/bytes.ts'
import { decodeCoseSign1 } from '../codec/cose.ts'
import { decodeAttestationDocument, isDebug, type AttestationDocument } from '../codec/document.ts'
import { ChainCache } from './chain-cache.ts'
import { checkRoot } from './chain.ts'
import { checks, type Evidence, type Trust } from './checks.ts'
import { inspect, type Inspection, type InspectOptions } from './inspect.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'
import type { TrustAnchor } from './roots.ts'

export interface VerifierOptions {
  readonly anchors: readonly TrustAnchor[]
  readonly maxAgeMs: number
  readonly futureSkewMs: number
}

export interface VerifiedDocument {
  readonly document: AttestationDocument
  /** Whether the enclave runs in debug mode: such documents are believed, policies decide. */
  readonly debug: boolean
  readonly root: TrustAnchor
}

interface Believed {
  readonly bytes: Uint8Array
  readonly evidence: Evidence
  readonly verified: VerifiedDocument
}

const checksOfTime = checks.filter(({ dependsOnTime }) => dependsOnTime)

/** Believed documents kept: about five minutes of one new document every 300 ms. Ours. */
const maxBelieved = 1024

export class Verifier {
  readonly #trust: Trust
  readonly #believed = new LeastRecentlyUsed<Believed>(maxBelieved)
  /** Documents that are being verified; these promises do not fail. */
  readonly #underway = new Map<string, Promise<unknown>>()

  constructor(options: VerifierOptions) {
    this.#trust = { ...options, chains: new ChainCache() }
  }

  /**
   * The document, if it may be believed at this time (milliseconds since the epoch); the same object
   * each time for the same bytes. DecodeError or TrustError: docs/attestation-codes.md.
   */
  async verify(bytes: Uint8Array, nowMs: number): Promise<VerifiedDocument> {
    const ending = endingOf(bytes)
    const underway = this.#underway.get(ending)
    if (underway) await underway
    const known = this.#believed.get(ending)
    if (known && equalBytes(known.bytes, bytes)) {
      for (const { run } of checksOfTime) await run(known.evidence, nowMs)
      return known.verified
    }
    // A copy: the caller may use its bytes again, and this one stays.
    const work = this.#believe(new Uint8Array(bytes), ending, nowMs)
    this.#underway.set(
      ending,
      work.catch(() => undefined),
    )
    try {
      return await work
    } finally {
      this.#underway.delete(ending)
    }
  }

  /** The same checks as a report, for people; nothing is remembered of the document. */
  inspect(bytes: Uint8Array, nowMs: number, options: InspectOptions = {}): Promise<Inspection> {
    return inspect(new Uint8Array(bytes), this.#trust, nowMs, options)
  }

  async #believe(bytes: Uint8Array, ending: string, nowMs: number): Promise<VerifiedDocument> {
    const message = decodeCoseSign1(bytes)
    const document = decodeAttestationDocument(message.payload)
    const chain = this.#trust.chains.read(document)
    const evidence = { message, document, chain, trust: this.#trust }
    for (const { run } of checks) await run(evidence, nowMs)
    const root = checkRoot(chain, this.#trust.anchors)
    const verified = { document, debug: isDebug(document), root }
    this.#believed.set(ending, { bytes, evidence, verified })
    return verified
  }
}

/** The signature, where documents differ: the name under which one is looked up, then compared. */
function endingOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
    'latin1',
    bytes.length - 96,
  )
}
