/**
 * Runs what docs/custom-key-stores.md tells a reader to run, beside a server and a proxy that were
 * started as it says.
 */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fencesOf } from './support/fences.ts'
import { hasProgram, plainEnvironment, root, runToEnd } from './support/programs.ts'

const page = readFileSync(join(root, 'docs/custom-key-stores.md'), 'utf8')
const [proxyFence, ...session] = fencesOf(page).filter(({ language }) => language === 'sh')

const missing = ['bash', 'curl', 'aws'].filter((program) => !hasProgram(program))
const because = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`

describe('docs/custom-key-stores.md', () => {
  const children: ChildProcess[] = []
  const ports = { server: '', proxy: '' }
  let folder: string

  /** The page's ports are the usual ones; the tests have others. */
  const atPorts = (text: string) =>
    text.replaceAll(':4599', `:${ports.server}`).replaceAll(':4600', `:${ports.proxy}`)

  /** The port in the one line that says where a command listens. */
  async function started(args: readonly string[]): Promise<{ line: string; port: string }> {
    const env = plainEnvironment({ ENCLAVE_KMS_PORT: '0' })
    const child = spawn(process.execPath, args, { cwd: root, env })
    children.push(child)
    const [bytes] = (await once(child.stdout, 'data')) as [Buffer]
    const line = bytes.toString()
    return { line, port: /:(\d+)\n$/.exec(line)?.[1] ?? '' }
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-key-stores-'))
    ports.server = (await started(['dist/cli/main.js', 'serve'])).port
  })
  after(async () => {
    for (const child of children) {
      child.kill()
      if (child.exitCode === null) await once(child, 'exit')
    }
    rmSync(folder, { recursive: true })
  })

  it('starts the proxy', async () => {
    const args = proxyFence!.text.trim().replace('--port 4600', '--port 0').split(' ').slice(1)
    const { line, port } = await started(args)
    ports.proxy = port
    assert.equal(line, atPorts(proxyFence!.output ?? ''))
  })

  const test = missing.length === 0 ? it : it.skip
  test(`has commands that do what it shows${because}`, async function () {
    this.timeout(120_000)
    const script = session.map(({ text }) => `echo '@@ begins'\n${atPorts(text)}echo '@@ ends'`)
    const shell = ['-o', 'pipefail', '-c', `exec 2>&1\n${script.join('\n')}`]
    const env = plainEnvironment({
      HOME: folder,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${ports.server}`,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: '111122223333',
      AWS_SECRET_ACCESS_KEY: 'anything',
      AWS_MAX_ATTEMPTS: '1',
    })
    const { stdout } = await runToEnd('bash', shell, { cwd: folder, env })
    const shown = [...stdout.matchAll(/^@@ begins\n([^]*?)\n?@@ ends$/gm)]
    assert.ok(session.length >= 4)
    assert.deepEqual(
      shown.map(([, text = '']) => text.trim()),
      session.map(({ output = '' }) => output.trim()),
    )
  })
})
