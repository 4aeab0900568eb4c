/** Programs that some tests need and a machine may lack, and how to run one to its end. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The project's root, with a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version']).status === 0
}

/** The environment without what this machine's user has set for AWS. */
export function plainEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))
  return { ...Object.fromEntries(own), ...more }
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export async function runToEnd(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; stdin?: string; timeout?: number } = {},
): Promise<Ended> {
  const { stdin = '', ...rest } = options
  const child = spawn(program, args, rest)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  child.stdin.end(stdin)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}

/** A TypeScript program, as `npx tsx` runs it. */
export function runTypeScript(
  path: string,
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm'))
  return runToEnd(process.execPath, ['--import', loader.href, path], options)
}
