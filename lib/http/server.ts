/**
 * The HTTP server: `POST /` goes straight to the KMS handler, everything else through the second
 * door (lib/http/control.ts), which is loaded when somebody comes to it.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { Callers, type Credential } from '../kms/callers.ts'
import { Clock } from '../kms/clock.ts'
import type { Organization } from '../kms/organization.ts'
import type { VpcEndpoint } from '../kms/context/facts.ts'
import { defaults } from '../kms/defaults.ts'
import { KnownPrincipals } from '../kms/known-principals.ts'
import { silent, stackOf, type Log } from '../kms/log.ts'
import type { QuotaSettings } from '../kms/quotas.ts'
import type { AttestationOptions } from '../kms/recipient/recipient.ts'
import type { KeySeed } from '../kms/seed.ts'
import { Kms } from '../kms/service.ts'
import type { XksTransport } from '../kms/key-stores/xks-api.ts'
import { systemRandom } from '../crypto/random.ts'
import { MemoryStore } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import type { StsOptions, StsPrincipal } from '../sts/service.ts'
import type { WebIdentityProvider } from '../sts/web-identity.ts'
import { answerClientErrors } from './client-error.ts'
import { isStsRequest, Protocol, type LoadSts } from './protocol.ts'
import type { XksClientOptions } from './xks-client.ts'

export interface KmsServerOptions {
  /** 12 digits: the account of callers that are not known by their access key. */
  readonly account?: string
  readonly region?: string
  readonly auth?: 'open' | 'strict'
  /** The users and roles that there are, and their access keys. */
  readonly principals?: readonly KnownPrincipal[]
  readonly keys?: readonly KeySeed[]
  readonly organization?: Organization | undefined
  /** Whose tokens AssumeRoleWithWebIdentity takes. */
  readonly webIdentityProviders?: readonly WebIdentityProvider[]
  /** Those that a request may say it comes through. */
  readonly vpcEndpoints?: readonly VpcEndpoint[]
  /** Where keys are kept; in memory unless said. */
  readonly store?: Store
  /** None unless said. */
  readonly quotas?: QuotaSettings | undefined
  readonly attestation?: Partial<AttestationOptions>
  /** Host headers that are taken as local, beside the loopback names. */
  readonly hosts?: readonly string[]
  /** What a control call from elsewhere has to carry as its bearer token. */
  readonly controlToken?: string | undefined
  readonly log?: Log
  /** How external key store proxies are called: AWS gives them 250 ms unless said. */
  readonly xks?: XksClientOptions
}

export interface KnownPrincipal extends StsPrincipal {
  readonly credential?: Credential | undefined
}

export interface ListenOptions extends KmsServerOptions {
  /** 4599 unless said; 0 picks one. */
  readonly port?: number
  /** 127.0.0.1 unless said. */
  readonly host?: string
  /** HTTPS with a certificate made for this start. */
  readonly tls?: boolean
}

/** How long a client may take, in milliseconds. */
const deadlines = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 60_000 }
/** A stop waits this long for what is under way. */
const stopWithinMs = 2_500

/** A KMS that answers HTTP requests, in its own server or mounted in another express app. */
export class KmsHandler {
  readonly #options: KmsServerOptions
  readonly #kms: Kms
  readonly #clock: Clock
  readonly #sts: LoadSts
  readonly #protocol: Protocol
  readonly #log: Log
  #control: Promise<RequestListener> | undefined

  private constructor(options: KmsServerOptions, kms: Kms, clock: Clock) {
    this.#options = options
    this.#kms = kms
    this.#clock = clock
    this.#log = options.log ?? silent
    const principals = options.principals ?? []
    const callers = new Callers(principals.flatMap(({ credential }) => credential ?? []))
    this.#sts = stsLoader({
      access: kms.access,
      callers,
      clock,
      random: systemRandom,
      principals,
      providers: options.webIdentityProviders ?? [],
    })
    this.#protocol = new Protocol({
      kms,
      clock,
      callers,
      sts: this.#sts,
      auth: options.auth ?? 'open',
      account: options.account ?? defaults.account,
      region: options.region ?? defaults.region,
      hosts: options.hosts ?? [],
      vpcEndpoints: new Map((options.vpcEndpoints ?? []).map((one) => [one.id, one])),
      log: this.#log,
    })
  }

  static async create(options: KmsServerOptions): Promise<KmsHandler> {
    const clock = new Clock()
    const kms = await Kms.start({
      clock,
      store: options.store ?? new MemoryStore(),
      log: options.log ?? silent,
      organization: options.organization,
      principals: new KnownPrincipals((options.principals ?? []).map(({ arn }) => arn)),
      keys: options.keys ?? [],
      quotas: options.quotas,
      xks: xksTransport(options.xks),
      attestation: {
        roots: ['simulated'],
        ...defaults.attestation,
        ...options.attestation,
      },
    })
    return new KmsHandler(options, kms, clock)
  }

  /** For another express app: `app.use(kms.middleware)`, before anything that reads bodies. */
  readonly middleware = (
    request: IncomingMessage & { originalUrl?: string },
    response: ServerResponse,
    next: () => void,
  ): void => {
    if (isApiCall(request)) this.#answer(request, response, request.originalUrl ?? '/')
    else next()
  }

  readonly listener: RequestListener = (request, response) => {
    // RFC 9112, 3.2.2: a server takes the absolute form too; what is signed is its path.
    request.url = request.url?.replace(/^https?:\/\/[^/?#]*(?=\/)/i, '')
    if (isApiCall(request)) this.#answer(request, response, request.url ?? '/')
    else void this.#secondDoor(request, response)
  }

  #answer(request: IncomingMessage, response: ServerResponse, url: string): void {
    void this.#protocol.answer(request, response, url)
  }

  async #secondDoor(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#control ??= this.#loadControl()
      ;(await this.#control)(request, response)
    } catch (error) {
      this.#control = undefined
      this.#log.error({ error: stackOf(error) }, 'internal error')
      response.writeHead(500).end()
    }
  }

  async #loadControl(): Promise<RequestListener> {
    const { controlApp } = await import('./control.ts')
    return controlApp({
      kms: this.#kms,
      sts: this.#sts,
      clock: this.#clock,
      log: this.#log,
      hosts: this.#options.hosts ?? [],
      token: this.#options.controlToken,
    })
  }
}

/** A load that fails is not kept: the next call tries again. */
function stsLoader(options: StsOptions): LoadSts {
  let sts: ReturnType<LoadSts> | undefined
  const load = async () => new (await import('../sts/service.ts')).Sts(options)
  return () =>
    (sts ??= load().catch((error: unknown) => {
      sts = undefined
      throw error
    }))
}

/** Loaded with the first external key store: TLS takes long to load. */
function xksTransport(options: XksClientOptions | undefined): XksTransport {
  let client: Promise<XksTransport> | undefined
  return {
    async send(request) {
      client ??= import('./xks-client.ts').then(({ XksClient }) => new XksClient(options))
      return (await client).send(request)
    },
  }
}

/** KMS's and STS's own calls: `POST /`, and a signed link of STS. */
function isApiCall(request: IncomingMessage): boolean {
  const url = request.url ?? '/'
  if (request.method === 'POST') return url === '/' || url.startsWith('/?')
  return request.method === 'GET' && url.startsWith('/?') && isStsRequest(request, url)
}

export class RunningServer {
  readonly url: string
  readonly handler: KmsHandler
  readonly #server: Server

  constructor(server: Server, handler: KmsHandler, url: string) {
    this.#server = server
    this.handler = handler
    this.url = url
  }

  /** Finishes what is under way, and no longer than a few seconds. */
  close(): Promise<void> {
    const server = this.#server
    const idle = setInterval(() => {
      server.closeIdleConnections()
    }, 20)
    const force = setTimeout(() => {
      server.closeAllConnections()
    }, stopWithinMs)
    return new Promise((resolve) => {
      server.close(() => {
        clearInterval(idle)
        clearTimeout(force)
        resolve()
      })
    })
  }
}

/** Listens, and answers requests from the moment that the promise is fulfilled. */
export async function startServer(options: ListenOptions): Promise<RunningServer> {
  const handler = await KmsHandler.create(options)
  const server = await serverFor(options, handler.listener)
  answerClientErrors(server)
  const { host = defaults.host, port = defaults.port } = options
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address() as AddressInfo
  const name = host.includes(':') ? `[${host}]` : host
  const scheme = options.tls ? 'https' : 'http'
  return new RunningServer(server, handler, `${scheme}://${name}:${String(address.port)}`)
}

async function serverFor(options: ListenOptions, listener: RequestListener): Promise<Server> {
  const settings = { ...deadlines, connectionsCheckingInterval: 1_000 }
  if (!options.tls) return createServer(settings, listener)
  const [https, { selfSigned }] = await Promise.all([import('node:https'), import('./tls.ts')])
  const names = ['localhost', options.host ?? 'localhost', ...(options.hosts ?? [])]
  return https.createServer({ ...settings, ...(await selfSigned(names)) }, listener)
}
