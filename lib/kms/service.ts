/**
 * The road of one call from its body to its answer:
 * input → Recipient document → the operation (which key, authorization, state, usage, work) → seal.
 */
import { randomUUID } from 'node:crypto'
import type { Store } from '../store/store.ts'
import { Access, type Organization } from './access.ts'
import { Call } from './call.ts'
import type { Caller } from './callers.ts'
import type { Clock } from './clock.ts'
import type { Connection } from './conditions.ts'
import { expireKeys } from './expiry.ts'
import { Fault } from './faults.ts'
import { parseJsonBody } from './json.ts'
import type { KnownPrincipals } from './known-principals.ts'
import type { Log } from './log.ts'
import { isOperationName, readInput, writeOutput } from './model.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations/index.ts'
import { Recipients, sealAnswer, type AttestationOptions, type RecipientInfo } from './recipient.ts'
import { seed, withMaterial, type KeySeed, type ReadySeed } from './seed.ts'

export interface KmsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly attestation: AttestationOptions
  readonly organization?: Organization | undefined
  readonly principals: KnownPrincipals
  /** The keys that are there from the start, and after a reset. */
  readonly keys: readonly KeySeed[]
}

export interface KmsRequest {
  readonly requestId: string
  readonly operation: Operation
  readonly body: Buffer
  readonly caller: Caller
  readonly region: string
  readonly connection: Connection
}

export class Kms {
  readonly access: Access
  readonly #options: KmsOptions
  readonly #recipients: Recipients

  readonly #seeds: readonly ReadySeed[]

  private constructor(options: KmsOptions, seeds: readonly ReadySeed[]) {
    this.#options = options
    this.#seeds = seeds
    this.access = new Access(options.store, options.organization, options.log)
    this.#recipients = new Recipients(options.attestation)
  }

  /** A service whose store holds what the options say that it holds. */
  static async start(options: KmsOptions): Promise<Kms> {
    const kms = new Kms(options, await withMaterial(options.keys))
    await kms.#seed()
    return kms
  }

  /** The JSON text of the answer; empty for an operation without one. Throws a Fault. */
  async answer({ operation, body, ...who }: KmsRequest): Promise<string> {
    const { store, clock, principals } = this.#options
    const input = readInput(operation.name, parseJsonBody(body))
    const nowMs = clock.nowMs()
    if (store.nextDeletionMs() <= nowMs) await expireKeys(store, nowMs)
    const info = operation.recipient && (input as { Recipient?: RecipientInfo }).Recipient
    const recipient = info ? await this.#recipients.believe(info, nowMs) : undefined
    const asker = {
      requestId: who.requestId,
      caller: who.caller,
      connection: who.connection,
      region: who.region,
      nowMs,
      attestation: recipient?.facts ?? null,
      takesRecipient: operation.recipient !== undefined,
    }
    const output = await operation.run(
      new Call(input, asker, { store, principals, access: this.access }),
    )
    return writeOutput(
      operation.name,
      recipient && operation.recipient
        ? sealAnswer(output, operation.recipient, recipient)
        : output,
    )
  }

  /** Back to the state of the start; the clock too. */
  async reset(): Promise<void> {
    this.#options.clock.reset()
    this.access.decisions.clear()
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
  if (!isOperationName(name)) throw new Fault('UnknownOperationException')
  throw new Fault('UnsupportedOperationException', `enclave-kms does not have ${name} yet`)
}

export function newRequestId(): string {
  return randomUUID()
}
