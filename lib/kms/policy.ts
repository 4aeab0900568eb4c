/**
 * Key policies on their way into the store: the default one, and the checks that AWS makes before it
 * keeps one. AWS's texts do not say where a policy is wrong: the decision of the call does.
 * Source: KMS developer guide, "Default key policy"; API reference, PutKeyPolicy.
 */
import { parsePolicy, PolicyError, type PolicyDocument } from '../iam/document.ts'
import { invalidPrincipals } from '../iam/policy-error.ts'
import type { Scope } from '../store/store.ts'
import { rootArn } from './arn.ts'
import type { Call } from './call.ts'
import type { DecisionRecord } from './decisions.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'

/** AWS's limit for a key policy document. */
const maxPolicyBytes = 32_768

/** The policy of a key that is created without one. */
export function defaultPolicy({ account, region }: Scope): string {
  const statement = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: rootArn(account, region) },
    Action: 'kms:*',
    Resource: '*',
  }
  return JSON.stringify(
    { Version: '2012-10-17', Id: 'key-default-1', Statement: [statement] },
    null,
    2,
  )
}

/** What a request says of the policy that it wants stored. */
export interface NewPolicy {
  readonly text: string
  /** BypassPolicyLockoutSafetyCheck */
  readonly bypass: boolean | undefined
  /** What the call is on, an ARN or `*`: the decision of a refusal names it. */
  readonly resource: string
}

/** Refuses a policy that KMS does not keep for this key. */
export async function acceptKeyPolicy(
  call: Call,
  key: Key,
  { text, bypass, resource }: NewPolicy,
): Promise<void> {
  try {
    const policy = readKeyPolicy(text)
    checkPrincipals(call, policy)
    if (!bypass) await checkLockout(call, key, policy)
  } catch (error) {
    if (error instanceof Fault) call.noteRefusal(resource, error.message, reasonsOf(error))
    throw error
  }
}

/** What the fault's own text leaves out. */
function reasonsOf({ cause }: Fault): string[] {
  if (cause instanceof PolicyError) {
    return [cause.path === '' ? cause.detail : `${cause.path}: ${cause.detail}`]
  }
  return cause instanceof Lockout ? cause.reasons : []
}

/** Why the caller could not put another policy. */
class Lockout extends Error {
  readonly reasons: string[]

  constructor(message: string, reasons: string[]) {
    super(message)
    this.reasons = reasons
  }
}

async function lockoutBy(decision: DecisionRecord): Promise<Lockout> {
  const { describe } = await import('./decision.ts')
  const { message, hints } = describe(decision)
  return new Lockout(message, [`under the new policy: ${message}`, ...hints])
}

/** Reads a policy that somebody wants to store. */
export function readKeyPolicy(text: string): PolicyDocument {
  if (Buffer.byteLength(text) > maxPolicyBytes) {
    throw new Fault(
      'LimitExceededException',
      `The key policy is larger than ${String(maxPolicyBytes)} bytes.`,
    )
  }
  try {
    return parsePolicy(text, 'key')
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw new Fault('MalformedPolicyDocumentException', error.message, { cause: error })
  }
}

/**
 * The lockout safety check: the caller must be able to put another policy under the new one, his
 * own IAM policies included.
 */
async function checkLockout(call: Call, key: Key, keyPolicy: PolicyDocument): Promise<void> {
  const decision = await call.foresee({ action: 'kms:PutKeyPolicy', key, keyPolicy })
  if (decision.verdict.effect === 'ALLOW') return
  throw new Fault(
    'MalformedPolicyDocumentException',
    'The new key policy will not allow you to update the key policy in the future.',
    { cause: await lockoutBy(decision) },
  )
}

/** A key has one policy, and its name is `default`. */
export function requirePolicyName(name: string | undefined): void {
  if (name === undefined || name === 'default') return
  throw new Fault('NotFoundException', 'No such policy exists')
}

/** Refuses a policy that names a user or a role that there is not. */
function checkPrincipals(call: Call, { statements }: PolicyDocument): void {
  for (const { index, principal } of statements) {
    const unknown = principal?.expected.find((name) => !call.principals.exists(name))
    if (unknown === undefined) continue
    const path = `Statement[${index}].${principal?.negated ? 'NotPrincipal' : 'Principal'}.AWS`
    const cause = new PolicyError(path, invalidPrincipals, `there is no user or role ${unknown}`)
    throw new Fault('MalformedPolicyDocumentException', invalidPrincipals, { cause })
  }
}
