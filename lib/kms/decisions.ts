/**
 * The last decisions, kept as what was asked and which policies took part. The explanation is made
 * when somebody asks for it (decision.ts): nearly nobody does, and every request would pay.
 */
import type { PolicySet, Verdict } from '../iam/authorize.ts'
import type { PolicyDocument } from '../iam/document.ts'
import type { AccessRequest } from '../iam/request.ts'
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

/**
 * A decision with the policy of the resource and those of the session as text: parsed, a policy
 * takes twenty times the room.
 */
export interface Kept extends Omit<DecisionRecord, 'policies'> {
  readonly policies: Omit<PolicySet, 'keyPolicy' | 'session'>
  readonly keyPolicy: Written | undefined
  readonly session: readonly (Written & { readonly name: string })[] | undefined
}

export type Written = Pick<PolicyDocument, 'kind' | 'source'>

export type Entry = Kept | Refusal

/** What is kept of one request: of several decisions the refusal is decisive, else the last. */
export interface Found {
  readonly decisive: Entry
  /** In the order in which they were asked. */
  readonly others: readonly Entry[]
}

export class Decisions {
  readonly #ring: (Entry | undefined)[]
  #next = 0

  constructor(capacity = 10_000) {
    this.#ring = new Array<Entry | undefined>(capacity)
  }

  record(decision: DecisionRecord): void {
    const { policies } = decision
    const { keyPolicy, session } = policies
    // Every request comes by here: members one by one take a tenth of the time of rests and spreads.
    this.#keep({
      requestId: decision.requestId,
      timeMs: decision.timeMs,
      request: decision.request,
      policies: {
        identity: policies.identity,
        boundary: policies.boundary,
        serviceControl: policies.serviceControl,
        resourceControl: policies.resourceControl,
        vpcEndpoint: policies.vpcEndpoint,
        grants: policies.grants,
      },
      verdict: decision.verdict,
      attestation: decision.attestation,
      takesRecipient: decision.takesRecipient,
      message: decision.message,
      keyPolicy: keyPolicy ? written(keyPolicy) : undefined,
      session: session?.map(({ name, document }) => ({ name, ...written(document) })),
    })
  }

  recordRefusal(refusal: Refusal): void {
    this.#keep(refusal)
  }

  #keep(entry: Entry): void {
    this.#ring[this.#next] = entry
    this.#next = (this.#next + 1) % this.#ring.length
  }

  /** The decision of the request that was decided last. */
  last(): Found | undefined {
    const record = this.#ring[(this.#next - 1 + this.#ring.length) % this.#ring.length]
    return record && this.find(record.requestId)
  }

  clear(): void {
    this.#ring.fill(undefined)
  }

  find(requestId: string): Found | undefined {
    const found = this.#of(requestId)
    const decisive = found.findLast((entry) => effectOf(entry) !== 'ALLOW') ?? found.at(-1)
    if (!decisive) return undefined
    return { decisive, others: found.filter((entry) => entry !== decisive) }
  }

  /** What is kept of a request, the oldest first. */
  #of(requestId: string): Entry[] {
    const found: Entry[] = []
    const { length } = this.#ring
    for (let forth = 0; forth < length; forth++) {
      const entry = this.#ring[(this.#next + forth) % length]
      if (entry?.requestId === requestId) found.push(entry)
    }
    return found
  }
}

function effectOf(entry: Entry): Verdict['effect'] {
  return 'verdict' in entry ? entry.verdict.effect : 'IMPLICIT_DENY'
}

function written({ kind, source }: PolicyDocument): Written {
  return { kind, source }
}
