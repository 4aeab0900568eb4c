import assert from 'node:assert/strict'
import { authorize, type PolicySet } from '../../lib/iam/authorize.ts'
import { explain } from '../../lib/iam/explain.ts'
import { parsePolicy } from '../../lib/iam/document.ts'
import { failingCondition, hints } from '../../lib/iam/hints.ts'
import type { AccessRequest } from '../../lib/iam/request.ts'
import { hintCases, noDocument, pcrs } from './cases/hints.ts'
import {
  account,
  allow,
  attached,
  deny,
  policySet,
  requestOf,
  roleArn,
  sessionArn,
  userArn,
  type StatementSource,
} from './support.ts'

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

  it('says one thing alone of a register that there is not', () => {
    const condition = { Condition: { StringEquals: { 'kms:RecipientAttestation:PCR00': 'aa' } } }
    const explanation = explain(requestOf('role'), policySet([allow('*', condition)]))
    const attestation = { platform: 'nitro-enclave', pcrs, debug: false } as const
    const said = hints(requestOf('role'), explanation, { attestation, takesRecipient: true })
    assert.deepEqual(said, [
      'no request has a condition key kms:RecipientAttestation:PCR00: the registers are ' +
        'kms:RecipientAttestation:PCR0 to kms:RecipientAttestation:PCR31',
    ])
  })

  it('says nothing of statements that are merely about something else', () => {
    const ec2 = { Service: 'ec2.amazonaws.com' }
    const tag = '${aws:PrincipalTag/tenant}'
    const rows: readonly (readonly [StatementSource, string?])[] = [
      [allow({ AWS: roleArn }, { Action: ['kms:Encrypt', 'kms:Decry*x', 'kms:ReEncryptTo'] })],
      [allow({ AWS: roleArn }, { Action: ['kms:Encryp', 'kms:ReEncrypt', 's3:Decrypt'] })],
      [allow({ AWS: roleArn.replace('enclave', 'another') })],
      [allow({ AWS: `${sessionArn.replace('enclave-parent', 'other')}-2` })],
      [allow({ Service: 'logs.amazonaws.com' })],
      [allow(ec2, { Action: 'kms:Encrypt' })],
      [allow({ AWS: roleArn }, { Condition: { StringEquals: { 'aws:PrincipalTag/a': tag } } })],
      [
        allow({ AWS: roleArn }, { Condition: { StringEquals: { 'aws:PrincipalTag/a': tag } } }),
        '2008-10-17',
      ],
      [{ ...deny('*'), Principal: undefined, NotPrincipal: { AWS: userArn } }],
    ]
    for (const [statement, version = '2012-10-17'] of rows) {
      const text = JSON.stringify({ Version: version, Statement: [statement] })
      const policies = { ...policySet(null), keyPolicy: parsePolicy(text, 'key') }
      const request = requestOf('role', 'kms:Decrypt', { 'aws:PrincipalTag/a': 'x' })
      assert.deepEqual(hints(request, explain(request, policies), noDocument), [], text)
    }
  })

  it('has nothing to add where NotPrincipal names all that it takes', () => {
    const names = [account, roleArn, sessionArn]
    const spared = { ...deny('*'), Principal: undefined, NotPrincipal: { AWS: names } }
    const boundary = attached('boundary', 'Allow')
    const explanation = explain(requestOf('role'), policySet([allow('*'), spared], { boundary }))
    assert.equal(explanation.effect, 'EXPLICIT_DENY')
    assert.deepEqual(hints(requestOf('role'), explanation, noDocument), [])
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

  const failing = (request: AccessRequest, policies: PolicySet) =>
    failingCondition(explain(request, policies), authorize(request, policies))

  it('is of the statement that lacks the least', () => {
    const far = { Sid: 'far', Condition: { StringEquals: { [pcr(0)]: 'a', [pcr(1)]: 'b' } } }
    const near = { Sid: 'near', Condition: { StringEquals: { [pcr(0)]: 'c', [pcr(1)]: 'd' } } }
    const set = policySet([allow('*', far), allow({ AWS: roleArn }, near)])
    const context = { [pcr(0)]: 'c', [pcr(1)]: 'x' }
    assert.deepEqual(failing(requestOf('role', 'kms:Decrypt', context), set), {
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
    const found = failing(requestOf('role'), policySet([allow('*'), deny('*', condition)]))
    assert.deepEqual(
      [found?.statement, found?.operator, found?.actual],
      ['1', 'StringNotEquals', null],
    )
  })

  it('is none of a Deny that did not decide', () => {
    const condition = { Condition: { StringNotEquals: { [pcr(8)]: 'a' } } }
    const second = policySet([allow('*'), deny('*'), deny('*', condition)])
    assert.equal(failing(requestOf('role'), second), null)
    const serviceControl = [attached('serviceControl', 'Deny')]
    const later = policySet([allow('*'), deny('*', condition)], { serviceControl })
    assert.equal(failing(requestOf('role'), later), null)
  })

  it('is of the policy that did not allow, whatever others want', () => {
    const wants = (...keys: readonly number[]) => ({
      Condition: { StringEquals: Object.fromEntries(keys.map((key) => [pcr(key), 'a'])) },
    })
    const control = (more: object) => attached('serviceControl', 'Allow', { ...more })
    const near = [allow('*'), allow('*', wants(0))]
    const limited = policySet(near, { serviceControl: [control(wants(1, 2))] })
    assert.equal(failing(requestOf('role'), limited)?.policyType, 'SERVICE_CONTROL_POLICY')
    const far = [allow('*', wants(1, 2))]
    const allowed = policySet(far, { serviceControl: [control({}), control(wants(3))] })
    assert.equal(failing(requestOf('role'), allowed)?.policyType, 'RESOURCE_BASED_POLICY')
  })

  it('is none where no condition is to blame', () => {
    assert.equal(failing(requestOf('role'), policySet([])), null)
    assert.equal(failing(requestOf('role'), policySet([deny('*')])), null)
    assert.equal(failing(requestOf('root'), policySet([allow('*')])), null)
  })
})
