import assert from 'node:assert/strict'
import { authorize } from '../../lib/iam/authorize.ts'
import type { Principal } from '../../lib/iam/request.ts'
import { Key } from '../../lib/kms/key.ts'
import { controlPolicies, withFullAccess, type Organization } from '../../lib/kms/organization.ts'
import { attached, callers, policySet, allow, requestOf } from '../iam/support.ts'
import { account } from '../support/scene.ts'

const organization: Organization = {
  id: 'o-exampleorgid',
  account,
  serviceControlPolicies: [attached('serviceControl', 'Deny')],
  resourceControlPolicies: [attached('resourceControl', 'Deny')],
}

function keyOf(manager: 'AWS' | undefined): Key {
  return Key.of({
    account,
    region: 'us-east-1',
    id: '1234abcd-12ab-34cd-56ef-1234567890ab',
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    state: 'Enabled',
    description: '',
    createdMs: 0,
    policy: '',
    tags: {},
    materials: [],
    ...(manager && { manager }),
  })
}

describe('controlPolicies', () => {
  const linked: Principal = {
    ...callers.role,
    roleArn: `arn:aws:iam::${account}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup`,
  }
  const scps = 'AWS Organizations: Service control policies (SCPs)'
  const rcps = 'AWS Organizations: Resource control policies (RCPs)'
  const rows: readonly (readonly [
    clause: string,
    title: string,
    principal: Principal,
    resourceAccount: string,
    manager: 'AWS' | undefined,
    expected: readonly string[],
  ])[] = [
    [
      scps,
      'the root user',
      callers.root,
      account,
      undefined,
      ['serviceControl', 'resourceControl'],
    ],
    [scps, 'a role', callers.role, account, undefined, ['serviceControl', 'resourceControl']],
    [
      scps,
      'a member at another’s key',
      callers.user,
      '444455556666',
      undefined,
      ['serviceControl'],
    ],
    [scps, 'a service', { ...callers.service, account }, account, undefined, ['resourceControl']],
    [scps, 'a web identity', callers.webIdentity, account, undefined, ['resourceControl']],
    [scps, 'a service-linked role', linked, account, undefined, []],
    [
      rcps,
      'a caller of another account',
      callers.foreignRole,
      account,
      undefined,
      ['resourceControl'],
    ],
    [rcps, 'strangers among themselves', callers.foreignRole, '444455556666', undefined, []],
    [
      'KMS: Resource control policies in AWS KMS',
      'an AWS managed key',
      callers.role,
      account,
      'AWS',
      ['serviceControl'],
    ],
  ]
  for (const [clause, title, principal, resourceAccount, manager, expected] of rows) {
    it(`limit ${title}: ${expected.join(' and ') || 'none'} [${clause}]`, () => {
      const found = controlPolicies(organization, {
        principal,
        resourceAccount,
        key: keyOf(manager),
      })
      assert.deepEqual(Object.keys(found), expected)
    })
  }

  it('leaves an empty list out, which would be a limit that nothing meets', () => {
    const empty = { ...organization, serviceControlPolicies: [], resourceControlPolicies: [] }
    const limited = { principal: callers.role, resourceAccount: account, key: null }
    assert.deepEqual(controlPolicies(withFullAccess(empty), limited), {})
  })
})

describe('withFullAccess', () => {
  it('lets through what no resource control policy denies', () => {
    const Action = 'kms:Encrypt'
    const denying = attached('resourceControl', 'Deny', { Action })
    const { resourceControlPolicies } = withFullAccess({
      ...organization,
      resourceControlPolicies: [denying],
    })
    const policies = policySet([allow('*')], { resourceControl: resourceControlPolicies })
    assert.equal(authorize(requestOf('role'), policies).effect, 'ALLOW')
    assert.equal(authorize(requestOf('role', Action), policies).effect, 'EXPLICIT_DENY')
  })
})
