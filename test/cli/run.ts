/** Runs the built command as its users do. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { buildCommand } from '../../lib/cli/command.ts'
import { Exit } from '../../lib/cli/exit.ts'

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

export async function run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
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

/** What a command ends with that refuses what it is given: in this process, where it takes no time. */
export async function refusalOf(args: readonly string[]): Promise<{ code: number; line: string }> {
  try {
    await buildCommand().parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof Exit) return { code: error.code, line: error.message }
    throw error
  }
  throw new Error(`${args.join(' ')} was not refused`)
}
