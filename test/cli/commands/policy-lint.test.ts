import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rules } from '../../../lib/iam/lint/index.ts'
import { keyArn } from '../../iam/support.ts'
import { textsOf, vectors } from '../../iam/lint/vectors.ts'
import { run } from '../run.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const vector = vectors['root-delegation']
assert.ok(vector)
const { wrong, right } = textsOf(vector)
const signed = textsOf(vectors['signer-only'] ?? vector).wrong

const casesOf = (policy: string, accept: readonly object[] = []) =>
  JSON.stringify({
    policy,
    key: { arn: keyArn },
    principals: { a: { arn: 'arn:aws:iam::111122223333:role/a' } },
    accept,
    cases: [{ name: 'nobody', principal: 'a', action: 'kms:Decrypt', expect: 'deny' }],
  })

describe('policy lint', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-lint-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  async function lint(files: Readonly<Record<string, string>>, ...args: string[]) {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const { code, stdout, stderr } = await run(['policy', 'lint', ...args], { cwd: folder })
    return { code, stdout: stdout.toString(), stderr }
  }

  it('says where, what and why, and what to write instead', async () => {
    const { code, stdout, stderr } = await lint({ 'a.json': wrong }, 'a.json')
    const line = wrong.split('\n').findIndex((text) => text.trim() === vector.at) + 1
    assert.equal(code, 1)
    assert.equal(
      stdout,
      `a.json:${line}: error: root-delegation\n` +
        '  Statement[1].Principal.AWS\n' +
        "  the account's identity policies can allow kms:Decrypt unattested\n" +
        '  fix: name the roles, and leave Decrypt and its like to a statement with conditions on PCRs\n',
    )
    assert.equal(stderr, '1 error in 1 policy\n')
  })

  it('says of a wrong file nothing that a terminal or a runner obeys', async () => {
    const { code, stderr } = await lint({}, 'a\n::stop-commands::\u009b.json')
    assert.equal(code, 2)
    assert.match(stderr, /^enclave-kms: a[^\n]*::stop-commands::\\u009b\.json: [^\n]*\n[^\n]*\n$/)
  })

  it('exits with 0 when there is nothing, or nothing but notes', async () => {
    const clean = await lint({ 'a.json': right }, 'a.json')
    assert.deepEqual(clean, { code: 0, stdout: '', stderr: 'nothing found in 1 policy\n' })
    const noted = await lint({ 'b.json': signed }, 'a.json', 'b.json')
    assert.equal(noted.code, 0)
    assert.match(noted.stdout, /^b\.json:\d+: note: signer-only\n/)
    assert.equal(noted.stderr, '1 note in 2 policies\n')
  })

  it('exits with 2 when a file cannot be read, and looks at the others', async () => {
    const { code, stdout, stderr } = await lint({ 'a.json': wrong }, 'b.json', 'a.json')
    assert.equal(code, 2)
    assert.match(stdout, /root-delegation/)
    assert.equal(
      stderr,
      'enclave-kms: b.json: cannot be read: ENOENT\n1 error in 1 policy, 1 file wrong\n',
    )
    writeFileSync(join(folder, 'c.json'), Buffer.from([0x7b, 0xff]))
    const { stderr: text } = await lint({}, 'c.json')
    assert.equal(text, 'enclave-kms: c.json: it is not UTF-8\n1 file wrong\n')
  })

  it('takes what AWS would not store for a finding', async () => {
    const { code, stdout } = await lint({ 'a.json': '{\n"Statement": [\n' }, 'a.json')
    assert.equal(code, 1)
    assert.match(
      stdout,
      /^a\.json:3: error: malformed-policy\n {2}Statement\[0\]\n {2}AWS does not store it: not JSON/,
    )
  })

  it('keeps to 100 columns, and prints nothing that a terminal would obey', async () => {
    const escape = '\\u001b[31m'
    const text = wrong.replaceAll('kms:DescribeKey', `kms:DescribeKey", "kms:${'A'.repeat(200)}`)
    const { stdout } = await lint({ 'a.json': text }, 'a.json')
    for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line)
    const key = JSON.parse(right) as { Statement: { Condition?: object }[] }
    for (const one of key.Statement) one.Condition = { StringEquals: { 'kms:ESC': 'b' } }
    const coloured = JSON.stringify(key).replaceAll('kms:ESC', `kms:${escape}`)
    const { stdout: shown } = await lint({ 'b.json': coloured }, 'b.json')
    assert.match(shown, /kms:\\u001b\[31m/)
    assert.equal(shown.includes('\u001b'), false)
  })

  it('prints JSON', async () => {
    const { code, stdout, stderr } = await lint({ 'a.json': wrong }, '--format', 'json', 'a.json')
    const { findings, ...more } = JSON.parse(stdout) as { findings: Record<string, unknown>[] }
    assert.deepEqual([code, stderr, more, findings.length], [1, '', {}, 1])
    const { message, fix, line, ...rest } = findings[0] ?? {}
    assert.deepEqual(rest, {
      file: 'a.json',
      rule: 'root-delegation',
      severity: 'error',
      path: 'Statement[1].Principal.AWS',
    })
    assert.deepEqual([typeof message, typeof fix, typeof line], ['string', 'string', 'number'])
    assert.deepEqual(Object.keys(findings[0] ?? {}), [
      ...['file', 'rule', 'severity', 'path', 'line', 'message', 'fix'],
    ])
  })

  it('prints SARIF, with help for every rule', async () => {
    const { stdout } = await lint({ 'a b.json': wrong }, '--format', 'sarif', 'a b.json', 'c.json')
    const log = JSON.parse(stdout) as Sarif
    assert.equal(log.version, '2.1.0')
    const [{ tool, results, invocations }] = log.runs
    assert.equal(tool.driver.name, 'enclave-kms policy lint')
    assert.deepEqual(
      tool.driver.rules.map(({ id }) => id),
      [...rules.map(({ id }) => id), 'unused-acceptance'],
    )
    for (const { help, shortDescription, defaultConfiguration } of tool.driver.rules) {
      assert.ok(help.text.length > 20 && shortDescription.text.endsWith('.'))
      assert.match(defaultConfiguration.level, /^(?:error|warning|note)$/)
    }
    const [result] = results
    assert.ok(result && results.length === 1)
    assert.equal(tool.driver.rules[result.ruleIndex]?.id, result.ruleId)
    const { artifactLocation, region } = result.locations[0].physicalLocation
    assert.deepEqual(artifactLocation, { uri: 'a%20b.json' })
    assert.ok(region.startLine > 1 && result.message.text.length > 20)
    const [{ executionSuccessful, toolExecutionNotifications }] = invocations
    assert.equal(executionSuccessful, false)
    assert.match(toolExecutionNotifications[0].message.text, /^c\.json: cannot be read/)
  })

  it('has colours where they are asked for, and none with --no-color', async () => {
    writeFileSync(join(folder, 'a.json'), wrong)
    const coloured = (...args: string[]) =>
      run(['policy', 'lint', 'a.json', ...args], { cwd: folder, env: { FORCE_COLOR: '1' } })
    assert.ok((await coloured()).stdout.includes('\u001b['))
    assert.ok(!(await coloured('--no-color')).stdout.includes('\u001b['))
  })

  it('says of a plan and of a template how cases name a key in it', async () => {
    const files = { 'plan.json': '{"planned_values":{}}', 'key.yaml': 'Resources:\n  A:\n' }
    const { code, stdout, stderr } = await lint(files, 'plan.json', 'key.yaml')
    assert.deepEqual([code, stdout], [2, ''])
    const [plan = '', template = '', last] = stderr.split('\n')
    assert.match(plan, /^enclave-kms: plan\.json: .* policy: \{ terraform: plan\.json, address: /)
    assert.match(
      template,
      /^enclave-kms: key\.yaml: .* policy: \{ cloudformation: key\.yaml, resource: /,
    )
    assert.equal(last, '2 files wrong')
  })

  describe('in a folder', () => {
    it('looks at the key policies that no cases name too, and at no other JSON', async () => {
      const files = {
        'a.json': right,
        'a.cases.yaml': casesOf('./a.json'),
        'extra.json': wrong,
        'package.json': '{"name":"a"}',
      }
      const { code, stdout, stderr } = await lint(files)
      assert.equal(code, 1)
      assert.match(stdout, /^extra\.json:\d+: error: root-delegation\n/)
      assert.equal(stderr, '1 error in 2 policies\n')
    })

    it('looks at policies without any cases', async () => {
      const { code, stderr } = await lint({ 'a.json': right }, '.')
      assert.deepEqual([code, stderr], [0, 'nothing found in 1 policy\n'])
    })

    it('leaves alone what cases read beside their policy', async () => {
      const cases = JSON.parse(casesOf('./a.json')) as { principals: { a: object } }
      cases.principals.a = { ...cases.principals.a, policies: ['./identity.json'] }
      const identity = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }],
      }
      const files = {
        'a.json': right,
        'a.cases.json': JSON.stringify(cases),
        'identity.json': JSON.stringify(identity),
      }
      assert.equal((await lint(files)).stderr, 'nothing found in 1 policy\n')
    })

    it('says that there is nothing to look at', async () => {
      const { code, stderr } = await lint({ 'package.json': '{}' })
      assert.equal(code, 2)
      assert.match(stderr, /^enclave-kms: no \*\.cases\.yaml below \.: [^\n]*\n$/)
    })
  })

  describe('with a file of cases', () => {
    it('blames a policy for its own mistake', async () => {
      const files = { 'a.json': '{\n"Statement": [\n', 'a.cases.yaml': casesOf('./a.json') }
      const { code, stderr } = await lint(files, 'a.cases.yaml')
      assert.equal(code, 2)
      assert.match(
        stderr,
        /^enclave-kms: a\.json:3:1: policy: .* \(of a\.cases\.yaml\)\n1 file wrong\n$/,
      )
    })

    const reason = 'this is meant'
    const accepted = { rule: 'root-delegation', reason }

    it('looks at the policy that it names, once', async () => {
      const files = { 'a.json': wrong, 'b.cases.yaml': casesOf('./a.json') }
      const { code, stdout, stderr } = await lint(files, 'b.cases.yaml', 'a.json')
      assert.equal(code, 1)
      assert.match(stdout, /^a\.json:\d+: error: root-delegation\n/)
      assert.equal(stderr, '1 error in 1 policy\n')
    })

    it('makes a note of what the cases beside a policy accept', async () => {
      const files = { 'a.json': wrong, 'a.cases.yaml': casesOf('./a.json', [accepted]) }
      const { code, stdout } = await lint(files, 'a.json')
      assert.equal(code, 0)
      assert.match(stdout, /^a\.json:\d+: note: root-delegation\n[^]*\(accepted: this is meant\)/)
      const { stdout: log } = await lint({}, '--format', 'sarif', 'a.json')
      const { runs } = JSON.parse(log) as Sarif
      assert.deepEqual(runs[0].results[0]?.suppressions, [
        { kind: 'external', status: 'accepted', justification: reason },
      ])
    })

    it('knows the key of the cases', async () => {
      const other = { Resource: keyArn.replace(/..$/, 'ff') }
      const policy = JSON.parse(right) as { Statement: object[] }
      const text = JSON.stringify({
        ...policy,
        Statement: policy.Statement.map((one, index) => ({ ...one, ...(index === 1 && other) })),
      })
      const files = { 'a.json': text, 'b.json': text, 'a.cases.yaml': casesOf('./a.json') }
      for (const name of ['a.json', 'a.cases.yaml']) {
        assert.match((await lint(files, name)).stdout, /^a\.json:1: warning: never-matches\n/)
      }
      assert.equal((await lint(files, 'b.json')).stdout, '')
    })

    it('warns of what is accepted and not found', async () => {
      const files = { 'a.json': right, 'a.cases.yaml': casesOf('./a.json', [accepted]) }
      const { code, stdout } = await lint(files, 'a.json')
      assert.equal(code, 1)
      assert.match(stdout, /^a\.cases\.yaml:1: warning: unused-acceptance\n {2}accept\[0\]\n/)
    })

    it('says of which statement nothing is found', async () => {
      const misspelt = { ...accepted, statement: 'Rooot' }
      const files = { 'a.json': wrong, 'a.cases.yaml': casesOf('./a.json', [misspelt]) }
      const { stdout } = await lint(files, 'a.json')
      assert.match(
        stdout,
        /no finding of root-delegation to accept in a statement with the Sid Rooot/,
      )
    })

    it('leaves alone what is about another policy, and reads none beside what is malformed', async () => {
      const other = {
        'a.json': wrong,
        'b.json': right,
        'a.cases.yaml': casesOf('b.json', [accepted]),
      }
      assert.match((await lint(other, 'a.json')).stdout, /^a\.json:\d+: error: root-delegation/)
      const broken = { 'a.json': '{}', 'a.cases.yaml': casesOf('./a.json') }
      assert.match((await lint(broken, 'a.json')).stdout, /^a\.json:1: error: malformed-policy/)
    })

    it('exits with 2 when the cases cannot be read', async () => {
      const { code, stderr } = await lint({ 'a.json': wrong, 'a.cases.yaml': 'cases: 1' }, 'a.json')
      assert.equal(code, 2)
      assert.match(stderr, /^enclave-kms: \S*a\.cases\.yaml: .*\n/)
    })
  })

  it('finds nothing but notes in policies/', async () => {
    const names = readdirSync(join(root, 'policies')).filter((name) => name.endsWith('.json'))
    const paths = names.map((name) => join('policies', name))
    const { code, stdout } = await run(['policy', 'lint', ...paths], { cwd: root })
    assert.equal(code, 0, stdout.toString())
  })
})

interface Sarif {
  readonly version: string
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly name: string; readonly rules: SarifRule[] } }
      readonly invocations: readonly [
        {
          readonly executionSuccessful: boolean
          readonly toolExecutionNotifications: readonly [{ readonly message: { text: string } }]
        },
      ]
      readonly results: readonly SarifResult[]
    },
  ]
}

interface SarifRule {
  readonly id: string
  readonly help: { readonly text: string }
  readonly shortDescription: { readonly text: string }
  readonly defaultConfiguration: { readonly level: string }
}

interface SarifResult {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly message: { readonly text: string }
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: object
        readonly region: { readonly startLine: number }
      }
    },
  ]
  readonly suppressions?: readonly object[]
}
