/**
 * The XML of STS's answers and errors, in the query protocol's form.
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */

export interface StsAnswer {
  readonly status: number
  readonly contentType: 'text/xml'
  readonly body: string
}

/** Members in the order in which they are written; those that are undefined are not. */
export interface Result {
  readonly [name: string]: Value | undefined
}

/** A Date is a time without its milliseconds. */
type Value = string | number | Date | Result

export interface ErrorText {
  readonly code: string
  readonly message: string
  readonly status: number
  /** Whose fault it is; the sender's unless said. */
  readonly type?: 'Sender' | 'Receiver'
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** The answer to an action: `<GetCallerIdentityResponse>`. */
export function resultAnswer(action: string, result: Result, requestId: string): StsAnswer {
  const members = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } }
  return answer(200, `${action}Response`, members)
}

export function errorAnswer(
  { code, message, status, type = 'Sender' }: ErrorText,
  requestId: string,
): StsAnswer {
  const error = { Type: type, Code: code, Message: message }
  return answer(status, 'ErrorResponse', { Error: error, RequestId: requestId })
}

function answer(status: number, name: string, members: Result): StsAnswer {
  const body = `<${name} xmlns="${namespace}">\n${elements(members, '  ')}</${name}>\n`
  return { status, contentType: 'text/xml', body }
}

function elements(members: Result, indent: string): string {
  let text = ''
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) text += `${indent}<${name}>${content(value, indent)}</${name}>\n`
  }
  return text
}

function content(value: Value, indent: string): string {
  if (typeof value === 'string') return escapeXml(value)
  if (typeof value === 'number') return String(value)
  if (value instanceof Date) return value.toISOString().replace(/\.\d{3}Z$/, 'Z')
  return `\n${elements(value, `${indent}  `)}${indent}`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Text as XML content; a character that XML 1.0 (section 2.2) does not have becomes U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (character) => entities[character] ?? '')
}
