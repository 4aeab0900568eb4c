/**
 * The decision itself: how the answers of all policies and grants become one verdict. Everything
 * that is not allowed is denied. Sources: IAM user guide, "Policy evaluation logic"; KMS developer
 * guide, "Determining access to AWS KMS keys", "Allowing users in other accounts to use a KMS key".
 */
import type { PolicyDocument } from './document.ts'
import { isIssuedBy, matchGrant, type Grant } from './grant.ts'
import {
  layersOf,
  type AttachedPolicy,
  type PolicySet,
  type PolicyType,
  type Verdict,
} from './policy-set.ts'
import { stronger, type PrincipalMatch } from './principals.ts'
import type { AccessRequest } from './request.ts'
import type { Judgement } from './statement.ts'

/** What all policies of one type say together: the first denial, the strongest permission. */
interface Layer {
  readonly type: PolicyType
  readonly denial: { readonly policy: AttachedPolicy; readonly statement: number } | null
  readonly allows: PrincipalMatch
}

/** Types that only ever limit: where there is one, it has to allow. */
const ceilings: readonly PolicyType[] = [
  'RESOURCE_CONTROL_POLICY',
  'SERVICE_CONTROL_POLICY',
  'VPC_ENDPOINT_POLICY',
]

/** In key policies and RCPs kms:RetireGrant has no effect, not even under `*`. */
const withoutRetireGrant: readonly PolicyType[] = [
  'RESOURCE_BASED_POLICY',
  'RESOURCE_CONTROL_POLICY',
]

/** The judge is asked once about every document. */
export function decide(
  request: AccessRequest,
  policies: PolicySet,
  judge: (document: PolicyDocument) => Judgement,
): Verdict {
  const ineffective = isRetireGrant(request) ? withoutRetireGrant : []
  const layers: Layer[] = []
  for (const { type, policies: attached } of layersOf(policies)) {
    if (!ineffective.includes(type)) layers.push(survey(type, attached, judge))
  }
  return (
    explicitDenial(layers) ??
    missingCeiling(layers) ??
    (policies.keyPolicy ? byKey(request, policies, layers) : byIdentityAlone(request, layers))
  )
}

function survey(
  type: PolicyType,
  policies: readonly AttachedPolicy[],
  judge: (document: PolicyDocument) => Judgement,
): Layer {
  let denial: Layer['denial'] = null
  let allows: PrincipalMatch = 'NONE'
  for (const policy of policies) {
    const judgement = judge(policy.document)
    if (judgement.denial) denial ??= { policy, statement: judgement.denial.index }
    allows = stronger(allows, judgement.allows)
  }
  return { type, denial, allows }
}

/** A Deny wins over every Allow and every grant. */
function explicitDenial(layers: readonly Layer[]): Verdict | null {
  for (const { type, denial } of layers) {
    if (!denial) continue
    const { name, arn } = denial.policy
    return {
      effect: 'EXPLICIT_DENY',
      decidedBy: type,
      policy: name,
      statement: denial.statement,
      ...(arn !== undefined && { policyArn: arn }),
    }
  }
  return null
}

function missingCeiling(layers: readonly Layer[]): Verdict | null {
  for (const type of ceilings) {
    const layer = layers.find((other) => other.type === type)
    if (layer?.allows === 'NONE') return implicitDenial(type)
  }
  return null
}

function byIdentityAlone(request: AccessRequest, layers: readonly Layer[]): Verdict {
  if (!isSameAccount(request)) return implicitDenial('RESOURCE_BASED_POLICY')
  return allowUnless(missingIdentity(request, layers), 'IDENTITY_BASED_POLICY')
}

function byKey(request: AccessRequest, policies: PolicySet, layers: readonly Layer[]): Verdict {
  const verdict = isSameAccount(request)
    ? inOwnAccount(request, layers)
    : acrossAccounts(request, layers)
  if (verdict.effect === 'ALLOW') return verdict
  return byGrant(request, policies, layers) ?? verdict
}

/**
 * A key policy that names the user, the session or everyone needs no other policy, and no implicit
 * denial limits it. A role it names is limited by boundary and session; an account it names decides
 * by its own policies.
 */
function inOwnAccount(request: AccessRequest, layers: readonly Layer[]): Verdict {
  const match = allowsOf(layers, 'RESOURCE_BASED_POLICY')
  if (match === 'NONE') return implicitDenial('RESOURCE_BASED_POLICY')
  if (match === 'ACCOUNT') {
    // For the root user the account is a direct name.
    const decidedBy = isRoot(request) ? 'RESOURCE_BASED_POLICY' : 'IDENTITY_BASED_POLICY'
    return allowUnless(missingIdentity(request, layers), decidedBy)
  }
  return allowUnless(match === 'DIRECT_ROLE' ? missingLimit(layers) : null, 'RESOURCE_BASED_POLICY')
}

/** Both accounts have to allow, and only some actions work at all. */
function acrossAccounts(request: AccessRequest, layers: readonly Layer[]): Verdict {
  const match = allowsOf(layers, 'RESOURCE_BASED_POLICY')
  if (match === 'NONE') return implicitDenial('RESOURCE_BASED_POLICY')
  // A service and a web identity have no account whose policies could allow.
  if (!hasAccount(request)) return allowUnless(null, 'RESOURCE_BASED_POLICY')
  if (!worksAcrossAccounts(request)) return implicitDenial('RESOURCE_BASED_POLICY')
  return allowUnless(missingIdentity(request, layers), 'IDENTITY_BASED_POLICY')
}

/**
 * The first grant that allows; where none does, the limit of the first that names the caller. One to
 * an account leaves the decision, and the reason for a denial, to the other policies.
 */
function byGrant(
  request: AccessRequest,
  { grants }: PolicySet,
  layers: readonly Layer[],
): Verdict | null {
  let limited: Verdict | null = null
  for (const grant of grants) {
    const match = matchGrant(grant, request)
    if (match === 'NONE') continue
    const missing = missingForGrant(grant, match, request, layers)
    if (!missing) return { effect: 'ALLOW', decidedBy: 'GRANT', grantId: grant.grantId }
    if (match !== 'ACCOUNT') limited ??= implicitDenial(missing)
  }
  return limited
}

/**
 * A grant is limited as a key policy is: boundary and session limit what a role gets, and nothing
 * implicit what a user or a session gets. Across accounts the caller's own has to allow as well,
 * unless the grant was issued there.
 */
function missingForGrant(
  grant: Grant,
  match: PrincipalMatch,
  request: AccessRequest,
  layers: readonly Layer[],
): PolicyType | null {
  const limit = match === 'DIRECT_ROLE' ? missingLimit(layers) : null
  if (limit) return limit
  const isEnough =
    match !== 'ACCOUNT' &&
    (isSameAccount(request) || !hasAccount(request) || isIssuedBy(grant, request.principal.account))
  return isEnough ? null : missingIdentity(request, layers)
}

/** The type that keeps the caller's own account from allowing; null when it allows. */
function missingIdentity(request: AccessRequest, layers: readonly Layer[]): PolicyType | null {
  // The root user has no policies, and its account's whole power.
  if (isRoot(request)) return null
  if (allowsOf(layers, 'IDENTITY_BASED_POLICY') === 'NONE') return 'IDENTITY_BASED_POLICY'
  return missingLimit(layers)
}

function missingLimit(layers: readonly Layer[]): PolicyType | null {
  const missing = layers.find(
    ({ type, allows }) =>
      allows === 'NONE' && (type === 'PERMISSIONS_BOUNDARY' || type === 'SESSION_POLICY'),
  )
  return missing?.type ?? null
}

function allowsOf(layers: readonly Layer[], wanted: PolicyType): PrincipalMatch {
  for (const { type, allows } of layers) if (type === wanted) return allows
  return 'NONE'
}

function allowUnless(missing: PolicyType | null, decidedBy: PolicyType): Verdict {
  return missing ? implicitDenial(missing) : { effect: 'ALLOW', decidedBy }
}

function implicitDenial(decidedBy: PolicyType): Verdict {
  return { effect: 'IMPLICIT_DENY', decidedBy }
}

export function isSameAccount({ principal, resourceAccount }: AccessRequest): boolean {
  return principal.account === resourceAccount
}

function isRoot({ principal }: AccessRequest): boolean {
  return principal.type === 'Account'
}

function hasAccount({ principal }: AccessRequest): boolean {
  return principal.type !== 'Service' && principal.type !== 'WebIdentity'
}

function isRetireGrant({ action }: AccessRequest): boolean {
  return action.toLowerCase() === 'kms:retiregrant'
}

/** KMS developer guide, "Allowing users in other accounts to use a KMS key". */
const crossAccountActions: ReadonlySet<string> = new Set(
  [
    'CreateGrant',
    'Decapsulate',
    'Decrypt',
    'DeriveSharedSecret',
    'DescribeKey',
    'Encapsulate',
    'Encrypt',
    'GenerateDataKey',
    'GenerateDataKeyPair',
    'GenerateDataKeyPairWithoutPlaintext',
    'GenerateDataKeyWithoutPlaintext',
    'GenerateMac',
    'GetKeyRotationStatus',
    'GetPublicKey',
    'ListGrants',
    'ReEncryptFrom',
    'ReEncryptTo',
    'RetireGrant',
    'RevokeGrant',
    'Sign',
    'Verify',
    'VerifyMac',
  ].map((name) => `kms:${name.toLowerCase()}`),
)

/** KMS has a list; other services' resource-based policies work across accounts for all actions. */
export function worksAcrossAccounts({ action }: AccessRequest): boolean {
  const lower = action.toLowerCase()
  return !lower.startsWith('kms:') || crossAccountActions.has(lower)
}
