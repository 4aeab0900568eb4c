/** docs/policy-testing.md shows what its commands print: scripts/record-page.ts made it so. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInShell, withOutput } from '../scripts/record-page.ts'
import { fencesOf } from './support/fences.ts'
import { hasProgram, root } from './support/programs.ts'

const hasBash = hasProgram('bash')
const test = hasBash ? it : it.skip
const because = hasBash ? '' : ' (skipped: no bash)'

describe('README.md', () => {
  test(`has a command for policies that runs in a clone${because}`, () => {
    const [block] = fencesOf(readFileSync(join(root, 'README.md'), 'utf8')).filter(
      ({ language }) => language === 'bash',
    )
    assert.match(runInShell(block?.text ?? ''), /\n20 passed, 2 failed in 4 files\n$/)
  })
})

describe('docs/policy-testing.md', () => {
  const page = readFileSync(join(root, 'docs/policy-testing.md'), 'utf8')
  test(`shows what its commands print${because}`, () => {
    assert.equal(withOutput(page, runInShell), page)
  })

  it('shows a case that fails, and why', () => {
    const [first] = fencesOf(page).filter(({ language }) => language === 'sh')
    assert.match(first?.text ?? '', /^npx enclave-kms policy test examples\/policy-tests/)
    assert.match(first?.output ?? '', /✗ .*\n +expected .*\n +actual .*\n +because /)
  })
})
