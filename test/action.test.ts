/**
 * The GitHub Action: action.yml, and the program that a runner starts, with the inputs as a runner
 * passes them.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { inProject } from '../scripts/record-page.ts'
import { fencesOf } from './support/fences.ts'
import { hasProgram, root, runToEnd } from './support/programs.ts'

interface Metadata {
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly default: string }>
  >
  readonly runs: { readonly using: string; readonly main: string }
}

interface Workflow {
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly steps: readonly {
          readonly uses?: string
          readonly with?: Record<string, unknown>
        }[]
      }
    >
  >
}

const metadata = parseYaml(readFileSync(join(root, 'action.yml'), 'utf8')) as Metadata
const page = readFileSync(join(root, 'docs/policy-ci.md'), 'utf8')

/** Runs the action with its defaults, but for what is given. */
function act(given: Readonly<Record<string, string>>) {
  const inputs = Object.entries(metadata.inputs).map(([name, row]) => [
    `INPUT_${name.toUpperCase()}`,
    given[name] ?? row.default,
  ])
  const env = {
    ...process.env,
    ...(Object.fromEntries(inputs) as Record<string, string>),
    GITHUB_WORKSPACE: root,
  }
  return runToEnd(process.execPath, [metadata.runs.main], { cwd: root, env })
}

describe('action.yml', () => {
  it('names a program that is there, for a Node that runs TypeScript', () => {
    assert.equal(metadata.runs.using, 'node24')
    assert.ok(readFileSync(join(root, metadata.runs.main)).length > 0)
  })

  it('has the inputs that docs/policy-ci.md lists, with their defaults', () => {
    const listed = [...page.matchAll(/^\| `([a-z-]+)` +\| (?:`(.*?)`)? *\|/gm)]
    assert.deepEqual(
      Object.fromEntries(listed.map(([, name, value = '']) => [name, value])),
      Object.fromEntries(Object.entries(metadata.inputs).map(([name, row]) => [name, row.default])),
    )
  })

  it('takes what the workflow of docs/policy-ci.md gives it', () => {
    const [workflow] = fencesOf(page).filter(({ language }) => language === 'yaml')
    const { jobs } = parseYaml(workflow?.text ?? '') as Workflow
    const steps = Object.values(jobs).flatMap((job) => job.steps)
    const step = steps.find(({ uses }) => uses?.startsWith('enclave-kms/enclave-kms@'))
    assert.ok(step?.with)
    for (const name of Object.keys(step.with)) assert.ok(name in metadata.inputs, name)
  })
})

describe('docs/policy-ci.md', () => {
  const hasBash = hasProgram('bash')
  const test = hasBash ? it : it.skip

  test(`has commands for a shell that run${hasBash ? '' : ' (skipped: no bash)'}`, async () => {
    const [commands] = fencesOf(page).filter(({ language }) => language === 'sh')
    assert.ok(commands)
    const { code, stdout } = await runToEnd('bash', ['-c', inProject(commands.text)], { cwd: root })
    assert.equal(code, 0, stdout)
    assert.match(stdout, /\d+ passed in \d+ files/)
  })
})

describe('the action', () => {
  it('passes the policies of this project, at full coverage and with every change noticed', async () => {
    const demands = { 'min-coverage': '100', 'min-mutation-score': '100' }
    const { code, stdout } = await act({ paths: 'policies', ...demands })
    assert.equal(code, 0, stdout)
    assert.match(stdout, /^cases: [1-9]\d* passed, 0 failed$/m)
    assert.doesNotMatch(stdout, /^::(?:error|warning)/m)
  })

  it('annotates the cases that fail and the policy that does not protect, and fails', async () => {
    const { code, stdout } = await act({ paths: 'examples/policy-tests/failing' })
    assert.equal(code, 1)
    const file = 'file=examples/policy-tests/failing/app-key'
    assert.match(
      stdout,
      new RegExp(`^::error ${file}\\.json,line=\\d+,title=.*new image may decrypt`, 'm'),
    )
    assert.match(
      stdout,
      new RegExp(`^::error ${file}\\.json,line=8,title=unattested-access::`, 'm'),
    )
  })

  it('leaves the lint out when it is told to', async () => {
    const { stdout } = await act({ paths: 'examples/policy-tests/failing', lint: 'false' })
    assert.doesNotMatch(stdout, /unattested-access/)
  })

  it('takes several paths, one a line', async () => {
    const paths = 'policies/image-pinned.cases.yaml\n  policies/signer-pinned.cases.yaml\n'
    const { code, stdout } = await act({ paths })
    assert.equal(code, 0, stdout)
    assert.match(stdout, /title=signer-only::/)
  })

  const globs = 'want one a line, without globs'
  const percent = 'want a whole number from 0 to 100, without a percent sign'
  for (const [what, inputs, messages] of [
    ['no paths', { paths: ' \n' }, ['paths: want at least one file or folder']],
    ['an answer that is neither yes nor no', { lint: 'perhaps' }, ['lint: want true or false']],
    [
      'a path that is not there, and a glob',
      { paths: 'policies l\npolicies\npolicies/*.yaml' },
      [
        `paths: no such file or folder: policies l; ${globs}`,
        `paths: no such file or folder: policies/*.yaml; ${globs}`,
      ],
    ],
    [
      'minimums that are no percentages',
      { 'min-coverage': 'abc', 'min-mutation-score': '90%' },
      [`min-coverage: ${percent}, got abc`, `min-mutation-score: ${percent}, got 90%25`],
    ],
  ] as const) {
    it(`refuses ${what}, in an annotation each, before anything runs`, async () => {
      const { code, stdout, stderr } = await act(inputs)
      assert.deepEqual([code, stderr], [1, ''])
      assert.equal(stdout, messages.map((message) => `::error::${message}\n`).join(''))
    })
  }
})
