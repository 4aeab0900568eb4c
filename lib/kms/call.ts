/**
 * One call in progress: what an operation may touch. Everything that depends on the world outside
 * (who calls, when, which store) is here, so that an operation reads as what it does.
 */
import type { Scope, Store } from '../store/store.ts'
import type { Access, Ask, Asker } from './access.ts'
import type { DecisionRecord } from './decisions.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'
import type { KnownPrincipals } from './known-principals.ts'
import { locate, type Found } from './locate.ts'
import type { Quotas } from './quotas.ts'
import type { Input, OperationName } from './model/types.ts'
import type { XksTransport } from './key-stores/xks-api.ts'

/** What every call of a service has in common. */
export interface Surroundings {
  readonly store: Store
  readonly principals: KnownPrincipals
  readonly access: Access
  /** How external key store proxies are reached. */
  readonly xks: XksTransport
  readonly quotas?: Quotas | undefined
}

export class Call<N extends OperationName = OperationName> {
  readonly operation: N
  readonly input: Input<N>
  readonly asker: Asker
  readonly store: Store
  /** The caller's account, and the Region of the signature. */
  readonly scope: Scope
  readonly principals: KnownPrincipals
  readonly xks: XksTransport
  readonly quotas: Quotas | undefined
  readonly #access: Access

  constructor(
    operation: N,
    input: Input<N>,
    asker: Asker,
    { store, principals, access, xks, quotas }: Surroundings,
  ) {
    this.operation = operation
    this.input = input
    this.asker = asker
    this.store = store
    this.principals = principals
    this.xks = xks
    this.quotas = quotas
    this.scope = { account: asker.caller.principal.account, region: asker.region }
    this.#access = access
  }

  get nowMs(): number {
    return this.asker.nowMs
  }

  /** The key that a KeyId parameter names. */
  locate(keyId: string, how: { action: string; aliases: boolean }): Promise<Found> {
    return locate(this, keyId, how)
  }

  authorize(ask: Ask): Promise<void> {
    return this.#access.require(this.asker, ask)
  }

  refuseUnknown(ask: Ask): Promise<never> {
    return this.#access.refuseUnknown(this.asker, ask)
  }

  /** How this would be decided; asked without keeping a decision. */
  foresee(ask: Ask): Promise<DecisionRecord> {
    return this.#access.decide(this.asker, ask)
  }

  /** Keeps why a call is refused that the policies allow. `resource`: an ARN, or `*`. */
  noteRefusal(resource: string, message: string, hints: readonly string[]): void {
    const action = `kms:${this.operation}`
    this.#access.noteRefusal(this.asker, { action, resource, message, hints })
  }

  /** Keeps that the key was used for cryptography. */
  noteUse(key: Key, operation: OperationName): void {
    const { requestId, nowMs: timeMs } = this.asker
    this.store.noteUse(key.record, key.id, { operation, timeMs, requestId })
  }

  /** Ends a dry run: everything but the work itself has been found in order. */
  endDryRun(): void {
    if ((this.input as { DryRun?: boolean }).DryRun) throw new Fault('DryRunOperationException')
  }
}
