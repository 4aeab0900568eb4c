/**
 * The list of checks that a document must pass once its bytes could be read, in the order of AWS's
 * attestation_process.md, 3.2: the chain, then the signature; the age that KMS looks at comes last.
 * One row each: what stands first in the list names the refusal.
 */
import { sigStructure, type CoseSign1 } from '../codec/cose.ts'
import type { AttestationDocument } from '../codec/document.ts'
import { TrustError } from '../errors.ts'
import { verifySignature, type ChainCache } from './chain-cache.ts'
import {
  checkAlgorithms,
  checkAuthorities,
  checkExtensions,
  checkLeaf,
  checkOrder,
  checkRoot,
  checkValidity,
  type Chain,
} from './chain.ts'
import type { TrustAnchor } from './roots.ts'

/** Everything that the checks look at, but the time. */
export interface Evidence {
  readonly message: CoseSign1
  readonly document: AttestationDocument
  readonly chain: Chain
  readonly trust: Trust
}

/** What the verifier was told to trust, and what it has seen. */
export interface Trust {
  readonly anchors: readonly TrustAnchor[]
  /** A document of this age is still taken; AWS KMS's is five minutes. */
  readonly maxAgeMs: number
  /** How far ahead of the verifier's clock a document may be. */
  readonly futureSkewMs: number
  readonly chains: ChainCache
}

export interface Check {
  readonly name: string
  /** Asked again when a believed document is presented again: the others cannot have changed. */
  readonly dependsOnTime?: true
  /** Throws TrustError. */
  readonly run: (evidence: Evidence, nowMs: number) => unknown
  /** What holds when it has passed, in one line. */
  readonly holds: (evidence: Evidence, nowMs: number) => string
}

export const freshness = 'freshness'

export const checks: readonly Check[] = [
  {
    name: 'root',
    run: ({ chain, trust }) => checkRoot(chain, trust.anchors),
    holds: ({ chain, trust }) => `cabundle[0] is ${checkRoot(chain, trust.anchors).name}`,
  },
  {
    name: 'order',
    run: ({ chain }) => checkOrder(chain),
    holds: ({ chain }) => `${chain.authorities.length + 1} certificates, root first`,
  },
  {
    name: 'algorithms',
    run: ({ chain }) => checkAlgorithms(chain),
    holds: () => 'all P-384, ecdsa-with-SHA384',
  },
  {
    name: 'extensions',
    run: ({ chain }) => checkExtensions(chain),
    holds: () => 'nothing critical is unknown',
  },
  {
    name: 'authorities',
    run: ({ chain }) => checkAuthorities(chain),
    holds: () => 'CA, keyCertSign, within each pathLen',
  },
  {
    name: 'leaf',
    run: ({ chain }) => checkLeaf(chain),
    holds: ({ chain }) => chain.leaf.subjectText,
  },
  {
    name: 'validity',
    dependsOnTime: true,
    run: ({ chain }, nowMs) => checkValidity(chain, nowMs),
    holds: ({ chain }) => {
      const ends = [...chain.authorities, chain.leaf].map(({ notAfterMs }) => notAfterMs)
      return `until ${new Date(Math.min(...ends)).toISOString()}`
    },
  },
  {
    name: 'chain-signatures',
    run: ({ chain, trust }) => trust.chains.checkSignatures(chain),
    holds: () => 'each certificate is signed by the one before it',
  },
  {
    name: 'signature',
    run: (evidence) => checkSignature(evidence),
    holds: () => 'ES384, by the key of certificate',
  },
  {
    name: freshness,
    dependsOnTime: true,
    run: ({ document, trust }, nowMs) => checkFreshness(document, trust, nowMs),
    holds: ({ document }, nowMs) => `${seconds(nowMs - document.timestampMs)} old`,
  },
]

/** The COSE signature, by the leaf's key. */
export async function checkSignature({ message, chain, trust }: Evidence): Promise<void> {
  const { protectedBytes, payload, signature } = message
  const key = trust.chains.key(chain.leaf, 'certificate')
  const signed = sigStructure(protectedBytes, payload)
  if (!(await verifySignature(signed, key, signature, 'ieee-p1363'))) {
    throw new TrustError(
      'DOCUMENT_SIGNATURE',
      'the document is not signed by the key of certificate',
    )
  }
}

/** Neither too old nor too far ahead. A time that is not a number is refused. */
export function checkFreshness(
  { timestampMs }: AttestationDocument,
  { maxAgeMs, futureSkewMs }: Pick<Trust, 'maxAgeMs' | 'futureSkewMs'>,
  nowMs: number,
): void {
  const ageMs = nowMs - timestampMs
  if (!(ageMs >= -futureSkewMs)) {
    throw new TrustError(
      'DOCUMENT_FROM_THE_FUTURE',
      `the document is ${seconds(-ageMs)} ahead, more than ${seconds(futureSkewMs)}`,
      { ageMs, futureSkewMs },
    )
  }
  if (!(ageMs <= maxAgeMs)) {
    throw new TrustError(
      'DOCUMENT_STALE',
      `the document is ${seconds(ageMs)} old, more than ${seconds(maxAgeMs)}`,
      {
        ageMs,
        maxAgeMs,
      },
    )
  }
}

function seconds(ms: number): string {
  return `${ms / 1000} s`
}
