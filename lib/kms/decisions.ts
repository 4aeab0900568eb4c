/**
 * The last decisions, kept as what was asked and which policies took part. The explanation is made
 * when somebody asks for it: nearly nobody does, and every request would pay. A call that
 * no policy refused has nothing to explain, and is kept as it will be shown.
 */
import type { PolicySet, Verdict } from '../iam/authorize.ts'
import { parsePolicy, type PolicyDocument } from '../iam/document.ts'
import { explain, type Explanation } from '../iam/explain.ts'
import { hints } from '../iam/hints.ts'
import { nearestMiss, type NearestMiss } from '../iam/nearest-miss.ts'
import type { AccessRequest, ContextValue } from '../iam/request.ts'
import type { AttestationFacts } from './recipient/attestation-facts.ts'

/** One authorization as it was decided. */
export interface DecisionRecord {
  readonly requestId: string
  readonly timeMs: number
  readonly request: AccessRequest
  readonly policies: PolicySet
  readonly verdict: Verdict
  readonly attestation: AttestationFacts | null
  /** Whether the operation has a Recipient parameter. */
  readonly takesRecipient: boolean
  /** The text of the refusal, where it was one. */
  readonly message: string
}

/** A call that no policy refused: its document was not believed, or its new key policy not kept. */
export interface Refusal {
  readonly requestId: string
  readonly timeMs: number
  /** `kms:Decrypt` */
  readonly action: string
  /** An ARN, or `*`. */
  readonly resource: string
  /** The caller's ARN. */
  readonly principal: string
  /** The text of the refusal. */
  readonly message: string
  /** What the document says that was refused; null where it cannot be read. */
  readonly attestation: AttestationFacts | null
  readonly hints: readonly string[]
}

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

/**
 * A decision with the policy of the resource and those of the session as text: parsed, a policy
 * takes twenty times the room.
 */
interface Kept extends DecisionRecord {
  readonly keyPolicy: Written | undefined
  readonly session: readonly (Written & { readonly name: string })[] | undefined
}

type Written = Pick<PolicyDocument, 'kind' | 'source'>

export class Decisions {
  readonly #ring: (Kept | Decision | undefined)[]
  #next = 0

  constructor(capacity = 10_000) {
    this.#ring = new Array<Kept | Decision | undefined>(capacity)
  }

  record(decision: DecisionRecord): void {
    const { session, ...policies } = decision.policies
    this.#keep({
      ...decision,
      policies: { ...policies, keyPolicy: null },
      keyPolicy: policies.keyPolicy ? written(policies.keyPolicy) : undefined,
      session: session?.map(({ name, document }) => ({ name, ...written(document) })),
    })
  }

  recordRefusal(refusal: Refusal): void {
    this.#keep(describeRefusal(refusal))
  }

  #keep(entry: Kept | Decision): void {
    this.#ring[this.#next] = entry
    this.#next = (this.#next + 1) % this.#ring.length
  }

  /** The decision of the request that was decided last. */
  last(): Decision | undefined {
    const record = this.#ring[(this.#next - 1 + this.#ring.length) % this.#ring.length]
    return record && this.find(record.requestId)
  }

  clear(): void {
    this.#ring.fill(undefined)
  }

  /** The decision of a request: of several the refusal, else the last, and the others beside it. */
  find(requestId: string): Decision | undefined {
    const found = this.#of(requestId)
    const decisive = found.findLast((entry) => effectOf(entry) !== 'ALLOW') ?? found.at(-1)
    if (!decisive) return undefined
    const others = found.filter((entry) => entry !== decisive)
    return others.length > 0 ? { ...shown(decisive), others: others.map(shown) } : shown(decisive)
  }

  /** What is kept of a request, the oldest first. */
  #of(requestId: string): (Kept | Decision)[] {
    const found: (Kept | Decision)[] = []
    const { length } = this.#ring
    for (let forth = 0; forth < length; forth++) {
      const entry = this.#ring[(this.#next + forth) % length]
      if (entry?.requestId === requestId) found.push(entry)
    }
    return found
  }
}

function effectOf(entry: Kept | Decision): Decision['effect'] {
  return 'verdict' in entry ? entry.verdict.effect : entry.effect
}

function shown(entry: Kept | Decision): Decision {
  return 'verdict' in entry ? describe(whole(entry)) : entry
}

function written({ kind, source }: PolicyDocument): Written {
  return { kind, source }
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
