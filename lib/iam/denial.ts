/**
 * AWS's texts for an access that is denied, byte for byte.
 * Source: IAM user guide, "Troubleshoot access denied error messages", and answers of AWS KMS.
 */
import { isSameAccount } from './decision.ts'
import type { PolicyType, Verdict } from './policy-set.ts'
import type { AccessRequest } from './request.ts'

/** What AWS calls the types of policies. */
export const typeNames: Readonly<Record<PolicyType, string>> = {
  IDENTITY_BASED_POLICY: 'identity-based policy',
  PERMISSIONS_BOUNDARY: 'permissions boundary',
  RESOURCE_BASED_POLICY: 'resource-based policy',
  RESOURCE_CONTROL_POLICY: 'resource control policy',
  SERVICE_CONTROL_POLICY: 'service control policy',
  SESSION_POLICY: 'session policy',
  VPC_ENDPOINT_POLICY: 'VPC endpoint policy',
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
  options: DenialOptions = {},
): string {
  const { principal, action } = request
  if (verdict.effect === 'ALLOW' || verdict.decidedBy === 'GRANT') return ''
  const what = `User: ${principal.arn} is not authorized to perform: ${action} on ${resourceText(request, options)}`
  if (verdict.decidedBy === 'RESOURCE_BASED_POLICY' && !isSameAccount(request)) {
    // Whether the key exists is the other account's secret.
    return `${what} ${unreachable}`
  }
  const name = typeNames[verdict.decidedBy]
  if (verdict.effect === 'IMPLICIT_DENY') {
    return `${what} because no ${name} allows the ${action} action`
  }
  const article = name.startsWith('i') ? 'an' : 'a'
  const arn = verdict.policyArn === undefined ? '' : `: ${verdict.policyArn}`
  return `${what} with an explicit deny in ${article} ${name}${arn}`
}

/** KMS names no key of another account; other services name their resources. */
function resourceText(
  request: AccessRequest,
  { throughCiphertext = false }: DenialOptions,
): string {
  if (isSameAccount(request) || !/^kms:/i.test(request.action)) {
    return `resource: ${request.resource}`
  }
  return throughCiphertext ? 'the resource associated with this ciphertext' : 'this resource'
}
