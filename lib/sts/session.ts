/**
 * A session: who calls with it, how long it lasts, and its temporary credentials, which are verified
 * like any others from then on.
 */
import type { AttachedPolicy } from '../iam/authorize.ts'
import { identityOf, type Caller } from '../kms/callers.ts'
import { wholeSeconds } from '../kms/clock.ts'
import { idBytes, issuedId } from '../kms/issued-credentials.ts'
import type { StsCall } from './action.ts'
import { StsError } from './errors.ts'
import type { KnownRole } from './roles.ts'
import type { SessionTags } from './session-tags.ts'
import type { Result } from './xml.ts'

/** What a role lasts when nobody says otherwise, and the most where roles are chained; AWS's own. */
const hourSeconds = 3600
/** AWS's own: the longest that any role can be set to. */
const longestSeconds = 43_200

/** Whether a caller has a session already: a role is then chained to it. */
export function isSession({ principal, issued }: Caller): boolean {
  return issued !== undefined || principal.type === 'AssumedRole'
}

/** Throws ValidationError for a session that is to last longer than a chain may. */
export function checkChain(caller: Caller, seconds: number | undefined): void {
  if (seconds === undefined || seconds <= hourSeconds || !isSession(caller)) return
  throw new StsError(
    'ValidationError',
    'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
  )
}

/** How long a role is assumed for. Throws ValidationError for longer than the role allows. */
export function roleSeconds(role: KnownRole, asked: number | undefined): number {
  const most = role.maxSessionSeconds ?? longestSeconds
  if (asked === undefined) return Math.min(hourSeconds, most)
  if (asked <= most) return asked
  throw new StsError(
    'ValidationError',
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  )
}

/** What a role's session adds to the role. */
export interface RoleSession {
  readonly name: string
  readonly policies: readonly AttachedPolicy[] | undefined
  readonly tags: SessionTags
  readonly sourceIdentity: string | undefined
  /** Who bore the web identity token that it was begun with. */
  readonly bearer?: Caller
}

/** Who calls with the session. */
export function roleCaller(role: KnownRole, session: RoleSession): Caller {
  const identity = identityOf(role.arn, session.name)
  if (!identity) throw new Error(`${role.arn} is no role`)
  const { policies, sourceIdentity, bearer } = session
  const { boundary } = role.caller
  return {
    ...identity,
    tags: session.tags.tags,
    transitiveTags: session.tags.transitive,
    policies: role.caller.policies,
    ...(boundary && { boundary }),
    ...(policies && { session: policies }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(bearer?.federatedProvider !== undefined && { federatedProvider: bearer.federatedProvider }),
    ...(bearer?.claims && { claims: bearer.claims }),
  }
}

export interface Issue {
  readonly caller: Caller
  readonly seconds: number
  /** When the caller proved to have a device; undefined where it did not. */
  readonly mfaAtMs: number | undefined
}

/** Issues temporary credentials: the `Credentials` of an answer. */
export function issue(call: StsCall, { caller, seconds, mfaAtMs }: Issue): Result {
  const { nowMs, random } = call
  const expiresAtMs = wholeSeconds(nowMs) + seconds * 1000
  const keys = {
    accessKeyId: issuedId(random(idBytes)),
    secretAccessKey: random(30).toString('base64'),
    sessionToken: random(192).toString('base64'),
  }
  const issued = { atMs: nowMs, ...(mfaAtMs !== undefined && { mfaAtMs }) }
  call.callers.issue({ ...keys, expiresAtMs, caller: { ...caller, issued } }, nowMs)
  return {
    AccessKeyId: keys.accessKeyId,
    SecretAccessKey: keys.secretAccessKey,
    SessionToken: keys.sessionToken,
    Expiration: new Date(expiresAtMs),
  }
}

/** The `AssumedRoleUser` of an answer. */
export function assumedRoleUser({ principal, userId }: Caller): Result {
  return { Arn: principal.arn, AssumedRoleId: userId }
}
