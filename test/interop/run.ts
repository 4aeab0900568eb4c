/**
 * Installs a client and runs its program beside a server. It happens in a copy of the client's
 * folder, which stays, so that a second run is quick: below node_modules, where git sees nothing, or
 * in the folder that INTEROP_CACHE names.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { plainEnvironment, root, runToEnd } from '../support/programs.ts'
import type { Client } from './clients.ts'

const cache = resolve(process.env.INTEROP_CACHE ?? join(root, 'node_modules', '.cache', 'interop'))

/** How long a program may take: the AWS CLI starts twenty times in its. */
const programTimeoutMs = 180_000

/** What a step of a program saw, by member. */
export type Step = Readonly<Record<string, unknown>>

/** A program's one line of JSON: what each of its steps saw. */
export type Steps = Readonly<Record<string, Step>>

/** Throws with the output of a command that fails. */
export async function install(client: Client): Promise<void> {
  const source = join(root, 'test', 'interop', client.folder)
  // Modification times too: cargo compiles again what looks newer.
  cpSync(source, folderOf(client), { recursive: true, preserveTimestamps: true })
  for (const command of client.install) await finished(client, command, process.env)
}

/** `variables` are what its program finds in its environment, beside what AWS's clients read. */
export async function run(
  client: Client,
  variables: Readonly<Record<string, string>>,
): Promise<Steps> {
  const scratch = mkdtempSync(join(tmpdir(), 'enclave-kms-interop-'))
  try {
    const env = environment({ ...variables, INTEROP_SCRATCH: scratch })
    const stdout = await finished(client, client.run, env, programTimeoutMs)
    return JSON.parse(stdout) as Steps
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

function folderOf({ folder }: Client): string {
  return join(cache, folder)
}

async function finished(
  client: Client,
  [program, ...args]: Client['run'],
  env: NodeJS.ProcessEnv,
  timeout = 0,
): Promise<string> {
  const options = { cwd: folderOf(client), env: { ...env, ...client.env }, timeout }
  const { code, stdout, stderr } = await runToEnd(program, args, options)
  if (code === 0) return stdout
  throw new Error(`${program} ${args.join(' ')}: exit code ${code ?? 'none'}\n${stdout}${stderr}`)
}

/** Nothing of the user's own settings for AWS, and no way out of this machine. */
function environment(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return plainEnvironment({
    AWS_CONFIG_FILE: join(cache, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(cache, 'no-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
    ...variables,
  })
}
