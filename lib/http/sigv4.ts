/**
 * Who sent a request: verifies its Signature Version 4. A key that is known here is always verified;
 * of any other key nothing is, and `strict` refuses it. Refuses what AWS refuses, with AWS's codes
 * and texts, in AWS's order of checks.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
import { hash } from 'node:crypto'
import type { Caller, Callers, Credential } from '../kms/callers.ts'
import { Fault } from '../kms/faults.ts'
import { presentedInHeader, presentedInQuery, type Presented } from './authorization.ts'
import {
  canonicalRequest,
  readHeaders,
  readQuery,
  type CanonicalParts,
  type QueryParameter,
} from './canonical.ts'
import { formatTime, readTime, type SigningTime } from './signing-time.ts'
import {
  sameSignature,
  scopeEnding,
  SigningKeys,
  type Scope,
  type SigningKey,
} from './signing-key.ts'

/** A request as node:http has it, with its whole body. */
export interface SignedRequest {
  readonly method: string
  /** The request line's path and query, as sent. */
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

/** The moment at which a signature is judged. */
interface Moment {
  readonly nowMs: number
  /** How far the time of signing may be from now, either way; five minutes unless said. */
  readonly skewMs?: number
}

export interface AuthenticateOptions extends Moment {
  readonly callers: Callers
  readonly auth: 'open' | 'strict'
  /** The account that an unknown access key calls as the root of, under `open`. */
  readonly defaultAccount: string
  /** The Region of a call whose scope names none that is well formed, under `open`. */
  readonly defaultRegion: string
  /** STS takes a presigned query too. */
  readonly service: 'kms' | 'sts'
}

export interface Authenticated {
  readonly caller: Caller
  readonly region: string
  readonly accessKeyId: string
  /** Whether the signature was verified. */
  readonly signed: boolean
}

const signingKeys = new SigningKeys()

/**
 * Throws MissingAuthenticationTokenException, IncompleteSignatureException,
 * InvalidSignatureException, UnrecognizedClientException or ExpiredTokenException.
 */
export function authenticate(request: SignedRequest, options: AuthenticateOptions): Authenticated {
  const signed = readSigned(request, options.service)
  const accessKeyId = beforeSlash(signed.presented.credential)
  const credential = options.callers.find(accessKeyId)
  if (!credential) return acceptUnverified(signed.presented, accessKeyId, options)
  const { region } = verify(request, signed, credential, options)
  return { caller: credential.caller, region, accessKeyId, signed: true }
}

export interface VerifyOptions extends Moment {
  /** `kms-xks-proxy` */
  readonly service: string
  /** By access key id. */
  readonly secrets: ReadonlyMap<string, string>
}

/** Verifies a request to another service than AWS's. Throws as `authenticate` does under `strict`. */
export function verifySignature(request: SignedRequest, options: VerifyOptions): void {
  const signed = readSigned(request, options.service)
  const secretAccessKey = options.secrets.get(beforeSlash(signed.presented.credential))
  if (secretAccessKey === undefined) throw new Fault('UnrecognizedClientException')
  verify(request, signed, { secretAccessKey }, options)
}

/** A request's parts, before anything of them is verified. */
interface Signed {
  readonly headers: ReadonlyMap<string, string>
  readonly target: Target
  readonly presented: Presented
}

function readSigned(request: SignedRequest, service: string): Signed {
  const headers = readHeaders(request.rawHeaders)
  checkNotChunked(headers)
  const target = readTarget(request.url)
  return { headers, target, presented: present(headers, target.query, service) }
}

type Secret = Pick<Credential, 'secretAccessKey' | 'sessionToken' | 'expiresAtMs'>

/** The scope of a request that was signed with the secret. */
function verify(
  request: SignedRequest,
  { headers, target, presented }: Signed,
  secret: Secret,
  options: Moment & { readonly service: string },
): Scope {
  checkHostSigned(presented.signedHeaders)
  checkTargetSigned(headers, presented.signedHeaders)
  const time = readTime(presented)
  checkCurrent(time, options)
  const key = signingKeyFor(presented, secret, time, options.service)
  checkSessionToken(presented.sessionToken, secret)
  checkExpiry(secret, options.nowMs)
  const bodyHash = hash('sha256', request.body, 'hex')
  checkContentHash(headers, bodyHash)
  checkSignature(presented, key, time, {
    method: request.method,
    path: target.path,
    query: presented.inQuery ? withoutSignature(target.query) : target.query,
    headers,
    signedHeaders: presented.signedHeaders,
    bodyHash,
  })
  return key.scope
}

/** A body signed chunk by chunk is not read here, whoever sends it. */
function checkNotChunked(headers: ReadonlyMap<string, string>): void {
  const stated = headers.get('x-amz-content-sha256') ?? ''
  const encoding = headers.get('content-encoding') ?? ''
  const chunked = stated.startsWith('STREAMING-') || encoding.includes('aws-chunked')
  if (chunked) throw mismatch()
}

interface Target {
  readonly path: string
  readonly query: readonly QueryParameter[]
}

function readTarget(url: string): Target {
  const mark = url.indexOf('?')
  if (mark < 0) return { path: url, query: [] }
  const query = readQuery(url.slice(mark + 1))
  if (!query) throw mismatch()
  return { path: url.slice(0, mark), query }
}

function present(
  headers: ReadonlyMap<string, string>,
  query: readonly QueryParameter[],
  service: string,
): Presented {
  const authorization = headers.get('authorization')
  if (authorization !== undefined) return presentedInHeader(authorization, headers)
  const presented = service === 'sts' ? presentedInQuery(query) : undefined
  if (!presented) throw new Fault('MissingAuthenticationTokenException')
  return presented
}

function beforeSlash(text: string): string {
  const slash = text.indexOf('/')
  return slash < 0 ? text : text.slice(0, slash)
}

/**
 * Under `open` (docs/config.md) twelve digits are that account, anything else the default's; but what
 * was issued to a session must not become a root user once the session is forgotten.
 */
function acceptUnverified(
  { credential }: Presented,
  accessKeyId: string,
  { auth, callers, defaultAccount, defaultRegion }: AuthenticateOptions,
): Authenticated {
  if (auth === 'strict' || callers.isForgotten(accessKeyId)) {
    throw new Fault('UnrecognizedClientException')
  }
  const named = credential.split('/', 3)[2] ?? ''
  const region = regionForm.test(named) ? named : defaultRegion
  const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : defaultAccount
  return { caller: callers.rootOf(account, region), region, accessKeyId, signed: false }
}

function checkHostSigned(signedHeaders: string): void {
  if (`;${signedHeaders};`.includes(';host;')) return
  throw new Fault(
    'InvalidSignatureException',
    "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
  )
}

/**
 * What is asked for has to be signed as well, or one signature would be good for every operation.
 * IAM user guide: x-amz-* headers must be signed; what KMS answers without is not known.
 */
function checkTargetSigned(headers: ReadonlyMap<string, string>, signedHeaders: string): void {
  if (!headers.has('x-amz-target') || `;${signedHeaders};`.includes(';x-amz-target;')) return
  throw new Fault('InvalidSignatureException', "'X-Amz-Target' must be a 'SignedHeader'.")
}

/** The window of AWS's JSON services. */
const defaultSkewMs = 5 * 60_000

function checkCurrent(time: SigningTime, { nowMs, skewMs = defaultSkewMs }: Moment): void {
  if (Math.abs(time.ms - nowMs) <= skewMs) return

  const minutes = `${String(Math.round(skewMs / 60_000))} min.`
  const now = formatTime(nowMs)
  if (time.ms < nowMs) {
    throw new Fault(
      'InvalidSignatureException',
      `Signature expired: ${time.text} is now earlier than ${formatTime(nowMs - skewMs)} (${now} - ${minutes})`,
    )
  }
  throw new Fault(
    'InvalidSignatureException',
    `Signature not yet current: ${time.text} is still later than ${formatTime(nowMs + skewMs)} (${now} + ${minutes})`,
  )
}

/** Lower-case words joined with hyphens; a Region becomes part of ARNs. */
const regionForm = /^[a-z][a-z0-9-]{0,31}$/

/** The signing key of the scope that the request names. */
function signingKeyFor(
  { credential }: Presented,
  { secretAccessKey }: Secret,
  time: SigningTime,
  service: string,
): SigningKey {
  const today = time.text.slice(0, 8)
  const kept = signingKeys.find(credential, secretAccessKey)
  // What was kept passed the checks below; the day and the service are those of another call.
  if (kept?.scope.day === today && kept.scope.service === service) return kept
  const [, day, region, named, ending, ...more] = credential.split('/')
  if (day === undefined || region === undefined || ending === undefined || more.length > 0) {
    throw new Fault(
      'IncompleteSignatureException',
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    )
  }
  const wrong: string[] = []
  if (!regionForm.test(region)) wrong.push('Credential should be scoped to a valid region. ')
  if (named !== service) {
    wrong.push(`Credential should be scoped to correct service: '${service}'. `)
  }
  if (ending !== scopeEnding) {
    wrong.push(`Credential should be scoped with a valid terminator: '${scopeEnding}'. `)
  }
  if (day !== today) {
    wrong.push(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP. ',
    )
  }
  if (wrong.length > 0) throw new Fault('InvalidSignatureException', wrong.join(''))
  return signingKeys.derive(credential, secretAccessKey, { day, region, service })
}

/** A key issued with a token needs that very token, and a key issued without one has none. */
function checkSessionToken(presented: string | undefined, { sessionToken }: Secret): void {
  if (presented === sessionToken) return
  throw new Fault('UnrecognizedClientException')
}

function checkExpiry({ expiresAtMs }: Secret, nowMs: number): void {
  if (expiresAtMs !== undefined && nowMs >= expiresAtMs) throw new Fault('ExpiredTokenException')
}

/** The header may be absent; where it is not, it says the hash of this body and nothing else. */
function checkContentHash(headers: ReadonlyMap<string, string>, bodyHash: string): void {
  const stated = headers.get('x-amz-content-sha256')
  if (stated !== undefined && stated !== bodyHash) throw mismatch()
}

function withoutSignature(query: readonly QueryParameter[]): readonly QueryParameter[] {
  return query.filter(([name]) => name !== 'X-Amz-Signature')
}

function checkSignature(
  { signature }: Presented,
  key: SigningKey,
  time: SigningTime,
  parts: CanonicalParts,
): void {
  const canonical = canonicalRequest(parts)
  if (canonical === undefined || !sameSignature(signature, key.sign(time.text, canonical))) {
    throw mismatch()
  }
}

function mismatch(): Fault {
  return new Fault(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
}
