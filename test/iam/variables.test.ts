import assert from 'node:assert/strict'
import { compileCondition } from '../../lib/iam/condition.ts'
import { variableCases } from './cases/variables.ts'
import { contextOf } from './support.ts'

describe('policy variables', () => {
  for (const [clause, title, version, operator, value, actual, others, holds] of variableCases) {
    it(`${title} [${clause}]`, () => {
      const condition = compileCondition(
        { operator, key: 'example:key', expected: [value] },
        version,
        '',
      )
      assert.equal(condition.holds(contextOf({ 'example:key': actual, ...others })), holds)
    })
  }

  it('names the condition keys that it asks for', () => {
    const value = "${aws:UserName}-${kms:KeySpec, 'x'}"
    const condition = compileCondition(
      { operator: 'StringLike', key: 'aws:PrincipalArn', expected: [value] },
      '2012-10-17',
      '',
    )
    assert.deepEqual(condition.keys, ['aws:principalarn', 'aws:username', 'kms:keyspec'])
  })
})
