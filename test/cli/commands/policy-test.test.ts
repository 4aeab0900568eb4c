/** `policy test` as its users run it, on the examples and in folders of its own. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, start, type RunOptions } from '../run.ts'
import { root } from '../../support/programs.ts'

const examples = 'examples/policy-tests'

async function policyTest(args: readonly string[], options: RunOptions = {}) {
  const env = { NO_COLOR: '1', GITHUB_WORKSPACE: '' }
  const { code, stdout, stderr } = await run(['policy', 'test', ...args], {
    cwd: root,
    env,
    ...options,
  })
  return { code, stdout: stdout.toString(), stderr }
}

describe('policy test', function () {
  this.timeout(60_000)
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-policy-test-'))
    cpSync(join(root, examples), folder, { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('exits with 0 when all hold', async () => {
    for (const path of ['app-key.cases.yaml', 'cloudformation', 'terraform']) {
      const { code, stdout, stderr } = await policyTest([`${examples}/${path}`])
      assert.deepEqual([code, stderr], [0, ''], stdout)
      assert.match(stdout, /\n\d+ passed in 1 file\n$/)
    }
  })

  it('exits with 1 when some do not, and shows a newcomer why, as docs/policy-cases.md does', async () => {
    const { code, stdout, stderr } = await policyTest([`${examples}/failing`])
    assert.deepEqual([code, stderr], [1, ''])
    const page = readFileSync(join(root, 'docs/policy-cases.md'), 'utf8')
    assert.ok(page.includes(`\`\`\`text\n${stdout}\`\`\`\n`), stdout)
    const whole = await policyTest([examples])
    assert.equal(whole.code, 1)
    assert.match(whole.stdout, / {2}✓ the enclave may decrypt\n/)
    assert.match(whole.stdout, / {2}✗ the new image may decrypt\n/)
  })

  it('prints a command that explains the failure', async () => {
    const { stdout } = await policyTest([`${examples}/failing`])
    const [, command = ''] =
      / enclave-kms (policy explain .*'the new image may decrypt')\n/.exec(stdout) ?? []
    const args = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, word]) => quoted ?? word ?? '',
    )
    const explained = await run(args, { cwd: root, env: { NO_COLOR: '1' } })
    assert.equal(explained.code, 1)
    assert.match(explained.stdout.toString(), /IMPLICIT DENY/)
  })

  it('exits with 2 for wrong files, one line each, and runs the others', async () => {
    writeFileSync(join(folder, 'a.cases.yaml'), 'policy: 1\n')
    writeFileSync(join(folder, 'b.cases.json'), '{')
    const { code, stdout, stderr } = await policyTest(['.'], { cwd: folder })
    assert.equal(code, 2)
    const [first, second, ...more] = stderr.split('\n')
    assert.equal(
      first,
      'enclave-kms: a.cases.yaml: policy: want a path or a document, got a number',
    )
    assert.match(second ?? '', /^enclave-kms: b\.cases\.json: .* at line 1$/)
    assert.deepEqual(more, [''])
    assert.match(stdout, /\n\d+ passed, 2 failed in 4 files, 2 files wrong\n$/)
  })

  it('says nothing that a terminal or a runner obeys, whatever a file or a member is called', async () => {
    const name = 'a\n::stop-commands::tok.cases.yaml'
    writeFileSync(join(folder, name), `{"x\\u001b[2J\\u0007\\u009b##[error]": 1}`)
    for (const reporter of ['spec', 'github']) {
      const { code, stderr } = await policyTest(['--reporter', reporter, name], { cwd: folder })
      assert.equal(code, 2)
      assert.match(stderr, /^enclave-kms: a[^\n]*::stop-commands::tok\.cases\.yaml: [^\n]*\n$/)
      assert.match(stderr, /x\\u001b\[2J\\u0007\\u009b#\\u0023\[error\]/)
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|##\[/)
    }
    const absent = await policyTest(['\u001b]0;x\u0007\n::error::y'], { cwd: folder })
    assert.match(absent.stderr, /^enclave-kms: \\u001b\]0;x\\u0007[^\n]*no such file or folder\n$/)
    const flag = await policyTest(['--x\u001b[2J\n::error::y'], { cwd: folder })
    assert.match(flag.stderr, /^enclave-kms: unknown option '--x\\u001b\[2J[^\n]*\n$/)
  })

  it('exits with 2 where there is nothing to run, and says how to make it', async () => {
    const { code, stdout, stderr } = await policyTest([], { cwd: join(root, 'certs') })
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(
      stderr,
      /^enclave-kms: no \*\.cases\.yaml below \.: make one [^\n]*, like app\.cases\.yaml: \{ [^\n]* \}\n$/,
    )
    const gone = await policyTest(['gone'])
    assert.deepEqual(gone, {
      code: 2,
      stdout: '',
      stderr: 'enclave-kms: gone: no such file or folder\n',
    })
  })

  it('says where there is nothing to run what else takes the policies that are there', async () => {
    const { code, stderr } = await policyTest([], { cwd: join(root, 'examples/first-enclave') })
    assert.equal(code, 2)
    assert.match(stderr, /\(policy lint takes key-policy\.json as it is\)/)
  })

  it('names the key policies that no cases are about, and lets the rest decide', async () => {
    cpSync(join(folder, 'app-key.json'), join(folder, 'extra.json'))
    const passing = await policyTest(['.'], { cwd: folder })
    assert.match(passing.stderr, /^no cases: extra\.json\n$/)
    writeFileSync(join(folder, 'a.cases.yaml'), 'policy: 1\n')
    const { stderr } = await policyTest(['.'], { cwd: folder })
    assert.doesNotMatch(stderr, /no cases/)
    rmSync(join(folder, 'failing'), { recursive: true })
    rmSync(join(folder, 'a.cases.yaml'))
    assert.equal((await policyTest(['.'], { cwd: folder })).code, 0)
  })

  it('says in the log what failed, where a program reads stdout', async () => {
    const path = `${examples}/failing`
    const words =
      `failed: ${path}/app-key.cases.yaml: the new image may decrypt: expected allow, got implicit-deny\n` +
      `failed: ${path}/app-key.cases.yaml: the administrator may not decrypt: expected deny, got allow\n` +
      '1 passed, 2 failed in 1 file\n'
    for (const [reporter, said] of Object.entries({
      junit: words,
      tap: words,
      json: words,
      github: '',
    })) {
      assert.equal((await policyTest([path, '--reporter', reporter])).stderr, said)
    }
  })

  it('blames a policy for its own mistake', async () => {
    writeFileSync(join(folder, 'app-key.json'), '{\n"Statement": [\n')
    const { code, stderr } = await policyTest(['app-key.cases.yaml'], { cwd: folder })
    assert.equal(code, 2)
    assert.match(
      stderr,
      /^enclave-kms: app-key\.json:3:1: policy: [^\n]*not JSON[^\n]* \(of app-key\.cases\.yaml\)\n$/,
    )
  })

  it('searches the current folder', async () => {
    const { code, stdout } = await policyTest([], { cwd: join(folder, 'terraform') })
    assert.equal(code, 0)
    assert.match(stdout, /^key\.cases\.yaml\n/)
  })

  it('prints by every reporter', async () => {
    const begins: Readonly<Record<string, RegExp>> = {
      spec: /^examples\/policy-tests\/failing\/app-key\.cases\.yaml\n/,
      tap: /^TAP version 14\n1\.\.3\n/,
      junit: /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /,
      json: /^\{\n {2}"passed": 1,\n {2}"failed": 2,\n/,
      github: /^::error file=examples\/policy-tests\/failing\/app-key\.json,line=11,/,
    }
    for (const [name, form] of Object.entries(begins)) {
      const { code, stdout } = await policyTest([`${examples}/failing`, '--reporter', name])
      assert.equal(code, 1)
      assert.match(stdout, form)
      assert.match(stdout, /[^\n]\n$/)
    }
  })

  it('names files from the repository’s folder for GitHub', async () => {
    const env = { GITHUB_WORKSPACE: folder }
    const { stdout } = await policyTest(['--reporter', 'github'], {
      cwd: join(folder, 'failing'),
      env,
    })
    assert.match(stdout, /^::error file=failing\/app-key\.json,line=11,/)
  })

  it('refuses another reporter and a minimum that is no percentage', async () => {
    const wrong = [
      ['--reporter', 'dots'],
      ['--min-coverage', '101'],
      ['--min-mutation-score', 'all'],
    ]
    for (const flags of wrong) {
      const { code, stderr } = await policyTest([...flags, examples])
      assert.equal(code, 2)
      assert.match(stderr, new RegExp(`^enclave-kms: [^\\n]*${String(flags[0])}[^\\n]*\\n$`))
    }
  })

  it('fails for a minimum that is not reached, and only for it', async () => {
    const path = `${examples}/terraform`
    const whole = [
      `${examples}/app-key.cases.yaml`,
      '--min-coverage',
      '100',
      '--min-mutation-score',
      '100',
    ]
    assert.equal((await policyTest(whole)).code, 0)
    assert.equal((await policyTest([path, '--coverage', '--mutate'])).code, 0)
    const { code, stdout, stderr } = await policyTest([path, '--min-coverage', '100'])
    assert.equal(code, 1)
    const [, percent] = / coverage (\d+) %: /.exec(stdout) ?? []
    assert.ok(Number(percent) < 100)
    assert.equal(
      stderr,
      `enclave-kms: ${path}/key.cases.yaml: coverage is ${String(percent)} %: want at least 100 %\n`,
    )
  })

  it('has colours where they are asked for, and none with --no-color', async () => {
    const env = { FORCE_COLOR: '1' }
    const path = `${examples}/terraform`
    assert.ok((await policyTest([path], { cwd: root, env })).stdout.includes('\u001b[32m✓'))
    assert.ok(
      !(await policyTest([path, '--no-color'], { cwd: root, env })).stdout.includes('\u001b'),
    )
  })

  it('watches: runs again when the policy changes, and ends with 0', async () => {
    const child = start(['policy', 'test', '--watch', 'failing'], {
      cwd: folder,
      env: { NO_COLOR: '1' },
    })
    let [stdout, stderr] = ['', '']
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const summary = async () => {
      while (!/\d+ passed.* in 1 file\n$/.test(stdout)) {
        const [chunk] = (await once(child.stdout!, 'data')) as [Buffer]
        stdout += chunk.toString()
      }
      const last = stdout.trimEnd().split('\n').at(-1)
      stdout = ''
      return last
    }
    try {
      assert.equal(await summary(), '1 passed, 2 failed in 1 file')
      const path = join(folder, 'failing', 'app-key.json')
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, text.replace('"kms:*"', '"kms:DescribeKey"'))
      assert.equal(await summary(), '2 passed, 1 failed in 1 file')
      const waiting = 'waiting for changes in failing; Ctrl+C ends\n'
      while (stderr.split(waiting).length < 3) await once(child.stderr!, 'data')
      assert.equal(stderr, `${waiting}changed: ${join('failing', 'app-key.json')}\n${waiting}`)
      rmSync(path)
      while (!stderr.includes('cannot read')) await once(child.stderr!, 'data')
      assert.match(stderr, /: policy: cannot read \.\/app-key\.json: ENOENT/)
      stdout = ''
      writeFileSync(path, text)
      assert.equal(await summary(), '1 passed, 2 failed in 1 file')
    } finally {
      child.kill('SIGINT')
    }
    const [code] = (await once(child, 'exit')) as [number | null]
    assert.equal(code, 0)
  })
})
