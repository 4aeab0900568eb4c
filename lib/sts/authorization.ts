/**
 * May this caller assume this role? Asks the role's trust policy together with the caller's own
 * policies, as KMS asks a key policy, and words a denial as STS does. Every decision is kept.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { denialText, type Verdict } from '../iam/authorize.ts'
import { isSameAccount } from '../iam/decision.ts'
import type { AccessRequest } from '../iam/request.ts'
import type { Caller } from '../kms/callers.ts'
import type { Conditions } from '../kms/conditions.ts'
import type { StsCall } from './action.ts'
import { StsError } from './errors.ts'
import { trustPolicyOf, type KnownRole, type Role } from './roles.ts'

export interface Assumption {
  readonly caller: Caller
  readonly role: Role
  /** Every one of them has to be allowed. */
  readonly actions: readonly `sts:${string}`[]
  readonly conditions: Conditions
}

/** The role, which the caller may assume. Throws AccessDenied. */
export async function requireAssumption(call: StsCall, asked: Assumption): Promise<KnownRole> {
  const { caller, role, actions } = asked
  const { known } = role
  if (!known) refuseUnknown(call, asked)
  const { requestId, connection, region, nowMs } = call
  const asker = { requestId, caller, connection, region, nowMs }
  for (const action of actions) {
    const decision = await call.access.judge(
      { ...asker, attestation: null, takesRecipient: false },
      {
        action,
        key: null,
        resource: role.arn,
        resourceAccount: role.account,
        keyPolicy: trustPolicyOf(known),
        conditions: { ...tagsOf(known), ...asked.conditions },
        denial: assumptionDenial,
      },
    )
    if (decision.verdict.effect !== 'ALLOW') throw new StsError('AccessDenied', decision.message)
  }
  return known
}

/** Whether a role exists is its account's secret: the text is that of any refusal. */
function refuseUnknown(call: StsCall, { caller, role, actions }: Assumption): never {
  const [action = 'sts:AssumeRole'] = actions
  const message =
    caller.principal.type === 'WebIdentity'
      ? bearerDenial(action)
      : plainDenial(caller, action, role)
  refuse(call, { caller, role, action, message, hint: `the config has no role ${role.arn}` })
}

/** Conditions on the tags of a role have two names. */
function tagsOf({ caller }: KnownRole): Conditions {
  const tags = Object.entries(caller.tags)
  return Object.fromEntries(
    tags.flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`iam:ResourceTag/${key}`, value],
    ]),
  )
}

/** STS's text of a denial. */
export function assumptionDenial(request: AccessRequest, verdict: Verdict): string {
  const { principal, action, resource } = request
  if (principal.type === 'WebIdentity') return bearerDenial(action)
  const who = `User: ${principal.arn} is not authorized to perform: ${action}`
  const isByTrust = verdict.decidedBy === 'RESOURCE_BASED_POLICY'
  const isExplicit = verdict.effect === 'EXPLICIT_DENY'
  if (isByTrust && isExplicit && isSameAccount(request)) {
    return `${who} with an explicit deny in the role trust policy`
  }
  if (isByTrust || (verdict.decidedBy === 'IDENTITY_BASED_POLICY' && !isExplicit)) {
    return `${who} on resource: ${resource}`
  }
  return denialText(request, verdict)
}

function bearerDenial(action: string): string {
  return `Not authorized to perform ${action}`
}

/** What STS says of most refusals, whatever their reason. */
export function plainDenial({ principal }: Caller, action: string, { arn }: Role): string {
  return `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${arn}`
}

export interface Refused {
  readonly caller: Caller
  readonly role: Role
  readonly action: `sts:${string}`
  readonly message: string
  readonly hint: string
}

/** Refuses what no policy can allow, and leaves a decision that says why. */
export function refuse(call: StsCall, { caller, role, action, message, hint }: Refused): never {
  call.access.decisions.recordRefusal({
    requestId: call.requestId,
    timeMs: call.nowMs,
    action,
    resource: role.arn,
    principal: caller.principal.arn,
    message,
    attestation: null,
    hints: [hint],
  })
  throw new StsError('AccessDenied', message)
}
