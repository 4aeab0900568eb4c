/**
 * A decision as it is shown: every policy, statement and element of it, hints and the nearest miss.
 * It is made when somebody asks for it, and this module is loaded then.
 */
import { parsePolicy, type PolicyDocument } from '../iam/document.ts'
import { explain, type Explanation } from '../iam/explain.ts'
import { hints } from '../iam/hints.ts'
import { nearestMiss, type NearestMiss } from '../iam/nearest-miss.ts'
import type { ContextValue } from '../iam/request.ts'
import type { DecisionRecord, Entry, Found, Kept, Refusal, Written } from './decisions.ts'
import type { AttestationFacts } from './recipient/attestation-facts.ts'

/** The answer of `GET /_/decisions/{requestId}`. */
export interface Decision extends Explanation {
  readonly requestId: string
  /** ISO 8601 */
  readonly time: string
  readonly action: string
  readonly resource: string
  readonly principal: string
  readonly message: string
  readonly requestContext: Readonly<Record<string, ContextValue>>
  readonly attestation: ReturnType<typeof describeAttestation> | null
  readonly hints: readonly string[]
  /** The smallest change that would have allowed it; null where it is allowed, or none is known. */
  readonly nearestMiss: NearestMiss | null
  /**
   * What else the call was asked, in the order of the questions: ReEncrypt's other key, an alias's
   * other half. Absent from a call that was asked one thing.
   */
  readonly others?: readonly Decision[]
}

/** Of several decisions the decisive one, and the others beside it. */
export function show({ decisive, others }: Found): Decision {
  return others.length > 0 ? { ...shown(decisive), others: others.map(shown) } : shown(decisive)
}

function shown(entry: Entry): Decision {
  return 'verdict' in entry ? describe(whole(entry)) : describeRefusal(entry)
}

function parsed({ kind, source }: Written): PolicyDocument {
  return parsePolicy(source, kind)
}

function whole({ keyPolicy, session, ...record }: Kept): DecisionRecord {
  return {
    ...record,
    policies: {
      ...record.policies,
      keyPolicy: keyPolicy ? parsed(keyPolicy) : null,
      ...(session && {
        session: session.map((one) => ({ name: one.name, document: parsed(one) })),
      }),
    },
  }
}

export function describe(record: DecisionRecord): Decision {
  const { request, policies, attestation } = record
  const explanation = explain(request, policies)
  const facts = { attestation, takesRecipient: record.takesRecipient }
  return {
    requestId: record.requestId,
    time: new Date(record.timeMs).toISOString(),
    action: request.action,
    resource: request.resource,
    principal: request.principal.arn,
    ...explanation,
    message: record.message,
    requestContext: Object.fromEntries(request.context.entries()),
    attestation: attestation && describeAttestation(attestation),
    hints: hints(request, explanation, facts),
    nearestMiss: nearestMiss(request, policies, explanation, facts),
  }
}

/** An implicit deny without evaluations: no policy has denied. */
function describeRefusal({ requestId, timeMs, attestation, ...rest }: Refusal): Decision {
  return {
    requestId,
    time: new Date(timeMs).toISOString(),
    ...rest,
    effect: 'IMPLICIT_DENY',
    evaluations: [],
    requestContext: {},
    attestation: attestation && describeAttestation(attestation),
    nearestMiss: null,
  }
}

function describeAttestation({ timestampMs, pcrs, ...rest }: AttestationFacts) {
  return {
    ...rest,
    pcrs: Object.fromEntries(pcrs),
    timestamp: new Date(timestampMs).toISOString(),
  }
}
