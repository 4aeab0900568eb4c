import assert from 'node:assert/strict'
import { KnownPrincipals } from '../../lib/kms/known-principals.ts'

const known = new KnownPrincipals([
  'arn:aws:iam::111122223333:role/team/parent',
  'arn:aws:iam::111122223333:user/alice',
])

describe('KnownPrincipals.exists', () => {
  it('knows the users and roles of an account that has some', () => {
    assert.ok(known.exists('arn:aws:iam::111122223333:user/alice'))
    assert.ok(known.exists('arn:aws:iam::111122223333:role/team/parent'))
    for (const arn of [
      'arn:aws:iam::111122223333:user/bob',
      'arn:aws:iam::111122223333:role/parent',
      'arn:aws:iam::111122223333:user/Alice',
      'arn:aws:iam::111122223333:role/alice',
    ]) {
      assert.equal(known.exists(arn), false, arn)
    }
  })

  it('knows a role’s sessions, whose ARN has no path', () => {
    assert.ok(known.exists('arn:aws:sts::111122223333:assumed-role/parent/any'))
    assert.equal(known.exists('arn:aws:sts::111122223333:assumed-role/alice/any'), false)
    assert.equal(known.exists('arn:aws:sts::111122223333:assumed-role/team/any'), false)
  })

  it('takes everything of an account that nothing is known of', () => {
    assert.ok(known.exists('arn:aws:iam::444455556666:role/any'))
    assert.ok(new KnownPrincipals([]).exists('arn:aws:iam::111122223333:user/anyone'))
  })

  it('takes accounts, services and everybody', () => {
    for (const name of [
      '*',
      '111122223333',
      'arn:aws:iam::111122223333:root',
      'rds.amazonaws.com',
      'arn:aws:sts::111122223333:federated-user/carol',
    ]) {
      assert.ok(known.exists(name), name)
    }
  })
})
