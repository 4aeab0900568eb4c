import assert from 'node:assert/strict'
import { decidingStatement } from '../../lib/cases/deciding-statement.ts'
import { allow, byImage, parentArn, policyOf, run, withCase } from './support.ts'

const deny = { Effect: 'Deny', Principal: '*', Action: 'kms:Decrypt', Resource: '*' }
const other = allow('kms:DescribeKey', { Sid: 'Other' })

async function decided(policy: object, more: object = {}, rest: object = {}) {
  return decidingStatement(await run(withCase(more, { policy, ...rest })))
}

describe('decidingStatement', () => {
  it('is the statement that allowed', async () => {
    assert.equal(await decided(policyOf(other, allow('kms:Decrypt'))), 1)
  })

  it('is the statement that denied', async () => {
    assert.equal(await decided(policyOf(allow('kms:Decrypt'), other, deny)), 2)
  })

  it('is the one whose condition came nearest', async () => {
    const policy = policyOf(other, allow('kms:Decrypt', byImage('cd'.repeat(48))))
    assert.equal(await decided(policy), 1)
    assert.equal(await decided(policy, { attestation: undefined }), 1)
  })

  it('is the one that would have to name the caller', async () => {
    const stranger = { Principal: { AWS: parentArn.replace('enclave-parent', 'another') } }
    const theirs = allow('kms:DescribeKey', stranger)
    assert.equal(await decided(policyOf(theirs, allow('kms:Decrypt', stranger))), 1)
  })

  it('is none where an identity policy denied, and none where a grant allowed', async () => {
    const statement = { Effect: 'Deny', Action: '*', Resource: '*' }
    const principals = {
      parent: { arn: parentArn, policies: [{ Version: '2012-10-17', Statement: [statement] }] },
    }
    assert.equal(await decided(policyOf(allow('kms:Decrypt')), {}, { principals }), undefined)
    const grants = [{ granteePrincipal: parentArn, operations: ['Decrypt'] }]
    assert.equal(await decided(policyOf(other), {}, { grants }), undefined)
  })

  it('is none where an organization or an endpoint decided', async () => {
    const policy = policyOf(allow('kms:Decrypt'), allow('kms:*', byImage('cd'.repeat(48))))
    const { Principal: _, ...never } = deny
    const only = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
    for (const statement of [never, only]) {
      const organization = { id: 'o-exampleorgid', serviceControlPolicies: [policyOf(statement)] }
      assert.equal(await decided(policy, {}, { organization }), undefined)
      const id = 'vpce-1234abcd'
      const endpoint = policyOf({ ...statement, Principal: '*' })
      const vpcEndpoints = [{ id, vpc: 'vpc-1234abcd', policy: endpoint }]
      assert.equal(await decided(policy, { vpcEndpoint: id }, { vpcEndpoints }), undefined)
    }
  })

  it('is none where no key is asked about', async () => {
    assert.equal(await decided(policyOf(other), { action: 'kms:CreateKey' }), undefined)
  })
})
