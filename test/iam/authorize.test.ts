import assert from 'node:assert/strict'
import { authorize } from '../../lib/iam/authorize.ts'
import { explain } from '../../lib/iam/explain.ts'
import { parsePolicy } from '../../lib/iam/document.ts'
import { decisionCases } from './cases/decisions.ts'
import {
  allow,
  attached,
  callers,
  deny,
  policySet,
  requestOf,
  roleArn,
  contextOf,
} from './support.ts'

describe('authorize', () => {
  for (const { clause, title, caller, action, context, policies, ...verdict } of decisionCases) {
    it(`${title}: ${verdict.effect} [${clause}]`, () => {
      const request = requestOf(caller, action, context)
      const { effect, decidedBy } = authorize(request, policies)
      assert.deepEqual({ effect, decidedBy }, verdict)
      assert.equal(explain(request, policies).effect, effect)
    })
  }

  it('names the policy and the statement that deny', () => {
    const policy = {
      ...attached('serviceControl', 'Deny'),
      arn: 'arn:aws:organizations::1:policy/p',
    }
    assert.deepEqual(authorize(requestOf('role'), policySet([], { serviceControl: [policy] })), {
      effect: 'EXPLICIT_DENY',
      decidedBy: 'SERVICE_CONTROL_POLICY',
      policy: 'serviceControl-deny',
      policyArn: 'arn:aws:organizations::1:policy/p',
      statement: 0,
    })
    assert.deepEqual(authorize(requestOf('role'), policySet([allow('*'), deny('*')])), {
      effect: 'EXPLICIT_DENY',
      decidedBy: 'RESOURCE_BASED_POLICY',
      policy: 'default',
      statement: 1,
    })
  })

  it('names the grant that allows', () => {
    const grant = { grantId: 'abc', granteePrincipal: roleArn, operations: ['Decrypt'] }
    assert.deepEqual(authorize(requestOf('role'), policySet([], { grants: [grant] })), {
      effect: 'ALLOW',
      decidedBy: 'GRANT',
      grantId: 'abc',
    })
  })

  it('decides role trust policies, across accounts and for web identities', () => {
    const trust = parsePolicy(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: callers.foreignUser.account },
            Action: 'sts:AssumeRole',
          },
          {
            Effect: 'Allow',
            Principal: { Federated: callers.webIdentity.arn },
            Action: 'sts:AssumeRoleWithWebIdentity',
          },
        ],
      }),
      'trust',
    )
    const identity = [attached('identity', 'Allow', { Action: 'sts:AssumeRole' })]
    const foreign = requestOf('foreignUser', 'sts:AssumeRole', {}, roleArn)
    const token = requestOf('webIdentity', 'sts:AssumeRoleWithWebIdentity', {}, roleArn)
    const effects = [
      authorize(foreign, { keyPolicy: trust, identity, grants: [] }).effect,
      authorize(foreign, { keyPolicy: trust, identity: [], grants: [] }).effect,
      authorize(token, { keyPolicy: trust, identity: [], grants: [] }).effect,
    ]
    assert.deepEqual(effects, ['ALLOW', 'IMPLICIT_DENY', 'ALLOW'])
  })

  it('asks for no condition key where no policy has a condition', () => {
    const context = contextOf()
    const asked: string[] = []
    const watched = { ...context, get: (key: string) => (asked.push(key), undefined) }
    authorize({ ...requestOf('root'), context: watched }, policySet([allow({ AWS: roleArn })]))
    assert.deepEqual(asked, [])
  })
})
