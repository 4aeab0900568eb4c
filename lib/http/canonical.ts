/**
 * The canonical request of Signature Version 4: the text whose hash is signed. What has no canonical
 * form (a header that is listed and absent, a list out of order, a broken percent escape) is refused.
 * Strings here hold one byte per character, as node:http hands them over.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

/** A query parameter, name and value in canonical encoding. */
export type QueryParameter = readonly [name: string, value: string]

export interface CanonicalParts {
  readonly method: string
  /** As on the request line, without the query. */
  readonly path: string
  readonly query: readonly QueryParameter[]
  readonly headers: ReadonlyMap<string, string>
  /** Lower-case names, sorted, joined with `;`. */
  readonly signedHeaders: string
  /** Hex of the body's SHA-256. */
  readonly bodyHash: string
}

/** Headers by lower-case name; values of one name are joined with commas, in their order. */
export function readHeaders(rawHeaders: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    const value = rawHeaders[index + 1] ?? ''
    const earlier = headers.get(name)
    headers.set(name, earlier === undefined ? value : `${earlier},${value}`)
  }
  return headers
}

/** The canonical request, or undefined when the parts have none. */
export function canonicalRequest(parts: CanonicalParts): string | undefined {
  let text = `${parts.method}\n${canonicalPath(parts.path)}\n${canonicalQuery(parts.query)}\n`
  let previous = ''
  for (const name of parts.signedHeaders.split(';')) {
    const value = parts.headers.get(name)
    // Strictly rising names are also names without a repetition.
    if (value === undefined || name <= previous) return undefined
    text += `${name}:${canonicalValue(value)}\n`
    previous = name
  }
  return `${text}\n${parts.signedHeaders}\n${parts.bodyHash}`
}

/** Outer blanks go, inner runs of blanks become one; tabs count, as the SDKs' signers have it. */
function canonicalValue(value: string): string {
  const first = value.charCodeAt(0)
  const last = value.charCodeAt(value.length - 1)
  if (first > 32 && last > 32 && !value.includes('  ') && !value.includes('\t')) return value
  return value
    .split(/[ \t]/)
    .filter((word) => word !== '')
    .join(' ')
}

/**
 * The path without dot segments and empty segments, encoded once more on top of the encoding that
 * it has on the wire (every service but S3).
 */
function canonicalPath(path: string): string {
  if (path === '/') return path
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(encode(segment))
  }
  const trailing = segments.length > 0 && /\/\.{0,2}$/.test(path) ? '/' : ''
  return `/${segments.join('/')}${trailing}`
}

function canonicalQuery(query: readonly QueryParameter[]): string {
  if (query.length === 0) return ''
  const sorted = query.toSorted(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
  return sorted.map(([name, value]) => `${name}=${value}`).join('&')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** Reads a query in canonical encoding; undefined when an escape in it is broken. */
export function readQuery(query: string): QueryParameter[] | undefined {
  const parameters: QueryParameter[] = []
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = recode(equals < 0 ? pair : pair.slice(0, equals))
    const value = recode(equals < 0 ? '' : pair.slice(equals + 1))
    if (name === undefined || value === undefined) return undefined
    parameters.push([name, value])
  }
  return parameters
}

/** Decodes, a plus sign being a space as in a form, and encodes the one canonical way. */
function recode(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined
  const decoded = text
    .replaceAll('+', ' ')
    .replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
  return encode(decoded)
}

/** Percent-encodes every byte but the unreserved ones of RFC 3986, section 2.3. */
function encode(bytes: string): string {
  return bytes.replace(/[^A-Za-z0-9\-._~]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
}
