/**
 * Starts the programs that are measured, each as a process of its own: the built server, the bare
 * one, and single commands. One that fails is an error with what it wrote to stderr.
 */
import { existsSync, readFileSync } from 'node:fs'
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Endpoint } from './load.ts'

export const enclaveKms = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
export const bareServer = fileURLToPath(new URL('bare.mjs', import.meta.url))

export interface Server {
  readonly endpoint: Endpoint
  /** The processor time that all its threads have used, in milliseconds, where Linux says so. */
  readonly cpuMs: () => number | undefined
}

export interface RunningServer extends Server {
  readonly stop: () => Promise<void>
}

/** Runs a server with node; it is there once it has said on stdout where it listens. */
export async function startServer(args: readonly string[]): Promise<RunningServer> {
  const child = start(args)
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (part) => {
      text += String(part)
      const found = / listening on (http:\S+)\n/.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
    ended(child, args).then(() => reject(new Error(`node ${args.join(' ')} has ended`)), reject)
  })
  return {
    endpoint: endpointOf(url),
    cpuMs: () => cpuMsOf(child.pid ?? 0),
    async stop() {
      if (child.exitCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}

/** proc_pid_stat(5): utime and stime, in hundredths of a second, follow the name in parentheses. */
function cpuMsOf(pid: number): number | undefined {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return undefined
  const fields = readFileSync(file, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** How long node takes with a command, from its start to its end, in milliseconds. */
export async function timeCommand(args: readonly string[]): Promise<number> {
  const startedMs = performance.now()
  const child = start(args)
  child.stdout.resume()
  await ended(child, args)
  return performance.now() - startedMs
}

export function endpointOf(url: string): Endpoint {
  const { protocol, hostname, port, pathname } = new URL(url)
  if (protocol !== 'http:' || pathname !== '/') throw new Error(`${url}: want http://host:port`)
  return { host: hostname, port: Number(port === '' ? '80' : port) }
}

type Child = ChildProcessByStdio<null, Readable, Readable>

/** Settings of whoever runs the bench are not those of the program that is measured. */
function start(args: readonly string[]): Child {
  const settings = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('ENCLAVE_KMS_') && name !== 'NODE_OPTIONS',
  )
  return spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: Object.fromEntries(settings),
  })
}

/** Fulfilled when the program has ended well, or because it was told to. */
async function ended(child: Child, args: readonly string[]): Promise<void> {
  let words = ''
  child.stderr.on('data', (part) => (words += String(part)))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0 && code !== null) {
    throw new Error(`node ${args.join(' ')} ended with ${code}: ${words.trim()}`)
  }
}
