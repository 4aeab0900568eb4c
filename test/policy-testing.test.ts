/** docs/policy-testing.md shows what its commands print: scripts/record-page.ts made it so. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInShell, withOutput } from '../scripts/record-page.ts'
import { fencesOf } from './support/fences.ts'
import { hasProgram, root } from './support/programs.ts'

describe('docs/policy-testing.md', () => {
  const page = readFileSync(join(root, 'docs/policy-testing.md'), 'utf8')
  const hasBash = hasProgram('bash')
  const test = hasBash ? it : it.skip

  test(`shows what its commands print${hasBash ? '' : ' (skipped: no bash)'}`, () => {
    assert.equal(withOutput(page, runInShell), page)
  })

  it('shows a case that fails, and why', () => {
    const [first] = fencesOf(page).filter(({ language }) => language === 'sh')
    assert.match(first?.text ?? '', /^npx enclave-kms policy test examples\/policy-tests/)
    assert.match(first?.output ?? '', /✗ .*\n +expected .*\n +actual .*\n +because /)
  })
})
