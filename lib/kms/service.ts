/**
 * The road of one call from its body to its answer:
 * input → Recipient document → the operation (which key, authorization, state, usage, work) → seal.
 * A Recipient that is refused ends the call, and leaves a decision as a denied access does.
 */
import { randomUUID } from 'node:crypto'
import type { Store } from '../store/store.ts'
import { Access } from './access.ts'
import { Call, type Surroundings } from './call.ts'
import type { Caller } from './callers.ts'
import type { Clock } from './clock.ts'
import type { Connection } from './conditions.ts'
import { settleDue } from './due.ts'
import { Fault } from './faults.ts'
import { checkGrantTokens } from './grants/grant-token.ts'
import { parseJsonBody } from './model/json.ts'
import type { KnownPrincipals } from './known-principals.ts'
import { namedResource } from './locate.ts'
import type { Log } from './log.ts'
import type { Organization } from './organization.ts'
import { readInput, writeOutput } from './model/model.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations/index.ts'
import {
  Recipients,
  sealAnswer,
  type AttestationOptions,
  type Recipient,
  type RecipientInfo,
} from './recipient/recipient.ts'
import type { XksTransport } from './key-stores/xks-api.ts'
import { Quotas, type QuotaSettings } from './quotas.ts'
import { seed, withMaterial, type KeySeed, type ReadySeed } from './seed.ts'

export interface KmsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly attestation: AttestationOptions
  readonly organization?: Organization | undefined
  readonly principals: KnownPrincipals
  /** How external key store proxies are reached. */
  readonly xks: XksTransport
  /** The keys that are there from the start, and after a reset. */
  readonly keys: readonly KeySeed[]
  /** None unless said. */
  readonly quotas?: QuotaSettings | undefined
}

export interface KmsRequest {
  readonly requestId: string
  readonly operation: Operation
  readonly body: Buffer
  readonly caller: Caller
  readonly region: string
  readonly connection: Connection
}

/** What is known of a request whose Recipient was refused. */
interface RefusedRequest extends Pick<KmsRequest, 'requestId' | 'operation' | 'caller' | 'region'> {
  readonly input: object
  readonly nowMs: number
}

export class Kms {
  readonly access: Access
  readonly #options: KmsOptions
  readonly #recipients: Recipients
  readonly #quotas: Quotas | undefined

  readonly #surroundings: Surroundings
  readonly #seeds: readonly ReadySeed[]

  private constructor(options: KmsOptions, seeds: readonly ReadySeed[]) {
    this.#options = options
    this.#seeds = seeds
    this.access = new Access(options.store, options.organization, options.log)
    this.#recipients = new Recipients(options.attestation)
    this.#quotas = options.quotas && new Quotas(options.quotas)
    const { store, principals, xks } = options
    this.#surroundings = { store, principals, xks, access: this.access, quotas: this.#quotas }
  }

  /** A service whose store holds what the options say that it holds. */
  static async start(options: KmsOptions): Promise<Kms> {
    const kms = new Kms(options, await withMaterial(options.keys))
    await kms.#seed()
    return kms
  }

  /** The JSON text of the answer; empty for an operation without one. Throws a Fault. */
  async answer({ operation, body, ...who }: KmsRequest): Promise<string> {
    const { store, clock } = this.#options
    const input = readInput(operation.name, parseJsonBody(body))
    checkGrantTokens(input)
    const nowMs = clock.nowMs()
    if (store.nextDueMs() <= nowMs) await settleDue(store, nowMs)
    if (this.#quotas) {
      const scope = { account: who.caller.principal.account, region: who.region }
      await this.#quotas.admit({ operation: operation.name, input, scope, store }, nowMs)
    }
    const info = operation.recipient && (input as { Recipient?: RecipientInfo }).Recipient
    let recipient: Recipient | undefined
    if (info) {
      try {
        recipient = await this.#recipients.believe(info, nowMs)
      } catch (error) {
        if (error instanceof Fault) {
          await this.#recordRefusal(error, info, { ...who, operation, input, nowMs })
        }
        throw error
      }
    }
    const asker = {
      requestId: who.requestId,
      caller: who.caller,
      connection: who.connection,
      region: who.region,
      nowMs,
      attestation: recipient?.facts ?? null,
      takesRecipient: operation.recipient !== undefined,
    }
    const output = await operation.run(new Call(operation.name, input, asker, this.#surroundings))
    return writeOutput(
      operation.name,
      recipient && operation.recipient
        ? sealAnswer(output, operation.recipient, recipient)
        : output,
    )
  }

  /** Keeps why a call was refused for its Recipient, which no policy is asked about. */
  async #recordRefusal(fault: Fault, info: RecipientInfo, request: RefusedRequest): Promise<void> {
    const { requestId, operation, input, caller, region, nowMs } = request
    const { store, log } = this.#options
    const { explainRefusal } = await import('./recipient/recipient-refusal.ts')
    const { code, ...explained } = explainRefusal(info, fault, await this.#recipients.anchors())
    const scope = { account: caller.principal.account, region }
    const asked = {
      requestId,
      action: `kms:${operation.name}`,
      principal: caller.principal.arn,
      resource: await namedResource({ store, scope }, input),
    }
    const { message } = fault
    this.access.decisions.recordRefusal({ ...asked, ...explained, timeMs: nowMs, message })
    log.warn({ ...asked, effect: 'IMPLICIT_DENY', failing: { code, message } }, 'recipient refused')
  }

  /** Back to the state of the start; the clock too. */
  async reset(): Promise<void> {
    this.#options.clock.reset()
    this.access.decisions.clear()
    this.#quotas?.reset()
    const { store, clock } = this.#options
    await seed(store, this.#seeds, clock.nowMs(), { anew: true })
  }

  async #seed(): Promise<void> {
    const { store, clock, log } = this.#options
    const kept = await seed(store, this.#seeds, clock.nowMs())
    if (kept.length > 0) log.info({ keys: kept }, 'keys of the config that were there are left')
  }
}

const targetPrefix = 'TrentService.'

/** The operation of an X-Amz-Target header. */
export function operationOf(target: string | undefined): Operation {
  const name = target?.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : ''
  const found = operations.get(name)
  if (found) return found
  throw new Fault('UnknownOperationException')
}

export function newRequestId(): string {
  return randomUUID()
}
