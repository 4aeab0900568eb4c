/**
 * AssumeRoleWithWebIdentity: a session of a role for the bearer of a provider's token. The call is
 * not signed; the token is, and the role's trust policy says whose it takes.
 */
import { unsignedAction } from '../action.ts'
import { requireAssumption } from '../authorization.ts'
import { StsError } from '../errors.ts'
import { roleRows } from '../parameter-rows.ts'
import { required, text } from '../parameters.ts'
import { packedPolicySize, sessionPolicies } from '../session-policies.ts'
import { sessionTags } from '../session-tags.ts'
import { assumedRoleUser, issue, roleCaller, roleSeconds } from '../session.ts'
import { believeToken } from '../web-identity.ts'
import {
  bearerOf,
  checkRoles,
  claimConditions,
  claimedSourceIdentity,
  claimedTags,
} from '../web-identity-claims.ts'

export const AssumeRoleWithWebIdentity = unsignedAction('AssumeRoleWithWebIdentity', {
  parameters: {
    ...roleRows,
    WebIdentityToken: required(text({ min: 4, max: 20_000, sensitive: true })),
    ProviderId: text({ min: 4, max: 2048 }),
  },

  async run(input, call) {
    const role = call.roles.named(input.RoleArn)
    if (input.ProviderId !== undefined) {
      throw new StsError(
        'ValidationError',
        'ProviderId is for OAuth 2.0 access tokens, and only OpenID Connect tokens are taken here.',
      )
    }
    const identity = await believeToken(input.WebIdentityToken, call.providers, call.nowMs)
    checkRoles(identity, role)
    const bearer = bearerOf(identity, role)
    const sourceIdentity = claimedSourceIdentity(identity)
    const asked = claimedTags(identity)
    const tags = sessionTags(asked, {}, role.known?.caller.tags ?? {})
    const policies = sessionPolicies(input)
    const packed = packedPolicySize(input.Policy, tags.packed)
    const known = await requireAssumption(call, {
      caller: bearer,
      role,
      actions: [
        'sts:AssumeRoleWithWebIdentity',
        ...(asked.tags.length > 0 ? (['sts:TagSession'] as const) : []),
        ...(sourceIdentity === undefined ? [] : (['sts:SetSourceIdentity'] as const)),
      ],
      conditions: {
        ...claimConditions(identity),
        'sts:RoleSessionName': input.RoleSessionName,
        'sts:SourceIdentity': sourceIdentity,
        'sts:TransitiveTagKeys': asked.transitiveKeys.length > 0 ? asked.transitiveKeys : undefined,
        requestTags: tags.asked,
      },
    })
    const seconds = roleSeconds(known, input.DurationSeconds)
    const name = input.RoleSessionName
    const caller = roleCaller(known, { name, policies, tags, sourceIdentity, bearer })
    return {
      SubjectFromWebIdentityToken: identity.subject,
      Audience: identity.audience,
      AssumedRoleUser: assumedRoleUser(caller),
      Credentials: issue(call, { caller, seconds, mfaAtMs: undefined }),
      SourceIdentity: sourceIdentity,
      PackedPolicySize: packed,
      Provider: String(identity.claims.iss),
    }
  },
})
