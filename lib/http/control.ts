/**
 * The second door: the control API under `/_/`, for those whom lib/http/control-access.ts lets in.
 * Everything else that comes here is answered 404.
 */
import express, { type ErrorRequestHandler, type Express } from 'express'
import { DecodeError } from '../errors.ts'
import type { Clock } from '../kms/clock.ts'
import { stackOf, type Log } from '../kms/log.ts'
import { newRequestId, type Kms } from '../kms/service.ts'
import type { LoadSts } from './protocol.ts'
import { refusalOf } from './control-access.ts'
import { readMintRequest } from './mint-request.ts'
import { version } from './version.ts'

export interface ControlOptions {
  readonly kms: Kms
  readonly sts: LoadSts
  readonly clock: Clock
  readonly hosts: readonly string[]
  readonly token: string | undefined
  readonly log: Log
}

/** Control calls of parts that are not built yet. */
const notBuilt = ['/_/events', '/_/faults', '/_/metrics']

export function controlApp({ kms, sts, clock, hosts, token, log }: ControlOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')

  app.use((_request, response, next) => {
    response.setHeader('x-amzn-RequestId', newRequestId())
    next()
  })
  app.use('/_/', (request, response, next) => {
    const refusal = refusalOf(request, hosts, token)
    if (refusal) response.status(403).json({ error: refusal })
    else next()
  })
  app.use('/_/', express.json({ limit: '1mb', type: () => true }))
  addRoutes(app, { kms, sts, clock })
  app.all(notBuilt, (request, response) => {
    response.status(501).json({ error: `${request.path} is not built yet` })
  })
  app.use((request, response) => {
    response.status(404).json({ error: `nothing is at ${request.path}` })
  })
  app.use(failureHandler(log))
  return app
}

function addRoutes(
  app: Express,
  { kms, sts, clock }: Pick<ControlOptions, 'kms' | 'sts' | 'clock'>,
): void {
  app.get('/_/health', (_request, response) => {
    response.json({ status: 'ok', version })
  })

  app.get('/_/roots', async (_request, response) => {
    const { simulatedRootPem } = await import('../attest/roots.ts')
    response.type('application/x-pem-file').send(simulatedRootPem())
  })

  app.post('/_/attestation-documents', async (request, response) => {
    const { mintAttestationDocument } = await import('../attest/mint.ts')
    const nowMs = clock.nowMs()
    const document = await mintAttestationDocument(readMintRequest(request.body), nowMs)
    response.json({ document: Buffer.from(document).toString('base64') })
  })

  app.get('/_/decisions/:requestId', async (request, response) => {
    const { show } = await import('../kms/decision.ts')
    const { decisions } = kms.access
    const { requestId } = request.params
    const found = requestId === 'last' ? decisions.last() : decisions.find(requestId)
    if (found) response.json(show(found))
    else response.status(404).json({ error: 'no decision is kept for this request id' })
  })

  app.get('/_/clock', (_request, response) => {
    response.json({ now: new Date(clock.nowMs()).toISOString() })
  })
  app.put('/_/clock', (request, response) => {
    setClock(clock, request.body)
    response.json({ now: new Date(clock.nowMs()).toISOString() })
  })

  app.post('/_/reset', async (_request, response) => {
    ;(await sts()).reset()
    await kms.reset()
    response.json({})
  })
}

/** The clock can be set to any time that a Date and a certificate can hold. */
function setClock(clock: Clock, body: unknown): void {
  const { now, advanceSeconds, reset } = (body ?? {}) as Record<string, unknown>
  const given = [now, advanceSeconds, reset].filter((value) => value !== undefined)
  if (given.length === 1 && reset === true) {
    clock.reset()
    return
  }
  const to =
    typeof now === 'string'
      ? Date.parse(now)
      : typeof advanceSeconds === 'number'
        ? clock.nowMs() + advanceSeconds * 1000
        : NaN
  if (given.length !== 1 || !(to >= 0 && to < Date.UTC(10_000, 0))) {
    throw new DecodeError(
      'CLOCK_REQUEST',
      'expected one of {"now": ISO time}, {"advanceSeconds": number}, {"reset": true}',
    )
  }
  clock.set(to)
}

/** What a caller did wrong says so; anything else is ours, and only the log hears of it. */
function failureHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const { status } = error as { status?: unknown }
    if (error instanceof DecodeError) response.status(400).json({ error: error.message })
    else if (typeof status === 'number' && status < 500) {
      response.status(status).json({ error: wrongRequest(error as { type?: string }) })
    } else {
      log.error({ error: stackOf(error) }, 'internal error')
      response.status(500).json({ error: 'internal error' })
    }
  }
}

/** What was wrong: body-parser names its errors by type, a path that cannot be read has none. */
function wrongRequest({ type }: { type?: string }): string {
  if (type === 'entity.too.large') return 'body too large'
  return type?.startsWith('entity.') ? 'body is not JSON' : 'bad request'
}
