/**
 * Authorization of one action: gathers the policies that take part, asks the policy engine, keeps
 * the decision and answers a refusal as AWS words it.
 */
import { authorize, denialText, type PolicySet, type Verdict } from '../iam/authorize.ts'
import { failingCondition } from '../iam/culprits.ts'
import { parsePolicy } from '../iam/document.ts'
import { explain } from '../iam/explain.ts'
import type { Grant } from '../iam/grant.ts'
import { layersOf } from '../iam/policy-set.ts'
import type { AccessRequest } from '../iam/request.ts'
import type { MaybePromise, Reader, Scope } from '../store/store.ts'
import type { AttestationFacts } from './recipient/attestation-facts.ts'
import type { Caller } from './callers.ts'
import { KmsContext, type Conditions, type Connection } from './conditions.ts'
import { Decisions, type DecisionRecord, type Refusal } from './decisions.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'
import type { Log } from './log.ts'
import { controlPolicies, withFullAccess, type Organization } from './organization.ts'

/** Who asks, from where, and with which document. */
export interface Asker {
  readonly requestId: string
  readonly caller: Caller
  readonly connection: Connection
  readonly region: string
  readonly nowMs: number
  readonly attestation: AttestationFacts | null
  readonly takesRecipient: boolean
}

/** One action on one resource. */
export interface Ask {
  /** `kms:Decrypt` */
  readonly action: string
  /** The key acted on; null for an action on no key, or on a key that is not there. */
  readonly key: Key | null
  /** An ARN, or `*`; the key's unless said. */
  readonly resource?: string
  readonly resourceAccount?: string
  /** The Region where it is done; the key's or, on no key, the request's unless said. */
  readonly region?: string | undefined
  readonly requestAlias?: string | undefined
  readonly conditions?: Conditions
  /** The request named its key by the ciphertext alone. */
  readonly throughCiphertext?: boolean
  /** The grants that take part; all of the key's unless said. */
  readonly grants?: readonly Grant[]
  /** Of these grants the ones that can allow this; all of them unless said. */
  readonly mayAllow?: ((grant: Grant) => boolean) | undefined
  /** The key policy in place of the key's own: the one that is about to be written. */
  readonly keyPolicy?: PolicySet['keyPolicy']
  /** The text of a denial, where it is not KMS's. */
  readonly denial?: (request: AccessRequest, verdict: Verdict) => string
}

/** What a decision may have to read. */
export interface KeyReader extends Pick<Reader, 'aliasesOfKey'> {
  grants(scope: Scope, keyId: string): MaybePromise<readonly Grant[]>
}

const noConditions: Conditions = {}

/** Stands for the policy of a key that does not exist: it allows nobody anything. */
const nobody = parsePolicy('{"Version":"2012-10-17","Statement":[]}', 'key')

export class Access {
  readonly decisions = new Decisions()
  readonly #store: KeyReader
  readonly #organization: Organization | undefined
  readonly #log: Log
  readonly #membershipOf = (account: string) => this.#organizationOf(account)

  constructor(store: KeyReader, organization: Organization | undefined, log: Log) {
    this.#store = store
    this.#organization = organization && withFullAccess(organization)
    this.#log = log
  }

  /** Throws AccessDeniedException unless the action is allowed. */
  async require(asker: Asker, ask: Ask): Promise<void> {
    const decision = await this.judge(asker, ask)
    if (decision.verdict.effect === 'ALLOW') return
    throw new Fault('AccessDeniedException', decision.message)
  }

  /** Decides, keeps the decision, and tells the log of a denial. */
  async judge(asker: Asker, ask: Ask): Promise<DecisionRecord> {
    const decision = await this.decide(asker, ask)
    this.decisions.record(decision)
    if (decision.verdict.effect !== 'ALLOW') this.#logDenial(decision)
    return decision
  }

  /** Refuses an action on another account's key that does not exist, as AWS words it. */
  async refuseUnknown(asker: Asker, ask: Ask): Promise<never> {
    await this.require(asker, { ...ask, key: null, keyPolicy: nobody })
    throw new Error('an action on a key that does not exist was allowed')
  }

  /** Keeps why a call is refused that the policies allow. */
  noteRefusal(asker: Asker, why: Pick<Refusal, 'action' | 'resource' | 'message' | 'hints'>): void {
    const { requestId, nowMs: timeMs, caller, attestation } = asker
    const refusal = { ...why, requestId, principal: caller.principal.arn }
    this.decisions.recordRefusal({ ...refusal, timeMs, attestation })
    this.#log.warn(refusal, 'call refused')
  }

  async decide(asker: Asker, ask: Ask): Promise<DecisionRecord> {
    let policies = this.#policies(asker, ask)
    const aliases = asksForAliases(policies) ? await this.#aliasesOf(ask.key) : undefined
    const request = this.#request(asker, ask, aliases)
    let verdict = authorize(request, policies)
    if (verdict.effect !== 'ALLOW' && ask.key) {
      // Grants only ever add: most requests are decided without reading them.
      const all = ask.grants ?? (await this.#store.grants(ask.key.record, ask.key.id))
      const grants = ask.mayAllow ? all.filter(ask.mayAllow) : all
      if (grants.length > 0) {
        policies = { ...policies, grants }
        verdict = authorize(request, policies)
      }
    }
    return {
      requestId: asker.requestId,
      timeMs: asker.nowMs,
      request,
      policies,
      verdict,
      attestation: asker.attestation,
      takesRecipient: asker.takesRecipient,
      message: messageOf(request, verdict, ask),
    }
  }

  #request(asker: Asker, ask: Ask, resourceAliases: readonly string[] | undefined): AccessRequest {
    const { key } = ask
    const account = resourceAccountOf(asker.caller, ask)
    return {
      principal: asker.caller.principal,
      action: ask.action,
      resource: ask.resource ?? (key ? key.arn : '*'),
      resourceAccount: account,
      context: new KmsContext({
        action: ask.action,
        caller: asker.caller,
        connection: asker.connection,
        region: ask.region ?? key?.record.region ?? asker.region,
        nowMs: asker.nowMs,
        membershipOf: this.#membershipOf,
        resourceAccount: account,
        key: key?.facts ?? null,
        requestAlias: ask.requestAlias,
        resourceAliases,
        conditions: ask.conditions ?? noConditions,
        attestation: asker.attestation,
      }),
    }
  }

  #policies({ caller, connection }: Asker, ask: Ask): PolicySet {
    const { principal } = caller
    const resourceAccount = resourceAccountOf(caller, ask)
    const limited = { principal, resourceAccount, key: ask.key }
    const control = this.#organization && controlPolicies(this.#organization, limited)
    return {
      keyPolicy: ask.keyPolicy ?? (ask.key ? ask.key.policy : null),
      identity: caller.policies,
      grants: [],
      boundary: caller.boundary,
      session: caller.session,
      serviceControl: control?.serviceControl,
      resourceControl: control?.resourceControl,
      vpcEndpoint: connection.vpcEndpoint?.policy,
    }
  }

  #organizationOf(account: string): Organization | undefined {
    return this.#organization?.account === account ? this.#organization : undefined
  }

  async #aliasesOf(key: Key | null): Promise<string[] | undefined> {
    if (!key) return undefined
    const aliases = await this.#store.aliasesOfKey(key.record, key.id, { limit: Infinity })
    return aliases.length > 0 ? aliases.map(({ name }) => name) : undefined
  }

  #logDenial(decision: DecisionRecord): void {
    const { request, verdict } = decision
    const failing = failingCondition(explain(request, decision.policies), verdict)
    this.#log.warn(
      {
        requestId: decision.requestId,
        action: request.action,
        principal: request.principal.arn,
        resource: request.resource,
        effect: verdict.effect,
        ...(failing && { failing }),
      },
      'access denied',
    )
  }
}

function messageOf(request: AccessRequest, verdict: Verdict, ask: Ask): string {
  if (verdict.effect === 'ALLOW') return ''
  if (ask.denial) return ask.denial(request, verdict)
  return denialText(request, verdict, { throughCiphertext: ask.throughCiphertext ?? false })
}

function resourceAccountOf(caller: Caller, { resourceAccount, key }: Ask): string {
  return resourceAccount ?? key?.account ?? caller.principal.account
}

/** Whether any policy has a condition on the key's aliases: they are read for that alone. */
function asksForAliases(policies: PolicySet): boolean {
  return layersOf(policies).some((layer) =>
    layer.policies.some(({ document }) => document.conditionKeys.has('kms:resourcealiases')),
  )
}
