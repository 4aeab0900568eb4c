import assert from 'node:assert/strict'
import { lintPolicy } from '../../../lib/iam/lint/index.ts'
import { policies, textOf } from './policies.ts'

describe('lintPolicy on policies as people write them', () => {
  for (const [name, statements, rules] of policies) {
    it(`${rules.length > 0 ? `finds ${rules.join(', ')} in` : 'finds nothing in'} ${name}`, () => {
      const findings = lintPolicy(textOf(statements))
      assert.deepEqual(
        findings.map(({ rule }) => rule),
        rules,
        JSON.stringify(findings, null, 2),
      )
    })
  }
})
