/**
 * How good the cases of a file are: of the small changes of its policy, how many do they notice? A
 * change is noticed when a case that holds for the policy as it is does not hold any more. A change
 * that cannot alter any decision is left out, because no case could notice it; how that is known,
 * lib/iam/plain-form.ts says.
 */
import { authorize } from '../iam/authorize.ts'
import { percentOf } from '../iam/coverage.ts'
import { eachMutation, storable, type Mutation } from '../iam/mutate.ts'
import { plainForm } from '../iam/plain-form.ts'
import type { PolicySet } from '../iam/policy-set.ts'
import type { AccessRequest } from '../iam/request.ts'
import { keyActions } from './actions.ts'
import type { Expectation } from './case.ts'
import type { CasesFile } from './file.ts'
import { actualOf, CaseRunner, meets } from './run.ts'

/** A change without the policy that it makes: there may be thousands, each as long as the policy. */
export type ChangeMade = Pick<Mutation, 'path' | 'change' | 'missing'>

export interface MutationScore {
  /** How many changes some case noticed, of `total`. */
  readonly killed: number
  readonly total: number
  /** Rounded down: 100 means all of them. */
  readonly percent: number
  /** The changes that no case noticed, in the order of the policy. */
  readonly survivors: readonly ChangeMade[]
  /** The changes that alter no decision; not in `total`. */
  readonly equivalent: readonly ChangeMade[]
  /** Where not every change was tried, a line that says so. */
  readonly limit: string | null
}

/** Ours: a policy of 32 KB has thousands of changes, and each may be tried on every case. */
export interface MutationLimits {
  /** Changes at most; 2,000 unless said. */
  readonly changes?: number
  /** Milliseconds at most; 10,000 unless said. */
  readonly timeMs?: number
  /** Milliseconds since any fixed moment. */
  readonly clock?: () => number
}

/** A case that holds, ready to be decided under another key policy. */
interface Trial {
  readonly request: AccessRequest
  readonly policies: PolicySet
  readonly expect: Expectation
}

/** `nowMs` is the time of every request: milliseconds since the epoch. */
export async function mutationsOf(
  file: CasesFile,
  nowMs: number,
  { changes = 2000, timeMs = 10_000, clock = () => performance.now() }: MutationLimits = {},
): Promise<MutationScore> {
  const endMs = clock() + timeMs
  const trials = await trialsOf(file, nowMs)
  const survivors: ChangeMade[] = []
  const equivalent: ChangeMade[] = []
  let original: string | undefined
  let limit: string | null = null
  let tried = 0
  for (const { policy, ...made } of eachMutation(file.policy.source)) {
    limit = limitOf({ tried, changes, timeMs, isLate: clock() >= endMs })
    if (limit !== null) break
    const keyPolicy = storable(policy)
    if (!keyPolicy) continue
    tried++
    if (!trials.every((trial) => stillHolds(trial, keyPolicy))) continue
    original ??= plainForm(file.policy, keyActions)
    const isSame = plainForm(keyPolicy, keyActions) === original
    ;(isSame ? equivalent : survivors).push(made)
  }
  const total = tried - equivalent.length
  const killed = total - survivors.length
  return { killed, total, percent: percentOf(killed, total), survivors, equivalent, limit }
}

interface Progress {
  readonly tried: number
  readonly changes: number
  readonly timeMs: number
  readonly isLate: boolean
}

function limitOf({ tried, changes, timeMs, isLate }: Progress): string | null {
  if (tried >= changes) return `only the first ${tried} changes were tried: more are too many`
  if (isLate) return `only the first ${tried} changes were tried: ${timeMs / 1000} s were over`
  return null
}

/** One line: where, and what was changed. */
export function describeMutation({ path, change }: ChangeMade): string {
  return `${path}: ${change}`
}

/** A case that fails as it is would notice everything; one on no key, nothing. */
async function trialsOf(file: CasesFile, nowMs: number): Promise<Trial[]> {
  const runner = new CaseRunner(file, nowMs)
  const trials: Trial[] = []
  for (const one of file.cases) {
    if (!one.action.onKey) continue
    const decision = await runner.decide(one)
    if (!meets(actualOf(decision), one.expect)) continue
    const { request, policies } = decision
    // Grants only ever add: a decision that needed none was made without them.
    trials.push({ request, policies: { ...policies, grants: file.grants }, expect: one.expect })
  }
  return trials
}

function stillHolds(
  { request, policies, expect }: Trial,
  keyPolicy: PolicySet['keyPolicy'],
): boolean {
  const verdict = authorize(request, { ...policies, keyPolicy })
  return meets(actualOf({ verdict }), expect)
}
