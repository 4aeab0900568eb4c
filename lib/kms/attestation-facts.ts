/**
 * What a believed attestation document says that policies and explanations ask for: small, and free
 * of the document's bytes, so that thousands of decisions can be kept.
 */
import type { VerifiedDocument } from '../attest/verify.ts'

export interface AttestationFacts {
  readonly platform: 'nitro-enclave' | 'nitro-tpm'
  readonly moduleId: string
  /** Lower-case hex by register. */
  readonly pcrs: ReadonlyMap<number, string>
  readonly debug: boolean
  /** Milliseconds since the epoch. */
  readonly timestampMs: number
  /** The name of the root that the document's certificates lead to. */
  readonly root: string
}

export function attestationFacts({ document, debug, root }: VerifiedDocument): AttestationFacts {
  const pcrs = new Map<number, string>()
  for (const [index, value] of document.pcrs) pcrs.set(index, Buffer.from(value).toString('hex'))
  return {
    platform: document.platform,
    moduleId: document.moduleId,
    pcrs,
    debug,
    timestampMs: document.timestampMs,
    root: root.name,
  }
}
