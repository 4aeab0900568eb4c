/**
 * Sends KMS's requests to external key store proxies: POST over HTTP/1.1, signed with the key store's
 * own credential. Follows no redirect, and gives up on an answer that is late or long.
 * https://github.com/aws/aws-kms-xksproxy-api-spec/blob/main/xks_proxy_api_spec.md#authentication
 */
import { hash } from 'node:crypto'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { XksReply, XksRequest, XksTransport } from '../kms/key-stores/xks-api.ts'
import { XksFailure, type FailureName } from '../kms/key-stores/xks-failures.ts'
import { canonicalRequest } from './canonical.ts'
import { algorithm, scopeEnding, SigningKeys } from './signing-key.ts'
import { formatTime } from './signing-time.ts'
import { xksService } from './xks-service.ts'

/** What AWS gives a proxy for its whole answer, connecting included. */
const awsTimeoutMs = 250
/** Ours: the longest answer of the API, an encryption of 4,300 bytes, has some 6,000. */
const maxReplyBytes = 65_536

export interface XksClientOptions {
  /** 250 unless said. */
  readonly timeoutMs?: number
  /** Certificates in PEM that are trusted in place of Node's own. */
  readonly ca?: string
  /** The machine's clock, by which proxies judge signatures. */
  readonly nowMs?: () => number
}

export class XksClient implements XksTransport {
  readonly #timeoutMs: number
  readonly #nowMs: () => number
  readonly #agents: { readonly http: HttpAgent; readonly https: HttpsAgent }
  readonly #signingKeys = new SigningKeys()

  constructor({ timeoutMs = awsTimeoutMs, ca, nowMs = Date.now }: XksClientOptions = {}) {
    this.#timeoutMs = timeoutMs
    this.#nowMs = nowMs
    // A connection that nobody uses must not keep a process alive: the agents unref it.
    this.#agents = {
      http: new HttpAgent({ keepAlive: true }),
      https: new HttpsAgent({ keepAlive: true, minVersion: 'TLSv1.2', ...(ca && { ca }) }),
    }
  }

  async send(request: XksRequest): Promise<XksReply> {
    const signal = AbortSignal.timeout(this.#timeoutMs)
    try {
      return await this.#attempt(request, signal)
    } catch (error) {
      // The proxy closed a connection that was kept, before it saw the request.
      if (!(error instanceof StaleConnection)) throw failureOf(error, signal)
    }
    try {
      return await this.#attempt(request, signal)
    } catch (error) {
      throw failureOf(error, signal)
    }
  }

  #attempt(request: XksRequest, signal: AbortSignal): Promise<XksReply> {
    const url = new URL(request.proxy.uriEndpoint)
    const body = Buffer.from(request.body)
    const headers = {
      ...this.#sign(request, url.host, body),
      'content-type': 'application/json',
      'content-length': String(body.length),
    }
    const [open, agent] =
      url.protocol === 'https:'
        ? ([httpsRequest, this.#agents.https] as const)
        : ([httpRequest, this.#agents.http] as const)
    return new Promise((resolve, reject) => {
      // Not the URL's own path: it would resolve dots, and the path is what was signed.
      const where = { hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port }
      const sent = open(
        { ...where, path: request.path, method: 'POST', headers, agent, signal },
        (response) => {
          readReply(response).then(resolve, reject)
        },
      )
      sent.on('error', (error: NodeJS.ErrnoException) => {
        const isStale = sent.reusedSocket && error.code === 'ECONNRESET'
        reject(isStale ? new StaleConnection('closed', { cause: error }) : error)
      })
      sent.on('upgrade', (_response, socket) => {
        socket.destroy()
        reject(new XksFailure('malformed'))
      })
      sent.end(body)
    })
  }

  /** The headers of a signature: host and x-amz-date are signed, as AWS signs them. */
  #sign({ proxy, path, region }: XksRequest, host: string, body: Buffer) {
    const { accessKeyId, secretAccessKey } = proxy.credential
    const time = formatTime(this.#nowMs())
    const scope = { day: time.slice(0, 8), region, service: xksService }
    const credential = [accessKeyId, scope.day, region, xksService, scopeEnding].join('/')
    const key =
      this.#signingKeys.find(credential, secretAccessKey) ??
      this.#signingKeys.derive(credential, secretAccessKey, scope)
    const signedHeaders = 'host;x-amz-date'
    const canonical = canonicalRequest({
      method: 'POST',
      path,
      query: [],
      headers: new Map([
        ['host', host],
        ['x-amz-date', time],
      ]),
      signedHeaders,
      bodyHash: hash('sha256', body, 'hex'),
    })
    if (canonical === undefined) throw new Error('a request without a canonical form')
    const signature = key.sign(time, canonical)
    return {
      host,
      'x-amz-date': time,
      authorization: `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    }
  }
}

class StaleConnection extends Error {}

async function readReply(response: IncomingMessage): Promise<XksReply> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    // Leaving the loop closes the connection.
    if (bytes > maxReplyBytes) throw new XksFailure('malformed')
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks) }
}

function failureOf(error: unknown, signal: AbortSignal): XksFailure {
  if (error instanceof XksFailure) return error
  const failure = signal.aborted ? 'timeout' : failureNameOf((error as NodeJS.ErrnoException).code)
  return Object.assign(new XksFailure(failure), { cause: error })
}

/** OpenSSL's codes for certificates that are not to be trusted have no prefix in common. */
const certificateCodes = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO$)/

function failureNameOf(code = ''): FailureName {
  if (certificateCodes.test(code)) return 'noTls'
  return code.startsWith('HPE_') ? 'malformed' : 'noConnection'
}
