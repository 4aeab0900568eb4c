/**
 * Runs the cases of one file: each is decided by the code that decides a call over HTTP, from the
 * same facts. What a file leaves open is as in a direct call to AWS: over TLS and through no VPC
 * endpoint, with default parameters, of a caller and a key outside any organization.
 */
import type { KeyUsage } from '../crypto/specs.ts'
import type { Verdict } from '../iam/authorize.ts'
import { parsePolicy } from '../iam/document.ts'
import { Access } from '../kms/access.ts'
import { withIssueTime } from '../kms/callers.ts'
import type { Conditions, Connection } from '../kms/conditions.ts'
import { describe, type Decision } from '../kms/decision.ts'
import type { DecisionRecord } from '../kms/decisions.ts'
import type { Key } from '../kms/key.ts'
import { silent } from '../kms/log.ts'
import type { Expectation, PolicyCase, StatedContext } from './case.ts'
import type { CasesFile } from './file.ts'
import { keyOf } from './key.ts'
import { reasonOf } from './reason.ts'

export interface CaseResult {
  readonly name: string
  readonly ok: boolean
  readonly expected: Expectation
  readonly actual: Actual
  /** One line: the statement or the condition that decided. */
  readonly reason: string
  /** All of it, as the control API answers it. */
  readonly explanation: Decision
  /** What was asked, and of which policies. */
  readonly decision: DecisionRecord
}

export type Actual = Exclude<Expectation, 'deny'>

const actuals: Readonly<Record<Verdict['effect'], Actual>> = {
  ALLOW: 'allow',
  IMPLICIT_DENY: 'implicit-deny',
  EXPLICIT_DENY: 'explicit-deny',
}

/** Ours: where the call comes from, unless the case's context says otherwise. */
const connection: Connection = {
  sourceIp: '127.0.0.1',
  secure: true,
  userAgent: undefined,
  referer: undefined,
}

export class CaseRunner {
  readonly #file: CasesFile
  readonly #nowMs: number
  readonly #access: Access
  readonly #keys = new Map<KeyUsage | undefined, Key>()

  /** `nowMs` is the time of every request: milliseconds since the epoch. */
  constructor(file: CasesFile, nowMs: number) {
    this.#file = file
    this.#nowMs = nowMs
    const store = { grants: () => file.grants, aliasesOfKey: () => [] }
    this.#access = new Access(store, file.organization, silent)
  }

  /** The decision alone, as the server keeps it. */
  decide(one: PolicyCase): Promise<DecisionRecord> {
    const { caller, action, attestation, vpcEndpoint, encryptionContext, context } = one
    const asker = {
      // Stands where a request's id is.
      requestId: one.name,
      caller: withIssueTime(caller, this.#nowMs),
      connection: vpcEndpoint ? { ...connection, vpcEndpoint } : connection,
      region: this.#file.key.region,
      nowMs: this.#nowMs,
      // A Recipient of an operation that has none is left out, as KMS leaves it out.
      attestation:
        attestation && action.takesRecipient ? { timestampMs: this.#nowMs, ...attestation } : null,
      takesRecipient: action.takesRecipient,
    }
    return this.#access.decide(asker, {
      action: action.name,
      key: action.onKey ? this.#key(action.usage) : null,
      conditions: withContext(action.conditions(encryptionContext), context),
    })
  }

  async run(one: PolicyCase): Promise<CaseResult> {
    const decision = await this.decide(one)
    const explanation = describe(decision)
    const actual = actualOf(decision)
    return {
      name: one.name,
      ok: meets(actual, one.expect),
      expected: one.expect,
      actual,
      reason: reasonOf(decision.request, explanation, decision.verdict),
      explanation,
      decision,
    }
  }

  #key(usage: KeyUsage | undefined): Key {
    let key = this.#keys.get(usage)
    if (!key) {
      key = keyOf(this.#file.key, this.#file.policy.source, usage)
      this.#keys.set(usage, key)
    }
    return key
  }
}

/** Every case of a file, in order, at one time. */
export function runCases(file: CasesFile, nowMs: number): Promise<CaseResult[]> {
  const runner = new CaseRunner(file, nowMs)
  return Promise.all(file.cases.map((one) => runner.run(one)))
}

/** The same cases about another key policy. Throws PolicyError. */
export function withPolicy(file: CasesFile, text: string): CasesFile {
  return { ...file, policy: parsePolicy(text, 'key') }
}

export function actualOf({ verdict }: Pick<DecisionRecord, 'verdict'>): Actual {
  return actuals[verdict.effect]
}

export function meets(actual: Actual, expected: Expectation): boolean {
  return expected === 'deny' ? actual !== 'allow' : actual === expected
}

/** What a case states wins over what its request would have, however its keys are spelt. */
function withContext(conditions: Conditions, context: StatedContext): Conditions {
  const stated = new Set(Object.keys(context).map((key) => key.toLowerCase()))
  const rest = Object.entries(conditions).filter(([key]) => !stated.has(key.toLowerCase()))
  return { ...(Object.fromEntries(rest) as Conditions), ...context }
}
