/**
 * AssumeRole: a session of a role, for whom the role trusts. Its policies limit it, its tags and its
 * source identity describe it, and what is transitive of these goes on to the next role. Refuses root
 * users and federated users, whatever a policy says.
 */
import type { Caller } from '../../kms/callers.ts'
import type { Conditions } from '../../kms/conditions.ts'
import { signedAction, type StsCall } from '../action.ts'
import { plainDenial, refuse, requireAssumption } from '../authorization.ts'
import { maxTags, mfaRows, roleRows, sourceIdentity, tagKey, tagValue } from '../parameter-rows.ts'
import { listOf, required, structures, text } from '../parameters.ts'
import type { Role } from '../roles.ts'
import { packedPolicySize, sessionPolicies } from '../session-policies.ts'
import { sessionTags, type SessionTags } from '../session-tags.ts'
import { assumedRoleUser, checkChain, issue, roleCaller, roleSeconds } from '../session.ts'

export const AssumeRole = signedAction('AssumeRole', {
  parameters: {
    ...roleRows,
    Tags: structures({ Key: required(tagKey), Value: required(tagValue) }, maxTags),
    TransitiveTagKeys: listOf(tagKey, maxTags),
    ExternalId: text({ min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' }),
    SourceIdentity: sourceIdentity,
    ...mfaRows,
  },

  async run(input, call, caller) {
    const role = call.roles.named(input.RoleArn)
    checkMayAssume(call, caller, role)
    const asked = { tags: input.Tags, transitiveKeys: input.TransitiveTagKeys }
    const ofRole = role.known?.caller.tags ?? {}
    const tags = sessionTags(asked, caller.transitiveTags ?? {}, ofRole)
    const policies = sessionPolicies(input)
    const packed = packedPolicySize(input.Policy, tags.packed)
    checkChain(caller, input.DurationSeconds)
    const identity = sourceIdentityOf(input.SourceIdentity, { call, caller, role })
    const isProved = call.mfa.isProved(caller.principal.arn, input, call.nowMs)
    const known = await requireAssumption(call, {
      caller,
      role,
      actions: actionsFor(tags, identity),
      conditions: {
        'sts:ExternalId': input.ExternalId,
        'sts:RoleSessionName': input.RoleSessionName,
        'sts:SourceIdentity': identity,
        'sts:TransitiveTagKeys': noneIfEmpty(input.TransitiveTagKeys),
        ...(isProved && provedNow),
        requestTags: tags.asked,
      },
    })
    const seconds = roleSeconds(known, input.DurationSeconds)
    const name = input.RoleSessionName
    const session = roleCaller(known, { name, policies, tags, sourceIdentity: identity })
    const mfaAtMs = isProved ? call.nowMs : mfaOf(caller)
    return {
      SourceIdentity: identity,
      AssumedRoleUser: assumedRoleUser(session),
      Credentials: issue(call, { caller: session, seconds, mfaAtMs }),
      PackedPolicySize: packed,
    }
  },
})

/** What a policy sees of a code that came with the call. */
const provedNow: Conditions = {
  'aws:MultiFactorAuthPresent': 'true',
  'aws:MultiFactorAuthAge': '0',
}

/** A user's proof goes on to the role that it assumes; a role's does not. */
function mfaOf({ principal, issued }: Caller): number | undefined {
  return principal.type === 'User' ? issued?.mfaAtMs : undefined
}

function actionsFor(tags: SessionTags, identity: string | undefined): `sts:${string}`[] {
  const isTagged = Object.keys({ ...tags.asked, ...tags.transitive }).length > 0
  return [
    'sts:AssumeRole',
    ...(isTagged ? (['sts:TagSession'] as const) : []),
    ...(identity === undefined ? [] : (['sts:SetSourceIdentity'] as const)),
  ]
}

function checkMayAssume(call: StsCall, caller: Caller, role: Role): void {
  const { type } = caller.principal
  const refused = { caller, role, action: 'sts:AssumeRole' } as const
  if (type === 'Account') {
    const message = 'Roles may not be assumed by root accounts.'
    refuse(call, { ...refused, message, hint: 'call as a user or a role of the config' })
  }
  if (type === 'FederatedUser') {
    const message = plainDenial(caller, refused.action, role)
    const hint = 'a federated user may call no operation of STS but GetCallerIdentity'
    refuse(call, { ...refused, message, hint })
  }
}

interface Chained {
  readonly call: StsCall
  readonly caller: Caller
  readonly role: Role
}

/** The session's source identity: once set it is the same in every role of a chain. */
function sourceIdentityOf(
  asked: string | undefined,
  { call, caller, role }: Chained,
): string | undefined {
  const kept = caller.sourceIdentity
  if (kept !== undefined && asked !== undefined && asked !== kept) {
    const action = 'sts:SetSourceIdentity'
    const message = plainDenial(caller, action, role)
    const hint = 'the source identity of a session cannot be changed in the roles assumed from it'
    refuse(call, { caller, role, action, message, hint })
  }
  return kept ?? asked
}

function noneIfEmpty(list: readonly string[]): readonly string[] | undefined {
  return list.length > 0 ? list : undefined
}
