/**
 * The verifier's checks as a report, for people: goes down the same list without stopping at the
 * first check that fails, as far as the bytes can be read.
 */
import { decodeCoseSign1 } from '../codec/cose.ts'
import { decodeAttestationDocument, type AttestationDocument } from '../codec/document.ts'
import { DecodeError, TrustError } from '../errors.ts'
import { checks, freshness, type Trust } from './checks.ts'
import { recipientKey } from './recipient-key.ts'

export interface InspectOptions {
  /** Leave the document's age out, so that an old one can be judged by its chain. */
  readonly ignoreFreshness?: boolean
}

/** One check that was made: what holds, or why it failed. */
export interface CheckResult {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

export interface Inspection {
  readonly valid: boolean
  /** Of the first check that failed; null for a valid document. */
  readonly code: string | null
  /** In order; what could not be read ends the list. */
  readonly checks: readonly CheckResult[]
  /** What the document says, believed or not; null where it cannot be read. */
  readonly document: AttestationDocument | null
  /** Whether it is valid and KMS can encrypt for its public key. */
  readonly kmsUsable: boolean
  /** Null exactly when it is usable. */
  readonly kmsUnusableBecause: string | null
}

export async function inspect(
  bytes: Uint8Array,
  trust: Trust,
  nowMs: number,
  options: InspectOptions,
): Promise<Inspection> {
  const report = new Report()
  const document = await report.examine(bytes, trust, nowMs, options)
  const unusable = report.code ? `the document is not valid: ${report.code}` : whyUnusable(document)
  return {
    valid: report.code === null,
    code: report.code,
    checks: report.results,
    document,
    kmsUsable: unusable === null,
    kmsUnusableBecause: unusable,
  }
}

class Report {
  readonly results: CheckResult[] = []
  code: string | null = null

  async examine(
    bytes: Uint8Array,
    trust: Trust,
    nowMs: number,
    { ignoreFreshness = false }: InspectOptions,
  ): Promise<AttestationDocument | null> {
    const message = await this.#note('cose', () => decodeCoseSign1(bytes), 'COSE_Sign1, ES384')
    if (!message) return null
    const { payload } = message
    const document = await this.#note(
      'payload',
      () => decodeAttestationDocument(payload),
      `${payload.length} bytes`,
    )
    if (!document) return null
    const chain = await this.#note(
      'certificates',
      () => trust.chains.read(document),
      'X.509 in DER',
    )
    if (!chain) return document
    const evidence = { message, document, chain, trust }
    for (const { name, run, holds } of checks) {
      if (ignoreFreshness && name === freshness) continue
      await this.#note(
        name,
        () => run(evidence, nowMs),
        () => holds(evidence, nowMs),
      )
    }
    return document
  }

  /** Makes one check and writes down how it went; null where it failed. */
  async #note<Value>(
    name: string,
    check: () => Value,
    holds: string | (() => string),
  ): Promise<Awaited<Value> | null> {
    try {
      const value = await check()
      this.results.push({ name, ok: true, detail: typeof holds === 'string' ? holds : holds() })
      return value
    } catch (error) {
      if (!(error instanceof DecodeError || error instanceof TrustError)) throw error
      this.results.push({ name, ok: false, detail: error.message })
      this.code ??= error.code
      return null
    }
  }
}

function whyUnusable(document: AttestationDocument | null): string | null {
  try {
    if (document) recipientKey(document)
    return null
  } catch (error) {
    if (error instanceof TrustError) return error.message
    throw error
  }
}
