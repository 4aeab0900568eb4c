/**
 * Reads where a request says who signed it: the Authorization header, or the query parameters of a
 * presigned request. Refuses what is not Signature Version 4 and names every missing piece, as AWS
 * does; AWS shows the header only as a digest, and so do we.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
 */
import { hash } from 'node:crypto'
import { Fault } from '../kms/faults.ts'
import type { QueryParameter } from './canonical.ts'
import { algorithm } from './signing-key.ts'

/** What a request presents; nothing of it has been verified. */
export interface Presented {
  /** `keyid/day/region/service/aws4_request` */
  readonly credential: string
  /** Names joined with `;`. */
  readonly signedHeaders: string
  readonly signature: string
  /** The time of signing, as it stands in the request. */
  readonly date: string | undefined
  readonly sessionToken: string | undefined
  /** Whether it stands in the query, which then signs all of itself but the signature. */
  readonly inQuery: boolean
  /** The fault of a request without a date. */
  readonly missingDate: () => Fault
}

/** Ours: an SDK's header has under 600 characters, and node:http takes 16 KiB of headers in all. */
const maxAuthorizationChars = 8_192

const requiredParameters = ['Credential', 'Signature', 'SignedHeaders'] as const
const noDate =
  "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."

/** Reads the Authorization header. Throws IncompleteSignatureException. */
export function presentedInHeader(
  authorization: string,
  headers: ReadonlyMap<string, string>,
): Presented {
  const incomplete = (text: string) =>
    new Fault(
      'IncompleteSignatureException',
      `${text} (Hashed with SHA-256 and encoded with Base64) Authorization=${digest(authorization)}`,
    )
  if (authorization.length > maxAuthorizationChars) {
    throw incomplete(
      `Authorization header is longer than ${String(maxAuthorizationChars)} characters.`,
    )
  }
  const space = authorization.indexOf(' ')
  const parameters = readPairs(authorization.slice(space + 1), {
    malformed: () =>
      new Fault(
        'IncompleteSignatureException',
        `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${digest(authorization)}'.`,
      ),
    repeated: () => incomplete('Authorization header has a parameter more than once.'),
  })
  const date = headers.get('x-amz-date') ?? headers.get('date')
  const missing = requiredParameters
    .filter((name) => !parameters.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`)
  if (missing.length > 0) {
    if (date === undefined) missing.push(noDate)
    throw incomplete(missing.join(' '))
  }
  checkAlgorithm(authorization.slice(0, Math.max(space, 0)))
  return {
    credential: parameters.get('Credential') ?? '',
    signedHeaders: parameters.get('SignedHeaders') ?? '',
    signature: parameters.get('Signature') ?? '',
    date,
    sessionToken: headers.get('x-amz-security-token'),
    inQuery: false,
    missingDate: () => incomplete(noDate),
  }
}

/** Reads `name=value` pairs between commas; blanks around names and values do not count. */
function readPairs(
  text: string,
  faults: { malformed: () => Fault; repeated: () => Fault },
): Map<string, string> {
  const pairs = new Map<string, string>()
  for (const pair of text.split(',')) {
    const equals = pair.indexOf('=')
    if (equals < 0) throw faults.malformed()
    const name = pair.slice(0, equals).trim()
    if (pairs.has(name)) throw faults.repeated()
    pairs.set(name, pair.slice(equals + 1).trim())
  }
  return pairs
}

function digest(authorization: string): string {
  return hash('sha256', Buffer.from(authorization, 'latin1'), 'base64')
}

const requiredInQuery = ['X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders'] as const

/**
 * Reads the query of a presigned request; undefined when the query is not signed.
 * Throws IncompleteSignatureException.
 */
export function presentedInQuery(query: readonly QueryParameter[]): Presented | undefined {
  const parameters = new Map<string, string>()
  for (const [name, value] of query) {
    if (!name.startsWith('X-Amz-')) continue
    if (parameters.has(name)) {
      throw incompleteQuery([`AWS query-string parameters must include '${name}' only once.`])
    }
    parameters.set(name, percentDecode(value))
  }
  const named = parameters.get('X-Amz-Algorithm')
  if (named === undefined) return undefined
  checkAlgorithm(named)
  const lacks = (name: string) => `AWS query-string parameters must include '${name}'.`
  const missing = requiredInQuery.filter((name) => !parameters.get(name))
  if (missing.length > 0) throw incompleteQuery(missing.map(lacks))
  return {
    credential: parameters.get('X-Amz-Credential') ?? '',
    signedHeaders: parameters.get('X-Amz-SignedHeaders') ?? '',
    signature: parameters.get('X-Amz-Signature') ?? '',
    date: parameters.get('X-Amz-Date'),
    sessionToken: parameters.get('X-Amz-Security-Token'),
    inQuery: true,
    missingDate: () => incompleteQuery([lacks('X-Amz-Date')]),
  }
}

/** Undoes the canonical encoding: one byte per character, like a header's value. */
function percentDecode(text: string): string {
  return text.replace(/%(..)/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
}

function incompleteQuery(texts: readonly string[]): Fault {
  return new Fault(
    'IncompleteSignatureException',
    `${texts.join(' ')} Re-examine the query-string parameters.`,
  )
}

/** Signature Version 4A (`AWS4-ECDSA-P256-SHA256`) is of no use to KMS and is refused like any other. */
function checkAlgorithm(name: string): void {
  if (name === algorithm) return
  throw new Fault('IncompleteSignatureException', `Unsupported AWS 'algorithm': '${name}'.`)
}
