import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { rules } from '../../../lib/iam/lint/index.ts'
import { withRules } from '../../../scripts/make-lint-rules.ts'

const page = readFileSync(new URL('../../../docs/policy-lint.md', import.meta.url), 'utf8')

describe('docs/policy-lint.md', () => {
  it('has every rule, with the examples that are run', async () => {
    assert.equal(page, await withRules(page), 'run `npx tsx scripts/make-lint-rules.ts`')
    for (const { id } of rules) assert.ok(page.includes(`\n### ${id}\n`), id)
  })
})
