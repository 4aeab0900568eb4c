/**
 * Runs what docs/eif.md tells a reader to run, beside the image that its output is of, and holds its
 * list of codes to the sources.
 */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { readCasesFile } from '../../lib/cases/file.ts'
import { runCases } from '../../lib/cases/run.ts'
import { launchPcrs } from '../../lib/enclave/measure-launch.ts'
import { fencesOf } from '../support/fences.ts'
import { hasProgram, plainEnvironment, root, runToEnd } from '../support/programs.ts'
import { writeEif } from '../support/write-eif.ts'

const page = readFileSync(join(root, 'docs/eif.md'), 'utf8')
const fences = fencesOf(page)
const image = writeEif()

describe('docs/eif.md', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-eif-page-'))
    const main = join(root, 'dist/cli/main.js')
    const command = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`
    writeFileSync(join(folder, 'enclave-kms'), command)
    chmodSync(join(folder, 'enclave-kms'), 0o755)
    writeFileSync(join(folder, 'app.eif'), image)
  })
  after(() => rmSync(folder, { recursive: true }))

  const commands = fences.filter(({ language }) => language === 'sh')
  const bash = hasProgram('bash')
  for (const [index, { text, output }] of commands.entries()) {
    const test = bash ? it : it.skip
    const because = bash ? '' : ' (skipped: no bash)'
    test(`shows what command ${index + 1} prints${because}`, async () => {
      const path = `${folder}${delimiter}${process.env.PATH ?? ''}`
      const env = plainEnvironment({ PATH: path })
      const { code, stdout, stderr } = await runToEnd('bash', ['-c', text], { cwd: folder, env })
      assert.equal(code, 0, stderr)
      assert.equal(stdout, output)
    })
  }

  it('has cases that hold', async () => {
    const cases = fences.find(({ language }) => language === 'yaml')?.text ?? ''
    const policy = {
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:role/enclave-parent' },
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: {
          StringEquals: {
            'kms:RecipientAttestation:PCR0': launchPcrs(image).get(0)?.toString('hex'),
          },
        },
      },
    }
    writeFileSync(join(folder, 'app.cases.yaml'), cases)
    writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy))
    const file = await readCasesFile(join(folder, 'app.cases.yaml'), (path) => readFileSync(path))
    const results = await runCases(file, Date.now())
    assert.deepEqual(
      results.map(({ ok }) => ok),
      [true, true],
    )
  })

  it('has every code that the sources throw, and no other', () => {
    const thrown = new Set<string>()
    for (const folder of ['lib/codec/', 'lib/enclave/']) {
      for (const file of readdirSync(join(root, folder))) {
        const text = readFileSync(join(root, folder, file), 'utf8')
        for (const [, code = ''] of text.matchAll(/'(EIF_[A-Z]+(?:_[A-Z]+)*)'/g)) thrown.add(code)
      }
    }
    const documented = [...page.matchAll(/^\| `(EIF_[A-Z_]+)` +\|/gm)].map(([, code]) => code)
    assert.deepEqual(documented.sort(), [...thrown].sort())
  })
})
