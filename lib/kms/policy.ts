/**
 * Key policies on their way into the store: the default one, and the checks that AWS makes before it
 * keeps one. Source: KMS developer guide, "Default key policy"; API reference, PutKeyPolicy.
 */
import { parsePolicy, PolicyError, type PolicyDocument } from '../iam/document.ts'
import type { Scope } from '../store/store.ts'
import { rootArn } from './arn.ts'
import type { Call } from './call.ts'
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
    throw new Fault('MalformedPolicyDocumentException', error.message)
  }
}

/**
 * The lockout safety check: the caller must be able to put another policy under the new one, his
 * own IAM policies included.
 */
export async function checkLockout(call: Call, key: Key, keyPolicy: PolicyDocument): Promise<void> {
  if (await call.mayDo({ action: 'kms:PutKeyPolicy', key, keyPolicy })) return
  throw new Fault(
    'MalformedPolicyDocumentException',
    'The new key policy will not allow you to update the key policy in the future.',
  )
}

/** A key has one policy, and its name is `default`. */
export function requirePolicyName(name: string | undefined): void {
  if (name === undefined || name === 'default') return
  throw new Fault('NotFoundException', 'No such policy exists')
}

/** Refuses a policy that names a user or a role that there is not. */
export function checkPrincipals(call: Call, policy: PolicyDocument): void {
  const names = policy.statements.flatMap(({ principal }) => principal?.expected ?? [])
  if (names.every((name) => call.principals.exists(name))) return
  throw new Fault(
    'MalformedPolicyDocumentException',
    'Policy contains a statement with one or more invalid principals.',
  )
}
