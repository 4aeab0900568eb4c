/**
 * AWS's texts for an access that is denied, byte for byte.
 * Source: IAM user guide, "Troubleshoot access denied error messages", and answers of AWS KMS.
 */
import { isSameAccount } from './decision.ts'
import type { PolicyType, Verdict } from './policy-set.ts'
import type { AccessRequest } from './request.ts'

const articles: Readonly<Record<PolicyType, readonly [article: string, name: string]>> = {
  IDENTITY_BASED_POLICY: ['an', 'identity-based policy'],
  PERMISSIONS_BOUNDARY: ['a', 'permissions boundary'],
  RESOURCE_BASED_POLICY: ['a', 'resource-based policy'],
  RESOURCE_CONTROL_POLICY: ['a', 'resource control policy'],
  SERVICE_CONTROL_POLICY: ['a', 'service control policy'],
  SESSION_POLICY: ['a', 'session policy'],
  VPC_ENDPOINT_POLICY: ['a', 'VPC endpoint policy'],
}

const unreachable =
  'because the resource does not exist in this Region, no resource-based policies allow access, ' +
  'or a resource-based policy explicitly denies access'

export interface DenialOptions {
  /** The request named its key by the ciphertext alone. */
  readonly throughCiphertext?: boolean
}

/** The text of a refusal; an allowed request has none. */
export function denialText(
  request: AccessRequest,
  verdict: Verdict,
  { throughCiphertext = false }: DenialOptions = {},
): string {
  const { principal, action, resource } = request
  if (verdict.effect === 'ALLOW' || verdict.decidedBy === 'GRANT') return ''
  const who = `User: ${principal.arn} is not authorized to perform: ${action}`
  if (verdict.decidedBy === 'RESOURCE_BASED_POLICY' && !isSameAccount(request)) {
    // Whether the key exists is the other account's secret.
    const what = throughCiphertext
      ? 'the resource associated with this ciphertext'
      : 'this resource'
    return `${who} on ${what} ${unreachable}`
  }
  const [article, name] = articles[verdict.decidedBy]
  if (verdict.effect === 'IMPLICIT_DENY') {
    return `${who} on resource: ${resource} because no ${name} allows the ${action} action`
  }
  const arn = verdict.policyArn === undefined ? '' : `: ${verdict.policyArn}`
  return `${who} on resource: ${resource} with an explicit deny in ${article} ${name}${arn}`
}
