import assert from 'node:assert/strict'
import { isService, readKnownPrincipal, readPrincipal } from '../../lib/kms/grant-principal.ts'
import { KnownPrincipals } from '../../lib/kms/known-principals.ts'

const account = '111122223333'
const alice = `arn:aws:iam::${account}:user/path/alice`
const call = {
  scope: { account, region: 'us-east-1' },
  principals: new KnownPrincipals([alice]),
}
const invalid = (principal: string) => ({
  code: 'InvalidArnException',
  message: `Invalid principal ${principal}`,
})

describe('readPrincipal', () => {
  it('takes each kind of principal that AWS names', () => {
    for (const principal of [
      `arn:aws:iam::${account}:root`,
      alice,
      `arn:aws:iam::${account}:role/a`,
      `arn:aws:sts::${account}:assumed-role/a/session`,
      `arn:aws:sts::${account}:federated-user/carol`,
    ]) {
      assert.equal(readPrincipal(call, principal), principal)
    }
  })

  it('knows an account by its number', () => {
    assert.equal(readPrincipal(call, account), `arn:aws:iam::${account}:root`)
    const inChina = { scope: { account, region: 'cn-north-1' } }
    assert.equal(readPrincipal(inChina, account), `arn:aws-cn:iam::${account}:root`)
  })

  it('refuses what no grant is for', () => {
    for (const principal of [
      '',
      '*',
      'alice',
      '11112222333',
      'rds.amazonaws.com',
      `arn:aws:iam::${account}:group/staff`,
      `arn:aws:iam::${account}:user/`,
      `arn:aws:iam::${account}:assumed-role/a/session`,
      `arn:aws:sts::${account}:user/alice`,
      `arn:aws:sts::${account}:root`,
      'arn:aws:iam::1111:role/a',
      'arn:aws:s3:::bucket',
      `x${alice}`,
    ]) {
      assert.throws(() => readPrincipal(call, principal), invalid(principal))
    }
  })
})

describe('readKnownPrincipal', () => {
  it('refuses users and roles that the account does not have', () => {
    assert.equal(readKnownPrincipal(call, alice), alice)
    const bob = alice.replace('alice', 'bob')
    assert.throws(() => readKnownPrincipal(call, bob), invalid(bob))
    const elsewhere = bob.replace(account, '444455556666')
    assert.equal(readKnownPrincipal(call, elsewhere), elsewhere)
  })
})

describe('isService', () => {
  it('tells the name of a service from an ARN', () => {
    assert.ok(isService('rds.amazonaws.com'))
    assert.equal(isService(alice), false)
  })
})
