/**
 * Runs what docs/identities.md tells a reader to run, beside a server that was started as it says.
 */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fencesOf } from './support/fences.ts'
import { hasProgram, plainEnvironment, root, runToEnd } from './support/programs.ts'

const page = readFileSync(join(root, 'docs/identities.md'), 'utf8')
const fences = fencesOf(page)
const [provider, serve, ...session] = fences.filter(({ language }) => language === 'sh')

const missing = ['bash', 'curl', 'aws'].filter((program) => !hasProgram(program))
const because = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`

describe('docs/identities.md', () => {
  let folder: string
  let server: ChildProcess
  let port: string

  const atPort = (text: string) => text.replaceAll(':4599', `:${port}`)

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-identities-'))
    const config = fences.find(({ language }) => language === 'yaml')
    writeFileSync(join(folder, 'identities.yaml'), config?.text ?? '')
    const script = /<<'END'\n([^]*)END\n/.exec(provider?.text ?? '')?.[1] ?? ''
    writeFileSync(join(folder, 'provider.mjs'), script)
    await runToEnd(process.execPath, ['provider.mjs'], { cwd: folder })
    const args = serve!.text.trim().split(' ').slice(2)
    const env = plainEnvironment({ ENCLAVE_KMS_PORT: '0' })
    server = spawn(process.execPath, [join(root, 'dist/cli/main.js'), ...args], {
      cwd: folder,
      env,
    })
    const [line] = (await once(server.stdout!, 'data')) as [Buffer]
    port = /:(\d+)\n$/.exec(line.toString())?.[1] ?? ''
    assert.equal(line.toString(), atPort(serve!.output ?? ''))
  })

  after(async () => {
    server.kill()
    if (server.exitCode === null) await once(server, 'exit')
    rmSync(folder, { recursive: true })
  })

  const test = missing.length === 0 ? it : it.skip
  test(`has commands that do what it shows${because}`, async function () {
    this.timeout(120_000)
    const script = session.map(({ text }) => `echo '@@ begins'\n${atPort(text)}echo '@@ ends'`)
    const shell = ['-o', 'pipefail', '-c', `exec 2>&1\n${script.join('\n')}`]
    const env = plainEnvironment({ HOME: folder, AWS_MAX_ATTEMPTS: '1' })
    const { stdout } = await runToEnd('bash', shell, { cwd: folder, env })
    const shown = [...stdout.matchAll(/^@@ begins\n([^]*?)\n?@@ ends$/gm)]
    assert.ok(session.length >= 4)
    assert.deepEqual(
      shown.map(([, text = '']) => comparable(text)),
      session.map(({ output = '' }) => comparable(output)),
    )
  })
})

/** What commands printed, without what the CLI's versions differ in. */
function comparable(text: string): string {
  return text
    .replace(/^aws: \[ERROR\]: /gm, '')
    .replace(/\n{2,}/g, '\n')
    .trim()
}
