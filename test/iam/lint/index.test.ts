import assert from 'node:assert/strict'
import { lintPolicy, rules } from '../../../lib/iam/lint/index.ts'
import { textsOf, vectors } from './vectors.ts'

describe('lintPolicy', () => {
  it('has a policy that triggers each rule, and one that nearly does', () => {
    assert.deepEqual(Object.keys(vectors).sort(), rules.map(({ id }) => id).sort())
  })

  for (const rule of rules) {
    const vector = vectors[rule.id]
    if (!vector) continue
    const { wrong, right } = textsOf(vector)

    it(`finds ${rule.id}, and nothing else`, () => {
      const findings = lintPolicy(wrong)
      assert.deepEqual(
        findings.map(({ rule: id, severity, path }) => ({ id, severity, path })),
        [{ id: rule.id, severity: rule.severity, path: vector.path }],
      )
      const [{ line, message, fix } = { line: 0, message: '', fix: '' }] = findings
      assert.equal(wrong.split('\n')[line - 1]?.trim(), vector.at)
      assert.ok(message.length > 10 && fix.length > 10)
    })

    it(`finds nothing where ${rule.id} is nearly so`, () => {
      assert.deepEqual(lintPolicy(right), [])
    })
  }
})
