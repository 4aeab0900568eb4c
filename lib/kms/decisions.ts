/**
 * The last decisions, kept as what was asked and which policies took part. The explanation is made
 * when somebody asks for it: nearly nobody does, and every request would pay. A call that was
 * refused before any policy was asked has nothing to explain, and is kept as it will be shown.
 */
import type { PolicySet, Verdict } from '../iam/authorize.ts'
import { parsePolicy } from '../iam/document.ts'
import { explain, type Explanation } from '../iam/explain.ts'
import { hints } from '../iam/hints.ts'
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

/** A call that was refused before any policy was asked. */
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
}

/** A decision with its key policy as text: parsed, a policy takes twenty times the room. */
interface Kept extends DecisionRecord {
  readonly keyPolicySource: string | undefined
}

export class Decisions {
  readonly #ring: (Kept | Decision | undefined)[]
  #next = 0

  constructor(capacity = 10_000) {
    this.#ring = new Array<Kept | Decision | undefined>(capacity)
  }

  record(decision: DecisionRecord): void {
    const { policies } = decision
    this.#keep({
      ...decision,
      policies: { ...policies, keyPolicy: null },
      keyPolicySource: policies.keyPolicy?.source,
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

  /** The decision of a request: the refusal, where one of several authorizations was refused. */
  find(requestId: string): Decision | undefined {
    let found: Kept | Decision | undefined
    for (let back = 1; back <= this.#ring.length; back++) {
      const record = this.#ring[(this.#next - back + this.#ring.length) % this.#ring.length]
      if (!record) break
      if (record.requestId !== requestId) continue
      found ??= record
      if (effectOf(record) !== 'ALLOW') return shown(record)
    }
    return found && shown(found)
  }
}

function effectOf(entry: Kept | Decision): Decision['effect'] {
  return 'verdict' in entry ? entry.verdict.effect : entry.effect
}

function shown(entry: Kept | Decision): Decision {
  return 'verdict' in entry ? describe(whole(entry)) : entry
}

function whole({ keyPolicySource, ...record }: Kept): DecisionRecord {
  if (keyPolicySource === undefined) return record
  const keyPolicy = parsePolicy(keyPolicySource, 'key')
  return { ...record, policies: { ...record.policies, keyPolicy } }
}

export function describe(record: DecisionRecord): Decision {
  const { request, policies, attestation } = record
  const explanation = explain(request, policies)
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
    hints: hints(request, explanation, { attestation, takesRecipient: record.takesRecipient }),
  }
}

/** Nothing was evaluated, so nothing allowed: an implicit deny without evaluations. */
function describeRefusal({ requestId, timeMs, attestation, ...rest }: Refusal): Decision {
  return {
    requestId,
    time: new Date(timeMs).toISOString(),
    ...rest,
    effect: 'IMPLICIT_DENY',
    evaluations: [],
    requestContext: {},
    attestation: attestation && describeAttestation(attestation),
  }
}

function describeAttestation({ timestampMs, pcrs, ...rest }: AttestationFacts) {
  return {
    ...rest,
    pcrs: Object.fromEntries(pcrs),
    timestamp: new Date(timestampMs).toISOString(),
  }
}
