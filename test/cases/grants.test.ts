import assert from 'node:assert/strict'
import { readGrant } from '../../lib/cases/grants.ts'
import { ConfigError } from '../../lib/config/config-error.ts'
import { parentArn } from './support.ts'

const place = {
  path: 'grants[1]',
  baseDir: '.',
  readFile: (): Uint8Array => {
    throw new Error('no file in this test')
  },
}

function refuses(value: unknown, member: string, message: string): void {
  assert.throws(() => readGrant(value, place), new ConfigError(`grants[1]${member}`, message))
}

const given = {
  GranteePrincipal: parentArn,
  Operations: ['Decrypt', 'RetireGrant'],
  Constraints: { EncryptionContextSubset: { Tenant: 'a' }, SourceArn: 'arn:aws:s3:::bucket' },
  RetiringPrincipal: 'arn:aws:iam::111122223333:role/retirer',
  IssuingAccount: 'arn:aws:iam::111122223333:root',
  GrantId: 'f00d',
}
const wanted = {
  grantId: 'f00d',
  granteePrincipal: parentArn,
  operations: ['Decrypt', 'RetireGrant'],
  constraints: { encryptionContextSubset: { Tenant: 'a' }, sourceArn: 'arn:aws:s3:::bucket' },
  retiringPrincipal: 'arn:aws:iam::111122223333:role/retirer',
  issuingAccount: 'arn:aws:iam::111122223333:root',
}

describe('readGrant', () => {
  it('reads a grant as ListGrants answers it', () => {
    assert.deepEqual(readGrant(given, place), wanted)
  })

  it('reads a grant with small first letters', () => {
    assert.deepEqual(readGrant(wanted, place), wanted)
  })

  it('knows a grant without an id by its name, or its place', () => {
    const grant = { granteePrincipal: parentArn, operations: ['Decrypt'] }
    assert.deepEqual(readGrant(grant, place), { grantId: 'grants[1]', ...grant })
    assert.equal(readGrant({ ...grant, name: 'reader' }, place).grantId, 'reader')
  })

  it('reads a grant to a service', () => {
    const grant = { granteeServicePrincipal: 's3.amazonaws.com', operations: ['Decrypt'] }
    assert.equal(readGrant(grant, place).granteePrincipal, 's3.amazonaws.com')
  })

  it('refuses a grant to nobody, of nothing, or with a member that there is not', () => {
    refuses({ operations: ['Decrypt'] }, '.granteePrincipal', 'want a text, got nothing')
    refuses({ granteePrincipal: parentArn }, '.operations', 'want a list, got nothing')
    refuses(
      { ...wanted, operations: ['kms:Decrypt'] },
      '.operations[0]',
      'want a text: an operation, like Decrypt',
    )
    refuses({ ...wanted, until: 1 }, '.until', 'unknown member')
    refuses({ ...wanted, constraints: { tenant: 'a' } }, '.constraints.tenant', 'unknown member')
    refuses('text', '', 'want a map, got a text')
  })
})
