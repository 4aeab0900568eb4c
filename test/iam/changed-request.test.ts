import assert from 'node:assert/strict'
import { ChangedContext, principalNamed } from '../../lib/iam/changed-request.ts'
import type { ContextValue, Principal } from '../../lib/iam/request.ts'
import {
  account,
  contextOf,
  foreignRoleArn,
  federatedArn,
  otherAccount,
  roleArn,
  rootArn,
  sessionArn,
  userArn,
} from './support.ts'

function changed(
  before: Readonly<Record<string, ContextValue>>,
  after: Readonly<Record<string, ContextValue | undefined>>,
  principal: Principal | null = null,
): Record<string, ContextValue> {
  const changes = { context: new Map(Object.entries(after)), principal }
  return Object.fromEntries(new ChangedContext(contextOf(before), changes).entries())
}

describe('ChangedContext', () => {
  const attestation = 'kms:RecipientAttestation:'

  it('has other values, more keys and fewer', () => {
    const before = { 'aws:SourceIp': '10.0.0.1', 'aws:UserAgent': 'sdk', 'aws:Referer': 'x' }
    const after = { 'aws:sourceip': '10.0.0.2', 'aws:referer': undefined, 'aws:sourcevpc': 'vpc-1' }
    assert.deepEqual(changed(before, after), {
      'aws:SourceIp': '10.0.0.2',
      'aws:UserAgent': 'sdk',
      'aws:sourcevpc': 'vpc-1',
    })
  })

  it('takes PCR0 and ImageSha384 for one', () => {
    const before = { [`${attestation}ImageSha384`]: 'a', [`${attestation}PCR0`]: 'a' }
    assert.deepEqual(changed(before, { 'kms:recipientattestation:pcr0': 'b' }), {
      [`${attestation}ImageSha384`]: 'b',
      [`${attestation}PCR0`]: 'b',
    })
  })

  it('has the registers of one document only', () => {
    const before = { [`${attestation}ImageSha384`]: 'a', [`${attestation}PCR3`]: 'c' }
    assert.deepEqual(changed(before, { 'kms:recipientattestation:nitrotpmpcr4': 'b' }), {
      'kms:recipientattestation:nitrotpmpcr4': 'b',
    })
  })

  it('has the names of the pairs that it has', () => {
    const before = {
      'kms:EncryptionContextKeys': ['Tenant', 'app'],
      'kms:EncryptionContext:Tenant': 'a',
      'kms:EncryptionContext:app': 'x',
    }
    const after = {
      'kms:encryptioncontext:tenant': 'b',
      'kms:encryptioncontext:app': undefined,
      'kms:encryptioncontext:stage': 'test',
    }
    assert.deepEqual(changed(before, after), {
      'kms:EncryptionContextKeys': ['Tenant', 'stage'],
      'kms:EncryptionContext:Tenant': 'b',
      'kms:encryptioncontext:stage': 'test',
    })
  })

  it("has another caller's keys, and none that nobody knows", () => {
    const before = {
      'aws:PrincipalArn': userArn,
      'aws:PrincipalAccount': account,
      'aws:PrincipalTag/team': 'a',
      'aws:userid': 'AIDA',
      'aws:username': 'alice',
      'kms:CallerAccount': account,
      'aws:SourceIp': '10.0.0.1',
    }
    assert.deepEqual(changed(before, {}, principalNamed(foreignRoleArn, 's')), {
      'aws:PrincipalArn': foreignRoleArn,
      'aws:PrincipalAccount': otherAccount,
      'kms:CallerAccount': otherAccount,
      'aws:SourceIp': '10.0.0.1',
    })
  })

  it('says of which keys the value may be another', () => {
    const context = new Map([['kms:encryptioncontext:a', '1']])
    const one = new ChangedContext(contextOf(), { context, principal: null })
    const keys = ['kms:encryptioncontext:a', 'kms:encryptioncontextkeys', 'aws:principalarn']
    assert.deepEqual(
      keys.map((key) => one.touches(key)),
      [true, true, false],
    )
  })
})

describe('principalNamed', () => {
  const rows: readonly [name: string, principal: Principal | null][] = [
    [account, { type: 'Account', arn: rootArn, account }],
    [rootArn, { type: 'Account', arn: rootArn, account }],
    [userArn, { type: 'User', arn: userArn, account }],
    [roleArn, { type: 'AssumedRole', arn: sessionArn, account, roleArn }],
    [sessionArn, { type: 'AssumedRole', arn: sessionArn, account, roleArn }],
    [federatedArn, { type: 'FederatedUser', arn: federatedArn, account }],
    ['ec2.amazonaws.com', { type: 'Service', arn: 'ec2.amazonaws.com', account: '' }],
    ['*', null],
    [`arn:aws:iam::${account}:role/*`, null],
    [`arn:aws:iam::${account}:group/g`, null],
    [`arn:aws:iam::${account}:user`, null],
  ]
  for (const [name, principal] of rows) {
    it(`takes ${name} for ${principal?.type ?? 'nobody'}`, () => {
      assert.deepEqual(principalNamed(name, 'worker-1'), principal)
    })
  }
})
