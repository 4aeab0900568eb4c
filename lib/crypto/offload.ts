/**
 * Runs the slow primitives on worker threads, so that no request waits for another's. This module is
 * also what those threads run. They start with the first call and do not keep the process alive.
 */
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { slow, type Slow } from './slow.ts'

const role = 'enclave-kms slow primitives'

/** As many as libuv's own pool at most; one core is left for the event loop. */
const maxThreads = Math.max(1, Math.min(4, availableParallelism() - 1))

interface Job {
  readonly id: number
  readonly name: keyof Slow
  readonly args: readonly unknown[]
}

type Reply = { readonly id: number } & ({ readonly result: unknown } | { readonly error: unknown })

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

const threads = new Set<Thread>()

/** Calls a slow primitive. Rejects with what it throws. */
export function offload<N extends keyof Slow>(
  name: N,
  ...args: Parameters<Slow[N]>
): Promise<Awaited<ReturnType<Slow[N]>>> {
  return idlest().run(name, args) as Promise<Awaited<ReturnType<Slow[N]>>>
}

function idlest(): Thread {
  let best: Thread | undefined
  for (const thread of threads) if (!best || thread.pending < best.pending) best = thread
  if (best && (best.pending === 0 || threads.size >= maxThreads)) return best
  return new Thread()
}

class Thread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0

  constructor() {
    // Without the process's flags: a thread needs none, and some (--input-type) would stop it.
    this.#worker = new Worker(entry(), { workerData: role, execArgv: [] })
    this.#worker.unref()
    this.#worker.on('message', (reply: Reply) => this.#settle(reply))
    this.#worker.on('error', (error) => this.#end(error))
    this.#worker.on('exit', () => this.#end(new Error('a thread for slow primitives has ended')))
    threads.add(this)
  }

  get pending(): number {
    return this.#waiting.size
  }

  run(name: keyof Slow, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const job: Job = { id: ++this.#lastId, name, args }
      this.#worker.postMessage(job)
      this.#waiting.set(job.id, { resolve, reject })
      this.#worker.ref()
    })
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (this.pending === 0) this.#worker.unref()
    if ('error' in reply) waiting?.reject(reply.error)
    else waiting?.resolve(reply.result)
  }

  #end(error: unknown): void {
    threads.delete(this)
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

/** This module; run from its source, a thread first needs the TypeScript loader of the tests. */
function entry(): URL {
  const own = import.meta.url
  if (own.endsWith('.js')) return new URL(own)
  const loader = pathToFileURL(createRequire(own).resolve('tsx/esm/api')).href
  const script = `import { register } from '${loader}'; register(); await import('${own}')`
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`)
}

function serve(port: NonNullable<typeof parentPort>): void {
  port.on('message', ({ id, name, args }: Job) => {
    // The row's own types were checked where offload was called.
    const primitive = slow[name] as (...args: readonly unknown[]) => unknown
    Promise.resolve()
      .then(() => primitive(...args))
      .then(
        (result) => port.postMessage({ id, result } satisfies Reply),
        (error: unknown) => port.postMessage({ id, error } satisfies Reply),
      )
  })
}

// Somebody else's worker thread may import the library too: hence the role.
if (!isMainThread && parentPort && workerData === role) serve(parentPort)
