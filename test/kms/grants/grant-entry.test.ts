import assert from 'node:assert/strict'
import { grantEntry } from '../../../lib/kms/grants/grant-entry.ts'
import type { GrantRecord } from '../../../lib/store/store.ts'

const role = 'arn:aws:iam::111122223333:role/a'
const record: GrantRecord = {
  account: '111122223333',
  region: 'us-east-1',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  grantId: 'f'.repeat(64),
  name: '',
  createdMs: 1_000,
  issuingAccount: '444455556666',
  granteePrincipal: role,
  operations: ['Decrypt', 'RetireGrant'],
  constraints: {},
}
const plain = {
  KeyId: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  GrantId: 'f'.repeat(64),
  Name: '',
  CreationDate: new Date(1_000),
  GranteePrincipal: role,
  IssuingAccount: 'arn:aws:iam::444455556666:root',
  Operations: ['Decrypt', 'RetireGrant'],
}

describe('grantEntry', () => {
  it('has no member for what the grant does not say, but its name', () => {
    assert.deepEqual(grantEntry(record), plain)
  })

  it('was created at a whole second', () => {
    assert.deepEqual(grantEntry({ ...record, createdMs: 1_999 }), plain)
  })

  it('has everything that a grant can say', () => {
    const constraints = {
      encryptionContextEquals: { a: 'b' },
      encryptionContextSubset: {},
      sourceArn: 'arn:aws:rds:us-east-1:111122223333:db:a',
    }
    const whole = { ...record, name: 'n', retiringPrincipal: role, constraints }
    assert.deepEqual(grantEntry(whole), {
      ...plain,
      Name: 'n',
      RetiringPrincipal: role,
      Constraints: {
        EncryptionContextEquals: { a: 'b' },
        EncryptionContextSubset: {},
        SourceArn: constraints.sourceArn,
      },
    })
  })

  it('tells services from other principals', () => {
    const service = 'rds.amazonaws.com'
    const { GranteePrincipal, ...rest } = plain
    assert.deepEqual(
      grantEntry({ ...record, granteePrincipal: service, retiringPrincipal: service }),
      {
        ...rest,
        GranteeServicePrincipal: service,
        RetiringServicePrincipal: service,
      },
    )
    assert.equal(GranteePrincipal, role)
  })
})
