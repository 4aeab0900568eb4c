/**
 * What the claims of a web identity token become: condition keys of the trust policy, and what its
 * provider says of the session. Refuses claims about the session that are not of AWS's form.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
 */
import type { ContextValue } from '../iam/request.ts'
import type { Caller } from '../kms/callers.ts'
import type { Conditions } from '../kms/conditions.ts'
import { StsError } from './errors.ts'
import type { Claims } from './json-web-token.ts'
import type { Role } from './roles.ts'
import type { AskedTags } from './session-tags.ts'
import type { WebIdentity } from './web-identity.ts'

/** Providers that AWS knows without being told, by whose names policies call them. */
const builtIn: readonly string[] = [
  'accounts.google.com',
  'cognito-identity.amazonaws.com',
  'graph.facebook.com',
  'www.amazon.com',
]

/** Who a trust policy sees: the provider, as it stands in the role's account. */
export function bearerOf(identity: WebIdentity, role: Role): Caller {
  const { issuer, audience, subject } = identity
  const partition = role.arn.split(':')[1] ?? ''
  const arn = builtIn.includes(issuer)
    ? issuer
    : `arn:${partition}:iam::${role.account}:oidc-provider/${issuer}`
  return {
    principal: { type: 'WebIdentity', arn, account: '' },
    userId: `${issuer}:${audience}:${subject}`,
    tags: {},
    policies: [],
    federatedProvider: arn,
    claims: sessionClaims(identity),
  }
}

/** `<issuer>:aud`, `:sub` and `:amr`: what the session has, too. */
export function sessionClaims(identity: WebIdentity): Readonly<Record<string, ContextValue>> {
  const { issuer, claims, audience, subject } = identity
  return {
    [`${issuer}:aud`]: audience,
    [`${issuer}:sub`]: subject,
    ...(isTexts(claims.amr) && { [`${issuer}:amr`]: claims.amr }),
  }
}

/** What the trust policy alone sees. */
export function claimConditions({ issuer, claims }: WebIdentity): Conditions {
  const { aud, email } = claims
  return {
    [`${issuer}:oaud`]: typeof aud === 'string' || isTexts(aud) ? aud : undefined,
    [`${issuer}:email`]: typeof email === 'string' ? email : undefined,
    'sts:RoleAuthorizedByIdp': String(claims[rolesClaim] !== undefined),
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

const rolesClaim = 'https://aws.amazon.com/roles'
const tagsClaim = 'https://aws.amazon.com/tags'
const flatTagPrefix = `${tagsClaim}/principal_tags/`
const flatKeysClaim = `${tagsClaim}/transitive_tag_keys`
const sourceIdentityClaim = 'https://aws.amazon.com/source_identity'

/** A provider may say which roles a token is for. Throws InvalidIdentityToken. */
export function checkRoles({ claims }: WebIdentity, role: Role): void {
  const roles = claims[rolesClaim]
  if (roles === undefined) return
  const allowed = typeof roles === 'string' ? [roles] : roles
  if (isTexts(allowed) && allowed.includes(role.arn)) return
  throw new StsError('InvalidIdentityToken', 'The token is not for the requested role.')
}

/** Throws InvalidIdentityToken. */
export function claimedSourceIdentity({ claims }: WebIdentity): string | undefined {
  const value = claims[sourceIdentityClaim]
  if (value === undefined) return undefined
  if (typeof value === 'string' && /^[\w+=,.@-]{2,64}$/.test(value)) return value
  throw wrong(sourceIdentityClaim)
}

/** AWS's own: tags of a session, and the characters of their names and values. */
const maxTags = 50
const keyForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u
const valueForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u

/**
 * The tags of both forms of claims: nested in one, and each in one of its own. Throws
 * InvalidIdentityToken.
 */
export function claimedTags({ claims }: WebIdentity): AskedTags {
  const nested = claims[tagsClaim] === undefined ? {} : objectOf(claims[tagsClaim])
  const entries = [...Object.entries(objectOf(nested.principal_tags ?? {})), ...flatTags(claims)]
  const keys = [nested.transitive_tag_keys ?? [], claims[flatKeysClaim] ?? []]
  if (entries.length > maxTags || !keys.every(isTexts)) throw wrong(tagsClaim)
  return {
    tags: entries.map(([key, value]) => claimedTag(key, value)),
    transitiveKeys: [...new Set(keys.flat())],
  }
}

function flatTags(claims: Claims): (readonly [key: string, value: unknown])[] {
  return Object.entries(claims)
    .filter(([name]) => name.startsWith(flatTagPrefix))
    .map(([name, value]) => [name.slice(flatTagPrefix.length), value])
}

/** AWS's text has a value as a text, and its example in a list of one. */
function claimedTag(Key: string, value: unknown): AskedTags['tags'][number] {
  const [Value, ...more] = typeof value === 'string' ? [value] : isTexts(value) ? value : []
  const isRight =
    Value !== undefined && more.length === 0 && keyForm.test(Key) && valueForm.test(Value)
  if (!isRight) throw wrong(tagsClaim)
  return { Key, Value }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw wrong(tagsClaim)
}

function wrong(claim: string): StsError {
  return new StsError(
    'InvalidIdentityToken',
    `The claim ${claim} is not of the form that AWS reads.`,
  )
}
