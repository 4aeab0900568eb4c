/**
 * The Security Token Service in AWS's query protocol: a form in, XML out. GetCallerIdentity answers
 * as AWS does and needs no permission. Refuses unknown actions and versions.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
import type { Caller } from '../kms/callers.ts'
import { Fault, type FaultCode } from '../kms/faults.ts'

export interface StsAnswer {
  readonly status: number
  readonly contentType: 'text/xml'
  readonly body: string
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'
const version = '2011-06-15'

type Action = (caller: Caller, requestId: string) => StsAnswer

/** What is not in the table does not exist. */
const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['GetCallerIdentity', getCallerIdentity],
  ['AssumeRole', notBuilt('AssumeRole')],
  ['AssumeRoleWithWebIdentity', notBuilt('AssumeRoleWithWebIdentity')],
  ['GetSessionToken', notBuilt('GetSessionToken')],
])

/** Answers a form (`Action=…&Version=…`) of a caller that has been authenticated. */
export function handleSts(form: string, caller: Caller, requestId: string): StsAnswer {
  const parameters = new URLSearchParams(form)
  const name = parameters.get('Action')
  if (!name) return errorAnswer({ code: 'MissingAction', message: 'Missing Action' }, requestId)
  const asked = parameters.get('Version') ?? 'NO_VERSION_SPECIFIED'
  const action = asked === version ? actions.get(name) : undefined
  if (action) return action(caller, requestId)
  const message = `Could not find operation ${name.slice(0, 128)} for version ${asked.slice(0, 32)}`
  return errorAnswer({ code: 'InvalidAction', message }, requestId)
}

function getCallerIdentity({ principal, userId }: Caller, requestId: string): StsAnswer {
  const body = `<GetCallerIdentityResponse xmlns="${namespace}">
  <GetCallerIdentityResult>
    <Arn>${escapeXml(principal.arn)}</Arn>
    <UserId>${escapeXml(userId)}</UserId>
    <Account>${principal.account}</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>${requestId}</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
`
  return { status: 200, contentType: 'text/xml', body }
}

function notBuilt(name: string): Action {
  const message = `${name} is not supported here yet`
  return (_, requestId) =>
    errorAnswer({ code: 'NotImplemented', message, status: 501, type: 'Receiver' }, requestId)
}

interface StsError {
  readonly code: string
  readonly message: string
  /** 400 unless said. */
  readonly status?: number
  /** Whose fault it is; the sender's unless said. */
  readonly type?: 'Sender' | 'Receiver'
}

/** The query family's name and status of a fault, where they are not KMS's. */
const queryRows: Partial<Record<FaultCode, Partial<StsError>>> = {
  ExpiredTokenException: { code: 'ExpiredToken', status: 403 },
  IncompleteSignatureException: { code: 'IncompleteSignature' },
  InvalidSignatureException: { code: 'SignatureDoesNotMatch', status: 403 },
  KMSInternalException: { code: 'InternalFailure', type: 'Receiver' },
  MissingAuthenticationTokenException: {
    code: 'MissingAuthenticationToken',
    message: 'Request is missing Authentication Token',
    status: 403,
  },
  RequestEntityTooLargeException: { code: 'RequestEntityTooLarge' },
  ThrottlingException: { code: 'Throttling' },
  UnrecognizedClientException: { code: 'InvalidClientTokenId', status: 403 },
}

/** A fault in the query protocol's words. */
export function stsFault({ code, message, status }: Fault, requestId: string): StsAnswer {
  return errorAnswer({ code, message, status, ...queryRows[code] }, requestId)
}

function errorAnswer(
  { code, message, status = 400, type = 'Sender' }: StsError,
  requestId: string,
): StsAnswer {
  const body = `<ErrorResponse xmlns="${namespace}">
  <Error>
    <Type>${type}</Type>
    <Code>${code}</Code>
    <Message>${escapeXml(message)}</Message>
  </Error>
  <RequestId>${requestId}</RequestId>
</ErrorResponse>
`
  return { status, contentType: 'text/xml', body }
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
