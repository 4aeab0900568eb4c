import assert from 'node:assert/strict'
import { checkBounds } from '../../../lib/iam/lint/bounds.ts'
import { viewStatement } from '../../../lib/iam/lint/statement-view.ts'
import { policyOf, roleArn } from '../support.ts'

function check(Condition: object): string | undefined {
  const statement = { Effect: 'Allow', Principal: { AWS: roleArn }, Action: 'kms:*', Resource: '*' }
  const [only] = policyOf('key', { ...statement, Condition }).statements
  assert.ok(only)
  return checkBounds(viewStatement(only))?.path
}

const days = 'kms:RotationPeriodInDays'

describe('checkBounds', () => {
  it('finds numbers that no request has', () => {
    const path = `Statement[0].Condition.NumericGreaterThan.${days}`
    assert.equal(
      check({ NumericGreaterThan: { [days]: '9' }, NumericLessThan: { [days]: '8' } }),
      path,
    )
    assert.equal(
      check({ NumericGreaterThan: { [days]: '9' }, NumericEquals: { [days]: '9' } }),
      path,
    )
  })

  it('finds nothing between bounds that leave room', () => {
    assert.equal(
      check({ NumericGreaterThan: { [days]: '8' }, NumericLessThan: { [days]: '9' } }),
      undefined,
    )
    assert.equal(check({ NumericGreaterThan: { [days]: '8' } }), undefined)
  })

  it('finds nothing in bounds that hold without the key, or that are longer than it reads', () => {
    assert.equal(
      check({
        NumericGreaterThanIfExists: { [days]: '9' },
        NumericLessThanIfExists: { [days]: '8' },
      }),
      undefined,
    )
    const many = Array.from({ length: 30 }, (_, index) => String(index))
    assert.equal(
      check({ NumericEquals: { [days]: many }, NumericLessThan: { [days]: '0' } }),
      undefined,
    )
  })
})
