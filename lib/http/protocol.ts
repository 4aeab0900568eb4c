/**
 * `POST /` as AWS answers it: AWS JSON 1.1 for KMS, the query protocol for STS. Everything that goes
 * wrong is answered in AWS's shape, and nothing of an internal error leaves the process.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller, Callers } from '../kms/callers.ts'
import type { Clock } from '../kms/clock.ts'
import type { Connection } from '../kms/conditions.ts'
import type { VpcEndpoint } from '../kms/context/facts.ts'
import { Fault } from '../kms/faults.ts'
import { stackOf, type Log } from '../kms/log.ts'
import { newRequestId, operationOf, type Kms } from '../kms/service.ts'
import type { Sts } from '../sts/service.ts'
import type { StsAnswer } from '../sts/xml.ts'
import { peerAddress } from './address.ts'
import { readBody } from './body.ts'
import { isForeignPage } from './control-access.ts'
import { readOrigin, type Origin } from './origin.ts'
import { authenticate, type Authenticated } from './sigv4.ts'
import { turn } from './turn.ts'

/** Loads STS with the first call of it: a start does not wait for it. */
export type LoadSts = () => Promise<Sts>

export interface ProtocolOptions {
  readonly kms: Kms
  readonly sts: LoadSts
  readonly callers: Callers
  readonly auth: 'open' | 'strict'
  /** Of callers that are not known by their key. */
  readonly account: string
  /** Of requests whose signature names none. */
  readonly region: string
  /** Host headers that are taken as local, beside the loopback names. */
  readonly hosts: readonly string[]
  /** By their ids. */
  readonly vpcEndpoints: ReadonlyMap<string, VpcEndpoint>
  readonly clock: Clock
  readonly log: Log
}

interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

const jsonType = 'application/x-amz-json-1.1'
const formType = 'application/x-www-form-urlencoded'

/** Ours: far more than the largest call of STS that can be answered. */
const maxForm = { bytes: 128 * 1024, parameters: 1000 }

export class Protocol {
  readonly #options: ProtocolOptions

  constructor(options: ProtocolOptions) {
    this.#options = options
  }

  /** Answers a request; `url` is the path that the client signed. */
  async answer(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    const requestId = newRequestId()
    const isSts = isStsRequest(request, url)
    let answer: Answer
    try {
      const body = await readBody(request)
      await turn()
      if (body === null) {
        // What is left of the body is not read, so the connection cannot carry another request.
        response.shouldKeepAlive = false
        throw new Fault('RequestEntityTooLargeException', 'The request is larger than 1 MiB.')
      }
      answer = isSts
        ? await this.#sts(request, url, body, requestId)
        : await this.#kms(request, url, body, requestId)
    } catch (error) {
      if (request.destroyed && !request.complete) return
      answer = await this.#failure(error, requestId, isSts)
    }
    if (this.#options.clock.isSet) {
      // SDKs take their own clock's error from it.
      response.setHeader('Date', new Date(this.#options.clock.nowMs()).toUTCString())
    }
    await turn()
    write(response, requestId, answer)
  }

  async #kms(
    request: IncomingMessage,
    url: string,
    body: Buffer,
    requestId: string,
  ): Promise<Answer> {
    const operation = operationOf(request.headers['x-amz-target'] as string | undefined)
    const { caller, region } = this.#authenticate(request, url, body, 'kms')
    const answer = await this.#options.kms.answer({
      requestId,
      operation,
      body,
      caller,
      region,
      connection: connectionOf(request, this.#originOf(request, caller, region)),
    })
    return { status: 200, contentType: jsonType, body: answer }
  }

  async #sts(
    request: IncomingMessage,
    url: string,
    body: Buffer,
    requestId: string,
  ): Promise<StsAnswer> {
    const { region: defaultRegion } = this.#options
    const sts = await this.#options.sts()
    const query = url.indexOf('?')
    const inQuery = query >= 0 && body.length === 0
    const form = readForm(inQuery ? url.slice(query + 1) : body.toString())
    if (sts.isUnsigned(form)) {
      const connection = connectionOf(request, this.#originOf(request, null, defaultRegion))
      return sts.answer({ requestId, form, caller: null, region: defaultRegion, connection })
    }
    const { caller, region, signed } = this.#authenticate(request, url, body, 'sts')
    if (!signed && inQuery && sts.givesCredentials(form)) {
      throw new Fault(
        'AccessDeniedException',
        'A link gives credentials only with a verified signature.',
      )
    }
    const connection = connectionOf(request, this.#originOf(request, caller, region))
    return sts.answer({ requestId, form, caller, region, connection })
  }

  #originOf(
    { headers }: IncomingMessage,
    caller: Caller | null,
    region: string,
  ): Origin | undefined {
    return readOrigin(headers, { caller, region, vpcEndpoints: this.#options.vpcEndpoints })
  }

  #authenticate(
    request: IncomingMessage,
    url: string,
    body: Buffer,
    service: 'kms' | 'sts',
  ): Authenticated {
    const { callers, auth, account, region, clock, hosts } = this.#options
    const authenticated = authenticate(
      { method: request.method ?? '', url, rawHeaders: request.rawHeaders, body },
      {
        callers,
        auth,
        defaultAccount: account,
        defaultRegion: region,
        service,
        nowMs: clock.nowMs(),
      },
    )
    if (!authenticated.signed && isForeignPage(request, hosts)) {
      throw new Fault(
        'AccessDeniedException',
        'A web page of another origin is answered only with a verified signature.',
      )
    }
    return authenticated
  }

  async #failure(error: unknown, requestId: string, isSts: boolean): Promise<Answer> {
    const fault = error instanceof Fault ? error : this.#bug(error, requestId)
    if (isSts) return (await this.#options.sts()).refuse(fault, requestId)
    return { status: fault.status, contentType: jsonType, body: JSON.stringify(fault.body()) }
  }

  /** Anything but a Fault is a mistake of ours: the log gets it, the client does not. */
  #bug(error: unknown, requestId: string): Fault {
    this.#options.log.error({ requestId, error: stackOf(error) }, 'internal error')
    return new Fault('KMSInternalException', 'An internal error occurred.')
  }
}

/** STS speaks the query protocol: a form, or for a signed link a query. */
export function isStsRequest(request: IncomingMessage, url: string): boolean {
  if (request.headers['x-amz-target'] !== undefined) return false
  if (url.startsWith('/?') && /[?&]Action=/.test(url)) return true
  return request.headers['content-type']?.startsWith(formType) ?? false
}

/** Throws ValidationException for a form that would take long to read. */
function readForm(text: string): URLSearchParams {
  if (text.length <= maxForm.bytes && countOf('&', text) < maxForm.parameters) {
    return new URLSearchParams(text)
  }
  throw new Fault('ValidationException', 'The form has more than 131072 bytes or 1000 parameters.')
}

function countOf(character: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count++
  return count
}

function connectionOf({ headers, socket }: IncomingMessage, origin?: Origin): Connection {
  return {
    sourceIp: peerAddress(socket),
    secure: 'encrypted' in socket,
    userAgent: headers['user-agent'],
    referer: headers.referer,
    ...origin,
  }
}

/** The headers that AWS KMS sends, in its order. */
function write(response: ServerResponse, requestId: string, { status, contentType, body }: Answer) {
  response.writeHead(status, [
    'x-amzn-RequestId',
    requestId,
    'Cache-Control',
    'no-cache, no-store, must-revalidate, private',
    'Expires',
    '0',
    'Pragma',
    'no-cache',
    'Content-Type',
    contentType,
    'Content-Length',
    String(Buffer.byteLength(body)),
  ])
  response.end(body)
}
