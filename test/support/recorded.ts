/**
 * Replays recorded cases (corpus/recorded/README.md) against an endpoint, through the real AWS SDK.
 * A case that goes on from another one plays that one first; each is played once.
 */
import type { KMSClient } from '@aws-sdk/client-kms'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { mismatch } from './recorded-match.ts'
import { evaluate, memberAt, type Variables } from './recorded-values.ts'
import { commandOf, kmsClient } from './sdk.ts'

interface Call {
  readonly op: string
  readonly input?: object
  readonly region?: string
  readonly save?: Readonly<Record<string, string>>
}

interface Step extends Partial<Call> {
  readonly let?: Readonly<Record<string, unknown>>
  readonly until?: unknown
}

interface Request extends Call {
  readonly rawBody?: string
  readonly repeatUntilError?: number
}

interface ExpectedError {
  readonly code: string
  /** Null when the body has no such member, empty when that or an empty text, else exact. */
  readonly message: unknown
  readonly member?: 'message'
}

type Expected = { readonly ok: unknown } | { readonly error: ExpectedError }

export interface RecordedCase {
  readonly id: string
  readonly stale?: string
  readonly continues?: string
  readonly setup?: readonly Step[]
  readonly request: Request
  readonly expect: Expected
  readonly after?: readonly (Call & { readonly expect: Expected })[]
}

/** Where to replay, and the variables that are given from the start. */
export interface ReplayTarget {
  readonly endpoint: string
  readonly account: string
  readonly region: string
  readonly region2: string
}

/** `problem` says what is not as recorded; without one the case holds. */
export interface ReplayResult {
  readonly id: string
  readonly problem?: string
}

/** What the server answered: HTTP status and parsed body, and what the SDK made of them. */
interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly output?: Readonly<Record<string, unknown>>
  readonly error?: Error
}

interface Played {
  /** What a case that goes on from this one starts with; none when the request was not reached. */
  readonly variables?: Variables
  readonly problem?: string
}

const untilMs = 10_000
const untilPauseMs = 50

/** All cases of the corpus beside the project; undefined where it is absent. */
export function recordedCases(): readonly RecordedCase[] | undefined {
  const file = fileURLToPath(new URL('../../../shared/corpus/recorded/cases.json', import.meta.url))
  if (!existsSync(file)) return undefined
  return JSON.parse(readFileSync(file, 'utf8')) as RecordedCase[]
}

/** Replays cases in their order. */
export async function replay(
  cases: readonly RecordedCase[],
  target: ReplayTarget,
): Promise<ReplayResult[]> {
  const player = new Replay(cases, target)
  const results: ReplayResult[] = []
  for (const { id } of cases) results.push(await player.play(id))
  player.close()
  return results
}

/** The cases of one list, played on demand. */
export class Replay {
  readonly #cases: ReadonlyMap<string, RecordedCase>
  readonly #played = new Map<string, Promise<Played>>()
  readonly #clients = new Map<string, KMSClient>()
  readonly #target: ReplayTarget

  constructor(cases: readonly RecordedCase[], target: ReplayTarget) {
    this.#cases = new Map(cases.map((recorded) => [recorded.id, recorded]))
    this.#target = target
  }

  async play(id: string): Promise<ReplayResult> {
    const { problem } = await this.#once(id)
    return problem === undefined ? { id } : { id, problem }
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy()
  }

  #find(id: string): RecordedCase {
    const recorded = this.#cases.get(id)
    if (!recorded) throw new Error(`there is no case ${id}`)
    return recorded
  }

  #once(id: string): Promise<Played> {
    const known = this.#played.get(id)
    if (known) return known
    const playing = this.#playCase(this.#find(id))
    this.#played.set(id, playing)
    return playing
  }

  async #playCase(recorded: RecordedCase): Promise<Played> {
    const before =
      recorded.continues === undefined ? undefined : await this.#once(recorded.continues)
    if (before && !before.variables) return { problem: `${String(recorded.continues)} did not run` }
    const variables = new Map(before?.variables ?? this.#givenVariables())
    let reached = false
    try {
      for (const [i, step] of (recorded.setup ?? []).entries()) {
        await this.#playStep(step, variables, `setup ${i}`)
      }
      const answer = await this.#request(recorded.request, variables)
      reached = true
      check(recorded.expect, answer, variables, 'request')
      for (const [i, call] of (recorded.after ?? []).entries()) {
        check(call.expect, await this.#call(call, variables), variables, `after ${i}`)
      }
      return { variables }
    } catch (error) {
      return { ...(reached && { variables }), problem: (error as Error).message }
    }
  }

  #givenVariables(): Variables {
    const { account, region, region2 } = this.#target
    const run = randomBytes(4).toString('hex')
    return new Map(Object.entries({ account, region, region2, run }))
  }

  /** A step of the setup must succeed, and `until` must come true in time. */
  async #playStep(step: Step, variables: Map<string, unknown>, name: string): Promise<void> {
    for (const [variable, value] of Object.entries(step.let ?? {})) {
      variables.set(variable, evaluate(value, variables))
    }
    const { op, until } = step
    if (op === undefined) return
    const call = { ...step, op }
    const expected = { ok: until ?? { $open: true } }
    const deadline = Date.now() + (until === undefined ? 0 : untilMs)
    for (;;) {
      const answer = await this.#call(call, variables)
      const problem = problemOf(expected, answer, variables)
      if (problem === undefined) return
      if (Date.now() >= deadline) throw new Error(`${name}: ${op}: ${problem}`)
      await sleep(untilPauseMs)
    }
  }

  async #request(request: Request, variables: Map<string, unknown>): Promise<Answer> {
    const times = request.repeatUntilError ?? 1
    let answer = await this.#call(request, variables)
    for (let i = 1; i < times && !answer.error; i += 1)
      answer = await this.#call(request, variables)
    return answer
  }

  async #call(call: Request, variables: Map<string, unknown>): Promise<Answer> {
    const region = evaluate(call.region ?? '${region}', variables) as string
    const input = evaluate(call.input ?? {}, variables) as object
    const rawBody = call.rawBody === undefined ? undefined : evaluate(call.rawBody, variables)
    const answer = await send(this.#clientOf(region), call.op, input, rawBody as string | undefined)
    for (const [name, path] of Object.entries(call.save ?? {})) {
      if (answer.output) variables.set(name, memberAt(answer.output, path))
    }
    return answer
  }

  #clientOf(region: string): KMSClient {
    const { endpoint, account } = this.#target
    const client = this.#clients.get(region) ?? kmsClient(endpoint, { account, region })
    this.#clients.set(region, client)
    return client
  }
}

/** Sends a call and keeps the answer's bytes too: an SDK does not tell how a member was spelt. */
async function send(
  client: KMSClient,
  operation: string,
  input: object,
  rawBody: string | undefined,
): Promise<Answer> {
  const command = commandOf(operation, input)
  let raw: Pick<Answer, 'status' | 'body'> | undefined
  command.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as { body: unknown; headers: Record<string, string> }
      if (rawBody !== undefined) {
        request.body = rawBody
        request.headers['content-length'] = String(Buffer.byteLength(rawBody))
      }
      return next(args)
    },
    { step: 'build', priority: 'low' },
  )
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const response = result.response as { statusCode: number; body: AsyncIterable<Uint8Array> }
      const chunks: Uint8Array[] = []
      for await (const chunk of response.body) chunks.push(chunk)
      const bytes = Buffer.concat(chunks)
      raw = { status: response.statusCode, body: parseBody(bytes) }
      Object.assign(response, { body: new Uint8Array(bytes) })
      return result
    },
    { step: 'deserialize', priority: 'low' },
  )
  try {
    const members = Object.entries(await client.send(command))
    const output = Object.fromEntries(members.filter(([name]) => name !== '$metadata'))
    return { ...(raw ?? noAnswer(operation)), output }
  } catch (error) {
    if (!raw) throw error
    return { ...raw, error: error as Error }
  }
}

function noAnswer(operation: string): never {
  throw new Error(`${operation}: the SDK has an answer that nobody sent`)
}

function parseBody(bytes: Buffer): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {}
  return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
}

function check(expected: Expected, answer: Answer, variables: Variables, name: string): void {
  const problem = problemOf(expected, answer, variables)
  if (problem !== undefined) throw new Error(`${name}: ${problem}`)
}

function problemOf(expected: Expected, answer: Answer, variables: Variables): string | undefined {
  if ('error' in expected) return errorProblem(evaluate(expected.error, variables), answer)
  if (answer.status !== 200 || !answer.output) {
    return `wanted HTTP 200, got ${answer.status} ${JSON.stringify(answer.body)}`
  }
  return mismatch(evaluate(expected.ok, variables), answer.output)
}

function errorProblem(expected: unknown, { status, body, error }: Answer): string | undefined {
  const { code, message, member } = expected as ExpectedError
  const got = `got ${status} ${JSON.stringify(body)}`
  if (!error || status !== 400) return `wanted HTTP 400 ${code}, ${got}`
  const type = typeof body.__type === 'string' ? body.__type.replace(/^.*#/, '') : undefined
  if (type !== code) return `wanted ${code}, ${got}`
  if (error.name !== code) return `wanted ${code}, the SDK throws ${error.name}`
  const text = body.message ?? body.Message
  if (message === null) return text === undefined ? undefined : `wanted no message, ${got}`
  if (member && !Object.hasOwn(body, member)) return `wanted the member ${member}, ${got}`
  return mismatch(message, message === '' ? (text ?? '') : text, 'message')
}
