import assert from 'node:assert/strict'
import { Fault } from '../../../lib/kms/faults.ts'
import { isService, readPrincipal } from '../../../lib/kms/grants/grant-principal.ts'
import { KnownPrincipals } from '../../../lib/kms/known-principals.ts'

const account = '111122223333'
const alice = `arn:aws:iam::${account}:user/path/alice`
const call = {
  scope: { account, region: 'us-east-1' },
  principals: new KnownPrincipals([alice]),
}
const noArn = new Fault('NotFoundException', 'no ARN')
const read = (text: string) => readPrincipal(call, text, noArn)
const refusal = (words: string) => ({ code: 'InvalidArnException', message: words })

describe('readPrincipal', () => {
  it('takes each kind of principal that AWS names', () => {
    for (const principal of [
      `arn:aws:iam::${account}:root`,
      alice,
      `arn:aws:iam::444455556666:role/a`,
      `arn:aws:sts::444455556666:assumed-role/a/session`,
      `arn:aws:sts::${account}:federated-user/carol`,
    ]) {
      assert.equal(read(principal), principal)
    }
  })

  it('knows an account by its number', () => {
    assert.equal(read(account), `arn:aws:iam::${account}:root`)
    const inChina = { ...call, scope: { account, region: 'cn-north-1' } }
    assert.equal(readPrincipal(inChina, account, noArn), `arn:aws-cn:iam::${account}:root`)
  })

  it('refuses what no grant is for', () => {
    for (const text of ['', '*', 'alice', '11112222333', 'rds.amazonaws.com', `x${alice}`]) {
      assert.throws(() => read(text), noArn)
    }
    for (const principal of [
      `arn:aws:iam::${account}:group/staff`,
      `arn:aws:iam::${account}:user/`,
      `arn:aws:iam::${account}:assumed-role/a/session`,
      `arn:aws:sts::${account}:user/alice`,
      `arn:aws:sts::${account}:root`,
      'arn:aws:iam::1111:role/a',
      'arn:aws:s3:::bucket',
      `arn:aws:sts::${account}:assumed-role/a`,
      `arn:aws:sts::${account}:assumed-role/path/a/session`,
      `arn:aws:sts::${account}:federated-user/path/carol`,
    ]) {
      assert.throws(() => read(principal), refusal(`ARN is not valid: ${principal}`))
    }
  })

  it('refuses users and roles that the account does not have', () => {
    assert.equal(read(alice), alice)
    const bob = alice.replace('alice', 'bob')
    const words = `ARN does not refer to a valid principal: ${bob}`
    assert.throws(() => read(bob), refusal(words))
    const elsewhere = bob.replace(account, '444455556666')
    assert.equal(read(elsewhere), elsewhere)
  })
})

describe('isService', () => {
  it('tells the name of a service from an ARN', () => {
    assert.ok(isService('rds.amazonaws.com'))
    assert.equal(isService(alice), false)
  })
})
