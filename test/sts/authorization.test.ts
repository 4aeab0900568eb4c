import assert from 'node:assert/strict'
import type { PolicyType, Verdict } from '../../lib/iam/authorize.ts'
import type { AccessRequest } from '../../lib/iam/request.ts'
import { assumptionDenial } from '../../lib/sts/authorization.ts'

const alice = 'arn:aws:iam::111122223333:user/alice'
const role = 'arn:aws:iam::111122223333:role/worker'

function denial(effect: Verdict['effect'], decidedBy: PolicyType, more: object = {}): string {
  const request = {
    principal: { type: 'User', arn: alice, account: '111122223333' },
    action: 'sts:AssumeRole',
    resource: role,
    resourceAccount: '111122223333',
    context: { get: () => undefined, entries: () => [] },
    ...more,
  } as AccessRequest
  return assumptionDenial(request, { effect, decidedBy })
}

const who = `User: ${alice} is not authorized to perform: sts:AssumeRole`
const plain = `${who} on resource: ${role}`
const across = { resourceAccount: '444455556666' }

const cases: readonly (readonly [title: string, got: string, wanted: string])[] = [
  ['no trust', denial('IMPLICIT_DENY', 'RESOURCE_BASED_POLICY'), plain],
  ['no identity policy', denial('IMPLICIT_DENY', 'IDENTITY_BASED_POLICY'), plain],
  [
    'a trust policy’s denial',
    denial('EXPLICIT_DENY', 'RESOURCE_BASED_POLICY'),
    `${who} with an explicit deny in the role trust policy`,
  ],
  [
    'another account’s denial, which is its secret',
    denial('EXPLICIT_DENY', 'RESOURCE_BASED_POLICY', across),
    plain,
  ],
  [
    'an identity policy’s denial',
    denial('EXPLICIT_DENY', 'IDENTITY_BASED_POLICY'),
    `${plain} with an explicit deny in an identity-based policy`,
  ],
  [
    'a session policy’s limit',
    denial('IMPLICIT_DENY', 'SESSION_POLICY'),
    `${plain} because no session policy allows the sts:AssumeRole action`,
  ],
  [
    'a service control policy’s limit, across accounts too',
    denial('IMPLICIT_DENY', 'SERVICE_CONTROL_POLICY', across),
    `${plain} because no service control policy allows the sts:AssumeRole action`,
  ],
  [
    'a web identity, of which nothing is said',
    denial('EXPLICIT_DENY', 'RESOURCE_BASED_POLICY', {
      principal: { type: 'WebIdentity', arn: 'accounts.google.com', account: '' },
      action: 'sts:AssumeRoleWithWebIdentity',
    }),
    'Not authorized to perform sts:AssumeRoleWithWebIdentity',
  ],
]

describe('assumptionDenial', () => {
  for (const [title, got, wanted] of cases) {
    it(`words ${title}`, () => {
      assert.equal(got, wanted)
    })
  }
})
