/**
 * The policies that limit a session, and how much of what AWS allows them and the session's tags
 * take. Refuses a policy that is none, and managed policies: there are none here.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 */
import type { AttachedPolicy } from '../iam/authorize.ts'
import { parsePolicy, PolicyError } from '../iam/document.ts'
import { StsError } from './errors.ts'
import type { Tags } from './session-tags.ts'

export interface AskedPolicies {
  readonly Policy: string | undefined
  readonly PolicyArns: readonly { readonly arn: string }[]
}

/** Ours: what a decision calls the policy that came with a request. */
const inlineName = 'session policy'

/** Undefined where the session has none. Throws MalformedPolicyDocument or ValidationError. */
export function sessionPolicies(asked: AskedPolicies): readonly AttachedPolicy[] | undefined {
  const [managed] = asked.PolicyArns
  if (managed) {
    throw new StsError('ValidationError', `The managed policy ${managed.arn} does not exist.`)
  }
  if (asked.Policy === undefined) return undefined
  try {
    return [{ name: inlineName, document: parsePolicy(asked.Policy, 'session') }]
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw new StsError('MalformedPolicyDocument', error.message)
  }
}

/** AWS's own: characters of a session policy. */
const maxPolicyCharacters = 2048

/**
 * Ours: AWS does not say how it packs. Nine tags of 252 characters were 498 per cent there, which
 * leaves 458 bytes to the names and values of all, with one more for each.
 */
const maxTagBytes = 458

/**
 * In per cent of what is allowed; undefined where there is neither policy nor tag. Throws
 * PackedPolicyTooLarge.
 */
export function packedPolicySize(policy: string | undefined, tags: Tags): number | undefined {
  const pairs = Object.entries(tags)
  if (policy === undefined && pairs.length === 0) return undefined
  const bytes = pairs.reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')) + 1, 0)
  const ofTags = Math.ceil((100 * bytes) / maxTagBytes)
  if (ofTags > 100) {
    throw new StsError(
      'PackedPolicyTooLarge',
      `Packed size of session tags consumes ${String(ofTags)}% of allotted space.`,
    )
  }
  return Math.max(ofTags, Math.ceil((100 * (policy?.length ?? 0)) / maxPolicyCharacters))
}
