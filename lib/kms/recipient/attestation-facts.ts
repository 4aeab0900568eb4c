/**
 * What an attestation document says that policies and explanations ask for: small, and free of the
 * document's bytes, so that thousands of decisions can be kept.
 */
import type { TrustAnchor } from '../../attest/roots.ts'
import type { VerifiedDocument } from '../../attest/verify.ts'

export interface AttestationFacts {
  readonly platform: 'nitro-enclave' | 'nitro-tpm'
  readonly moduleId: string
  /** Lower-case hex by register. */
  readonly pcrs: ReadonlyMap<number, string>
  readonly debug: boolean
  /** Milliseconds since the epoch. */
  readonly timestampMs: number
  /**
   * The name of the root that the document's certificates lead to; null for a document that was
   * refused before that was certain, whose facts are its own claims.
   */
  readonly root: string | null
}

/** What a document says of itself, and the root that vouches for it. */
export interface Source extends Pick<VerifiedDocument, 'document' | 'debug'> {
  readonly root: TrustAnchor | null
}

export function attestationFacts({ document, debug, root }: Source): AttestationFacts {
  const pcrs = new Map<number, string>()
  for (const [index, value] of document.pcrs) pcrs.set(index, Buffer.from(value).toString('hex'))
  return {
    platform: document.platform,
    moduleId: document.moduleId,
    pcrs,
    debug,
    timestampMs: document.timestampMs,
    root: root?.name ?? null,
  }
}
