/** Runs what docs/request-context.md shows: its config, and its program with what it prints. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse as parseYaml } from 'yaml'
import { parseConfig } from '../lib/config/config.ts'
import { globalRows } from '../lib/kms/context/global-keys.ts'
import { kmsRows } from '../lib/kms/context/kms-keys.ts'
import { fencesOf } from './support/fences.ts'
import { plainEnvironment, root, runTypeScript } from './support/programs.ts'

const page = readFileSync(join(root, 'docs/request-context.md'), 'utf8')

describe('docs/request-context.md', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-request-context-'))
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(
      join(root, 'node_modules/@aws-sdk'),
      join(folder, 'node_modules/@aws-sdk'),
      'junction',
    )
  })
  after(() => {
    rmSync(folder, { recursive: true })
  })

  it('shows a config that is one', async () => {
    const [shown] = fencesOf(page).filter(({ language }) => language === 'yaml')
    const { vpcEndpoints } = await parseConfig(parseYaml(shown?.text ?? ''), {
      baseDir: root,
      readFile: (path) => readFileSync(path),
    })
    assert.deepEqual(
      vpcEndpoints.map(({ id }) => id),
      ['vpce-1234abcd'],
    )
  })

  it('shows a program that prints what it shows', async function () {
    this.timeout(60_000)
    const [shown] = fencesOf(page).filter(({ language }) => language === 'ts')
    const path = join(folder, 'program.mts')
    const index = pathToFileURL(join(root, 'lib/index.ts')).href
    writeFileSync(path, (shown?.text ?? '').replace("'enclave-kms'", `'${index}'`))
    const { stdout, stderr } = await runTypeScript(path, { env: plainEnvironment() })
    assert.equal(stdout, shown?.output, stderr)
  })

  it('names no condition key that there is not', () => {
    const known = new Set([...Object.keys(globalRows), ...Object.keys(kmsRows)])
    const never = page.slice(page.indexOf('Never present'))
    const named = [...page.slice(0, -never.length).matchAll(/`((?:aws|kms):[A-Za-z]+)`/g)]
    assert.ok(named.length > 30)
    assert.deepEqual(
      named.map(([, name = '']) => name).filter((name) => !known.has(name) && !isStated(name)),
      [],
    )
  })
})

/** Keys that operations state themselves. */
function isStated(name: string): boolean {
  return name === 'kms:TrailingDaysWithoutKeyUsage'
}
