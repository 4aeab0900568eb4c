/**
 * Runs what the README and docs/config.md tell a reader to run, as a reader would: the commands in
 * one shell, beside a server that was started as the README says, and the snippets as programs.
 */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { parseConfig } from '../lib/config/config.ts'
import { withTable } from '../scripts/make-operations-table.ts'
import { hasPythonModule } from './http/signing.ts'
import { fencesOf } from './support/fences.ts'
import { hasProgram, plainEnvironment, root, runToEnd, runTypeScript } from './support/programs.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const fences = fencesOf(readme)
const commands = fences.filter(({ language }) => language === 'sh')
const [both, start, ...session] = commands

/** A clone that has been built, in which commands may write, and a project that has it installed. */
function makeClone(): string {
  const clone = mkdtempSync(join(tmpdir(), 'enclave-kms-readme-'))
  cpSync(join(root, 'examples'), join(clone, 'examples'), { recursive: true })
  mkdirSync(join(clone, 'node_modules'))
  const link = (from: string, to: string) =>
    symlinkSync(join(root, from), join(clone, to), 'junction')
  link('dist', 'dist')
  link('', 'node_modules/enclave-kms')
  link('node_modules/@aws-sdk', 'node_modules/@aws-sdk')
  return clone
}

/** Of the README's config. */
const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'

function snippet(language: string): string {
  const found = fences.filter((fence) => fence.language === language)
  assert.equal(found.length, 1, `README.md has one block of ${language}`)
  return found[0]?.text ?? ''
}

describe('README.md', () => {
  let clone: string
  let server: ChildProcess
  let port: string

  /** The README's port is the usual one; the tests' server has another. */
  const atPort = (text: string) => text.replaceAll(':4599', `:${port}`)

  const environment = (more: Readonly<Record<string, string>> = {}) =>
    plainEnvironment({ HOME: clone, AWS_MAX_ATTEMPTS: '1', ...more })

  before(async () => {
    clone = makeClone()
    // `npm start -- …`, but for the preparation, which `npm test` has just made.
    const args = /^npm start -- (.+)\n$/.exec(start?.text ?? '')?.[1]?.split(' ')
    assert.ok(args)
    const command = ['dist/cli/main.js', 'serve', ...args]
    const env = plainEnvironment({ ENCLAVE_KMS_PORT: '0' })
    server = spawn(process.execPath, command, { cwd: clone, env })
    const [line] = (await once(server.stdout!, 'data')) as [Buffer]
    port = /:(\d+)\n$/.exec(line.toString())?.[1] ?? ''
    assert.equal(line.toString(), atPort(start?.output ?? ''))
  })

  after(async () => {
    server.kill()
    if (server.exitCode === null) await once(server, 'exit')
    rmSync(clone, { recursive: true })
  })

  it('names the two commands first, as package.json has them', () => {
    assert.match(both?.text ?? '', /^npm start #.*\nnpm test {2}#.*\n$/)
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    assert.equal(scripts.start, 'node scripts/start.mjs')
    assert.ok(scripts.test)
  })

  const missing = ['bash', 'curl', 'aws'].filter((program) => !hasProgram(program))
  const because = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`
  const test = missing.length === 0 ? it : it.skip

  test(`has commands that do what it shows${because}`, async function () {
    this.timeout(120_000)
    const mark = (index: number) => `@@ ${String(index)}`
    const script = session.map(
      ({ text }, index) => `echo '${mark(index)}'\n${atPort(text)}echo "@@ ended with $?"`,
    )
    const shell = ['-o', 'pipefail', '-c', `exec 2>&1\n${script.join('\n')}`]
    const { stdout } = await runToEnd('bash', shell, { cwd: clone, env: environment() })
    assert.ok(session.length >= 8)
    for (const [index, { text, output }] of session.entries()) {
      const from = stdout.indexOf(`${mark(index)}\n`)
      const [, shown = '', code] =
        /^@@ \d+\n([^]*?)\n?@@ ended with (\d+)$/m.exec(stdout.slice(from)) ?? []
      const refused = output?.includes('An error occurred') ?? false
      assert.equal(code === '0', !refused, `${text}\n${shown}`)
      if (output !== undefined) assert.equal(comparable(shown), comparable(atPort(output)), text)
    }
  })

  const js = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' }

  it('has a JavaScript snippet that reaches the server', async () => {
    const path = join(clone, 'snippet.mjs')
    writeFileSync(path, `${atPort(snippet('js'))}console.log(Keys?.[0]?.KeyId)\nkms.destroy()\n`)
    const { stdout, stderr } = await runTypeScript(path, { env: environment(js) })
    assert.equal(stdout, `${keyId}\n`, stderr)
  })

  const python = hasPythonModule('boto3')
  const pythonTest = python ? it : it.skip
  pythonTest(
    `has a Python snippet that reaches the server${python ? '' : ' (skipped: no boto3)'}`,
    async () => {
      const env = environment({ ...js, AWS_DEFAULT_REGION: 'us-east-1' })
      const program = `${atPort(snippet('python'))}print(keys[0]["KeyId"])`
      const { stdout, stderr } = await runToEnd('python3', ['-c', program], { env })
      assert.equal(stdout, `${keyId}\n`, stderr)
    },
  )

  it('has a snippet for tests that runs in a project that has it installed', async () => {
    const path = join(clone, 'snippet.mts')
    writeFileSync(path, snippet('ts'))
    const { stdout, stderr } = await runTypeScript(path, { env: environment() })
    assert.equal(stdout, '32 bytes that only the enclave could open\n', stderr)
  })

  it('has snippets for the other SDKs, with the endpoint in them', () => {
    for (const language of ['go', 'rust', 'java']) {
      assert.ok(snippet(language).includes('http://127.0.0.1:4599'), language)
    }
  })

  it('has the table of operations that the sources give', () => {
    assert.equal(readme, withTable(readme), 'run `npx tsx scripts/make-operations-table.ts`')
  })
})

/** What a command printed, without what the CLI's versions differ in. */
function comparable(text: string): string {
  return text.replace(/^aws: \[ERROR\]: /m, '').trim()
}

describe('docs/config.md', () => {
  const page = readFileSync(join(root, 'docs/config.md'), 'utf8')

  it('shows a config that is one', async () => {
    const [shown] = fencesOf(page).filter(({ language }) => language === 'yaml')
    const config = await parseConfig(parseYaml(shown?.text ?? ''), {
      baseDir: root,
      readFile: (path) => readFileSync(path),
    })
    assert.deepEqual(
      config.keys.map(({ aliases }) => aliases),
      [['alias/app']],
    )
  })

  it('shows quotas that are some', async () => {
    const [, shown] = fencesOf(page).filter(({ language }) => language === 'yaml')
    const { quotas } = await parseConfig(parseYaml(shown?.text ?? ''), {
      baseDir: root,
      readFile: (path) => readFileSync(path),
    })
    assert.deepEqual([quotas?.defaults, quotas?.requestRates.CreateKey], [true, 1])
  })

  it('names every flag of serve and every command', async () => {
    const help = async (...args: string[]) => {
      const main = join(root, 'dist/cli/main.js')
      return (await runToEnd(process.execPath, [main, ...args, '--help'])).stdout
    }
    const flags = [...(await help('serve')).matchAll(/^ +(--[a-z-]+)/gm)].map(([, name]) => name)
    const names = [...(await help()).matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name)
    assert.ok(flags.length >= 9 && names.length >= 5)
    for (const name of [...flags, ...names]) {
      if (name !== 'help') assert.match(page, new RegExp(`\`${String(name)}\\b`))
    }
  })
})

describe('links', () => {
  for (const page of [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'docs/architecture.md',
    'docs/attestation-codes.md',
    'docs/config.md',
    'docs/eif.md',
    'docs/fidelity.md',
    'docs/identities.md',
    'docs/policy-cases.md',
    'docs/policy-explain.md',
    'docs/request-context.md',
    'examples/README.md',
    'policies/README.md',
  ]) {
    it(`of ${page} lead somewhere`, () => {
      const text = readFileSync(join(root, page), 'utf8')
      const targets = [...text.matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)].map(([, to = '']) => to)
      const local = targets.filter((to) => !/^https?:/.test(to))
      assert.deepEqual(
        local.filter((to) => !existsSync(join(root, dirname(page), to))),
        [],
      )
    })
  }
})
