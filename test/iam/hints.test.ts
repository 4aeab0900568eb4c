import assert from 'node:assert/strict'
import { explain } from '../../lib/iam/explain.ts'
import { failingCondition, hints } from '../../lib/iam/hints.ts'
import { hintCases, noDocument } from './cases/hints.ts'
import { allow, deny, policySet, requestOf, roleArn, userArn } from './support.ts'

describe('hints', () => {
  for (const { title, request, policies, facts, hint } of hintCases) {
    it(title, () => {
      const said = hints(request, explain(request, policies), facts)
      assert.ok(
        said.some((text) => hint.test(text)),
        `said: ${said.join('; ') || 'nothing'}`,
      )
    })
  }

  it('says nothing of a request that was allowed', () => {
    const request = requestOf('role')
    const condition = { Condition: { StringEquals: { 'kms:Something': 'x' } } }
    const explanation = explain(request, policySet([allow('*'), allow('*', condition)]))
    assert.deepEqual(hints(request, explanation, noDocument), [])
  })

  it('says nothing of statements for other principals and actions', () => {
    const request = requestOf('role')
    const condition = { Condition: { StringEquals: { 'kms:Something': 'x' } } }
    const others = [
      allow({ AWS: userArn }, condition),
      allow('*', { ...condition, Action: 'kms:Sign' }),
      deny({ AWS: userArn }, condition),
    ]
    assert.deepEqual(hints(request, explain(request, policySet(others)), noDocument), [])
  })

  it('does not take the constraint of a grant for a condition key', () => {
    const grant = {
      grantId: 'g',
      granteePrincipal: roleArn,
      operations: ['Decrypt'],
      constraints: { encryptionContextEquals: { a: '1' } },
    }
    const request = requestOf('role')
    const explanation = explain(request, policySet([], { grants: [grant] }))
    assert.deepEqual(hints(request, explanation, noDocument), [
      'the request has no encryption context, and the grant g wants one',
    ])
  })

  it('says a thing once', () => {
    const request = requestOf('role')
    const condition = { Condition: { StringEquals: { 'kms:RecipientAttestation:PCR0': 'aa' } } }
    const explanation = explain(request, policySet([allow('*', condition), allow('*', condition)]))
    assert.equal(hints(request, explanation, noDocument).length, 1)
  })
})

describe('failingCondition', () => {
  const pcr = (index: number): string => `kms:RecipientAttestation:PCR${index}`

  it('is of the statement that lacks the least', () => {
    const far = { Sid: 'far', Condition: { StringEquals: { [pcr(0)]: 'a', [pcr(1)]: 'b' } } }
    const near = { Sid: 'near', Condition: { StringEquals: { [pcr(0)]: 'c', [pcr(1)]: 'd' } } }
    const set = policySet([allow('*', far), allow({ AWS: roleArn }, near)])
    const context = { [pcr(0)]: 'c', [pcr(1)]: 'x' }
    assert.deepEqual(failingCondition(explain(requestOf('role', 'kms:Decrypt', context), set)), {
      policyType: 'RESOURCE_BASED_POLICY',
      policy: 'default',
      statement: 'near',
      operator: 'StringEquals',
      key: pcr(1),
      expected: ['d'],
      actual: 'x',
    })
  })

  it('is of the Deny that applied', () => {
    const condition = { Condition: { StringNotEquals: { [pcr(8)]: 'a' } } }
    const failing = failingCondition(
      explain(requestOf('role'), policySet([allow('*'), deny('*', condition)])),
    )
    assert.deepEqual(
      [failing?.statement, failing?.operator, failing?.actual],
      ['1', 'StringNotEquals', null],
    )
  })

  it('is none where no condition is to blame', () => {
    assert.equal(failingCondition(explain(requestOf('role'), policySet([]))), null)
    assert.equal(failingCondition(explain(requestOf('role'), policySet([deny('*')]))), null)
    assert.equal(failingCondition(explain(requestOf('root'), policySet([allow('*')]))), null)
  })
})
