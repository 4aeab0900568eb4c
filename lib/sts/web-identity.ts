/**
 * Who bears a web identity token: finds the provider that issued it, and believes its claims once
 * they are signed, current and meant for us. Refuses every other token, with AWS's codes.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
import type { JWK } from 'jose'
import { StsError } from './errors.ts'
import { isSignedBy, readToken, type Claims, type Token } from './json-web-token.ts'

export interface WebIdentityProvider {
  /** A URL; an HTTPS one where it has no scheme. */
  readonly issuer: string
  /** Public keys that sign: see readKeySet. */
  readonly keys: readonly JWK[]
  /** Whom its tokens are for. */
  readonly audience: string
}

export interface WebIdentity {
  /** The issuer without its scheme: the prefix of its condition keys. */
  readonly issuer: string
  readonly audience: string
  readonly subject: string
  readonly claims: Claims
}

/** Throws InvalidIdentityToken or ExpiredTokenException. */
export async function believeToken(
  text: string,
  providers: readonly WebIdentityProvider[],
  nowMs: number,
): Promise<WebIdentity> {
  const token = await readToken(text)
  const issuer = token?.claims.iss
  if (!token || typeof issuer !== 'string') {
    throw invalid(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    )
  }
  const own = providers.filter((provider) => urlOf(provider.issuer) === issuerOf(issuer))
  if (own.length === 0) {
    throw invalid(`No OpenIDConnect provider found in your account for ${issuer}`)
  }
  const audiences = audiencesOf(token.claims)
  const provider = own.find(({ audience }) => audiences.includes(audience)) ?? own[0]
  await checkSignature(token, provider?.keys ?? [])
  checkRequired(token.claims)
  checkCurrent(token.claims, nowMs)
  if (!provider || !audiences.includes(provider.audience)) {
    throw invalid('Incorrect token audience')
  }
  return {
    issuer: hostOf(issuer),
    audience: provider.audience,
    subject: String(token.claims.sub),
    claims: token.claims,
  }
}

/** OpenID Connect Core 1.0, section 15.6.2: Google's tokens may have no scheme; all others do. */
function issuerOf(claim: string): string {
  return claim === 'accounts.google.com' ? urlOf(claim) : claim
}

function urlOf(issuer: string): string {
  return /^https?:\/\//.test(issuer) ? issuer : `https://${issuer}`
}

/** `https://token.actions.githubusercontent.com` is a provider without its scheme. */
function hostOf(issuer: string): string {
  return issuer.replace(/^https?:\/\//, '')
}

/** Of a token that says who it was issued to, that; else whom it is for. */
function audiencesOf({ azp, aud }: Claims): readonly unknown[] {
  if (azp !== undefined) return [azp]
  return Array.isArray(aud) ? aud : [aud]
}

async function checkSignature(token: Token, keys: readonly JWK[]): Promise<void> {
  if (await isSignedBy(token, keys)) return
  throw invalid(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  )
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
const isAudience = (value: unknown): boolean =>
  isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText))

const requiredClaims: readonly (readonly [name: string, isRight: (value: unknown) => boolean])[] = [
  ['aud', isAudience],
  ['sub', isText],
  ['exp', isTime],
  ['iat', isTime],
]

function checkRequired(claims: Claims): void {
  for (const [name, isRight] of requiredClaims) {
    if (!isRight(claims[name])) throw invalid(`Missing a required claim: ${name}`)
  }
}

/** RFC 7519, sections 4.1.4 to 4.1.6; times are in seconds, and a part of one counts. */
function checkCurrent({ exp, nbf, iat }: Claims, nowMs: number): void {
  const now = Math.floor(nowMs / 1000)
  if (nowMs / 1000 >= Number(exp) + maxSkewSeconds) {
    throw new StsError(
      'ExpiredTokenException',
      `Token expired: current date/time ${String(now)} must be before the expiration date/time ${String(exp)}`,
    )
  }
  const begins = Math.max(Number(iat), nbf === undefined ? -Infinity : Number(nbf))
  // NaN, of a claim that is no number, is not before anything either.
  if (!(begins <= nowMs / 1000 + maxSkewSeconds)) {
    throw invalid(
      `Token is not valid yet: current date/time ${String(now)} must be after ${String(begins)}`,
    )
  }
}

/**
 * How far the provider's clock may be off: behind as AWS has it, ahead ours.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
 */
const maxSkewSeconds = 300

function invalid(text: string): StsError {
  return new StsError('InvalidIdentityToken', text)
}
