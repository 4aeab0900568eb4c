/** Runs the command: the built one as its users do, or in this process, which takes no start. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../../lib/cli/run-command.ts'

const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

export interface RunOptions {
  readonly stdin?: Buffer | string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export function start(args: readonly string[], { env, cwd }: RunOptions = {}): ChildProcess {
  return spawn(process.execPath, [command, ...args], { env: { ...process.env, ...env }, cwd })
}

/** In this process, unless it reads stdin. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return options.stdin === undefined ? runHere(args, options) : runProcess(args, options)
}

/** For what depends on the process: how it starts, waits and ends. */
export async function runProcess(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const child = start(args, options)
  const output: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] }
  child.stdout?.on('data', (chunk: Buffer) => output.stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.stderr.push(chunk))
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.stdin ?? '')
  const [code] = (await once(child, 'close')) as [number | null]
  return {
    code,
    stdout: Buffer.concat(output.stdout),
    stderr: Buffer.concat(output.stderr).toString(),
  }
}

async function runHere(args: readonly string[], { env, cwd }: RunOptions): Promise<Finished> {
  const stdout = new Captured(process.stdout)
  const stderr = new Captured(process.stderr)
  const before = { exitCode: process.exitCode, env: process.env, cwd: process.cwd() }
  process.exitCode = 0
  process.env = { ...process.env, ...env }
  if (cwd !== undefined) process.chdir(cwd)
  try {
    await runCommand(args)
    return { code: process.exitCode, stdout: stdout.bytes, stderr: stderr.bytes.toString() }
  } finally {
    process.chdir(before.cwd)
    process.env = before.env
    process.exitCode = before.exitCode
    stdout.release()
    stderr.release()
  }
}

/** A stream of this process that for a while keeps what is written to it, and is no terminal. */
class Captured {
  readonly #stream: NodeJS.WriteStream
  readonly #chunks: Buffer[] = []

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
    const write = (chunk: string | Uint8Array) => this.#chunks.push(Buffer.from(chunk)) > 0
    // Own members, which hide those of the stream's class and go when they are deleted.
    Object.defineProperty(stream, 'write', { value: write, configurable: true })
    Object.defineProperty(stream, 'isTTY', { value: false, configurable: true })
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  release(): void {
    Reflect.deleteProperty(this.#stream, 'write')
    Reflect.deleteProperty(this.#stream, 'isTTY')
  }
}
