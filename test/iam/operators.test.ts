import assert from 'node:assert/strict'
import { compileCondition } from '../../lib/iam/condition.ts'
import { operatorCases } from './cases/operators.ts'
import { contextOf } from './support.ts'

describe('condition operators', () => {
  for (const [clause, title, operator, expected, actual, holds] of operatorCases) {
    it(`${operator}: ${title} [${clause}]`, () => {
      const condition = compileCondition(
        { operator, key: 'Example:Key', expected },
        '2012-10-17',
        '',
      )
      assert.equal(condition.holds(contextOf({ 'example:KEY': actual })), holds)
    })
  }
})
