import assert from 'node:assert/strict'
import { checkOwnCallers } from '../../../lib/iam/lint/own-callers.ts'
import { viewStatement } from '../../../lib/iam/lint/statement-view.ts'
import { account, otherAccount, policyOf, roleArn, sessionArn, userArn } from '../support.ts'

function check(Principal: unknown, wanted: object): string | undefined {
  const statement = { Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }
  const [only] = policyOf('key', { ...statement, Condition: { StringEquals: wanted } }).statements
  assert.ok(only)
  return checkOwnCallers(viewStatement(only))?.path
}

describe('checkOwnCallers', () => {
  it('finds what none of the principals has', () => {
    const arn = 'Statement[0].Condition.StringEquals.aws:PrincipalArn'
    const number = 'Statement[0].Condition.StringEquals.aws:PrincipalAccount'
    assert.equal(check({ AWS: [roleArn, userArn] }, { 'aws:PrincipalArn': `${roleArn}-2` }), arn)
    for (const name of [account, roleArn, userArn, sessionArn]) {
      assert.equal(check({ AWS: name }, { 'aws:PrincipalAccount': otherAccount }), number, name)
    }
  })

  it('finds nothing where one of them has it, or may have it', () => {
    const wanted = { 'aws:PrincipalArn': userArn }
    assert.equal(check({ AWS: [roleArn, userArn] }, wanted), undefined)
    assert.equal(check({ AWS: account }, wanted), undefined)
    assert.equal(check({ AWS: sessionArn }, wanted), undefined)
    assert.equal(check('*', wanted), undefined)
    assert.equal(check({ Service: 's3.amazonaws.com' }, wanted), undefined)
    assert.equal(check({ AWS: roleArn }, { 'aws:PrincipalTag/a': 'b' }), undefined)
  })
})
