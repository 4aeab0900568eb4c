/**
 * A small external key store proxy for tests and demonstrations: keeps external keys in memory, and
 * answers AWS KMS's proxy API to whoever signs with its credential.
 * https://github.com/aws/aws-kms-xksproxy-api-spec/blob/main/xks_proxy_api_spec.md
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemRandom } from '../crypto/random.ts'
import { Fault } from '../kms/faults.ts'
import { parseJsonBody } from '../kms/model/json.ts'
import { silent, stackOf, type Log } from '../kms/log.ts'
import { readBody } from './body.ts'
import { verifySignature } from './sigv4.ts'
import { ExternalKey, externalKeyBytes, type ExternalKeyOptions } from './xks-key-manager.ts'
import { health, keyOperations, XksError } from './xks-operations.ts'
import { xksPath, xksService } from './xks-service.ts'

export interface XksProxyOptions {
  /** Secret access keys by their access key id: of two at once one can be rotated out. */
  readonly credentials: ReadonlyMap<string, string>
  /** By external key id. */
  readonly keys: ReadonlyMap<string, ExternalKeyOptions>
  /** `/kms/xks/v1` unless said: that, and a prefix before it. */
  readonly uriPath?: string
  /** 0 picks one. */
  readonly port: number
  /** 127.0.0.1 unless said. */
  readonly host?: string
  readonly log?: Log
}

export interface RunningXksProxy {
  /** What KMS takes as XksProxyUriEndpoint. */
  readonly url: string
  close(): Promise<void>
}

/** Listens, and answers requests from the moment that the promise is fulfilled. */
export async function startXksProxy(options: XksProxyOptions): Promise<RunningXksProxy> {
  const proxy = new XksProxy(options)
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    void proxy.answer(request, response)
  })
  const { host = '127.0.0.1', port } = options
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${String((server.address() as AddressInfo).port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

interface Answer {
  readonly status: number
  readonly body: object
}

class XksProxy {
  readonly #credentials: ReadonlyMap<string, string>
  readonly #keys: ReadonlyMap<string, ExternalKey>
  readonly #uriPath: string
  readonly #log: Log
  /** Not one of KMS's: what a health check does with a key is nobody's business. */
  readonly #probe = new ExternalKey({ secret: systemRandom(externalKeyBytes) })

  constructor({ credentials, keys, uriPath = xksPath, log = silent }: XksProxyOptions) {
    this.#credentials = credentials
    this.#keys = new Map(Array.from(keys, ([id, key]) => [id, new ExternalKey(key)]))
    this.#uriPath = uriPath
    this.#log = log
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await this.#answer(request)
    if (response.destroyed) return
    const text = JSON.stringify(body)
    response.writeHead(status, {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(text)),
      ...(status === 405 && { Allow: 'POST' }),
    })
    response.end(text)
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { method, url: path = '/' } = request
    if (method !== 'POST') {
      return { status: 405, body: { errorName: 'InvalidUriPathException' } }
    }
    try {
      const bytes = await readBody(request)
      if (bytes === null) throw new XksError('ValidationException', 'the body is too long')
      this.#authenticate(request, bytes)
      const body = readJson(bytes)
      const answer = { status: 200, body: this.#run(path, body) }
      this.#log.info(entryOf(path, body), 'answered')
      return answer
    } catch (error) {
      const { status, name, message } = error instanceof XksError ? error : this.#bug(error)
      this.#log.warn({ path, errorName: name, errorMessage: message }, 'refused')
      return { status, body: { errorName: name, errorMessage: message } }
    }
  }

  #authenticate(request: IncomingMessage, body: Buffer): void {
    const { method = '', url = '', rawHeaders } = request
    try {
      verifySignature(
        { method, url, rawHeaders, body },
        { service: xksService, secrets: this.#credentials, nowMs: Date.now() },
      )
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      throw new XksError('AuthenticationFailedException', 'the signature is not valid')
    }
  }

  #run(path: string, body: Readonly<Record<string, unknown>>): object {
    const wrongPath = () => new XksError('InvalidUriPathException', 'no such path')
    if (!path.startsWith(`${this.#uriPath}/`)) throw wrongPath()
    const [kind, id = '', name = '', ...more] = path.slice(this.#uriPath.length + 1).split('/')
    if (kind === 'health' && id === '') return health(body, this.#probe)
    const operation = keyOperations.get(name)
    if (kind !== 'keys' || !operation || more.length > 0) throw wrongPath()
    const key = this.#keys.get(id)
    if (!key) throw new XksError('KeyNotFoundException', 'no such external key')
    return operation(body, key)
  }

  /** Anything but an XksError is a mistake of ours: the log gets it, the client does not. */
  #bug(error: unknown): XksError {
    this.#log.error({ error: stackOf(error) }, 'internal error')
    return new XksError('InternalException', 'an internal error occurred')
  }
}

function readJson(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    return parseJsonBody(bytes)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new XksError('ValidationException', 'the body is not a JSON object')
  }
}

/** What AWS recommends to log, so that a request is found in CloudTrail too. */
function entryOf(path: string, { requestMetadata }: Readonly<Record<string, unknown>>): object {
  const { kmsRequestId, kmsOperation, awsPrincipalArn } = requestMetadata as Record<string, unknown>
  return { path, kmsRequestId, kmsOperation, awsPrincipalArn }
}
