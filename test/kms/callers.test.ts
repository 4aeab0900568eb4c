import assert from 'node:assert/strict'
import { Callers, identityOf, type Credential } from '../../lib/kms/callers.ts'
import { idBytes, issuedId, maxIssued } from '../../lib/kms/issued-credentials.ts'

describe('identityOf', () => {
  it('gives a user its id and its name', () => {
    const arn = 'arn:aws:iam::111122223333:user/team/alice'
    const identity = identityOf(arn, 'unused')
    assert.deepEqual(identity?.principal, { type: 'User', arn, account: '111122223333' })
    assert.match(identity.userId, /^AIDA[A-Z2-7]{17}$/)
    assert.equal(identity.userName, 'alice')
  })

  it('gives a role the session that its calls come as, without the role’s path', () => {
    const roleArn = 'arn:aws-us-gov:iam::111122223333:role/team/parent'
    const identity = identityOf(roleArn, 'worker-1')
    const arn = 'arn:aws-us-gov:sts::111122223333:assumed-role/parent/worker-1'
    assert.deepEqual(identity?.principal, {
      type: 'AssumedRole',
      arn,
      account: '111122223333',
      roleArn,
    })
    assert.match(identity.userId, /^AROA[A-Z2-7]{17}:worker-1$/)
    assert.equal(identity.userName, undefined)
  })

  it('gives a root user the account as its id', () => {
    const arn = 'arn:aws:iam::111122223333:root'
    assert.deepEqual(identityOf(arn, 'unused'), {
      principal: { type: 'Account', arn, account: '111122223333' },
      userId: '111122223333',
    })
  })

  it('gives a principal the same id every time, and every principal another', () => {
    const id = (name: string) => identityOf(`arn:aws:iam::111122223333:user/${name}`, '')?.userId
    assert.equal(id('alice'), id('alice'))
    assert.notEqual(id('alice'), id('bob'))
    assert.equal(id('alice'), 'AIDAXYDN7IBDLKQVIMBW5')
  })

  it('gives a federated user its account and its name', () => {
    const arn = 'arn:aws:sts::111122223333:federated-user/fay'
    assert.deepEqual(identityOf(arn, 'unused'), {
      principal: { type: 'FederatedUser', arn, account: '111122223333' },
      userId: '111122223333:fay',
    })
  })

  it('knows no other ARN', () => {
    for (const arn of [
      '',
      'alice',
      'arn:aws:iam::111122223333:group/staff',
      'arn:aws:iam::111122223333:user/',
      'arn:aws:iam::111122223333:user/a b',
      'arn:aws:iam::111122223333:root/x',
      'arn:aws:iam::11112222333:user/alice',
      'arn:aws:sts::111122223333:assumed-role/parent/worker-1',
      'arn:aws:sts::111122223333:federated-user/a/b',
      'arn:aws:iam::111122223333:federated-user/fay',
      'arn:aws:kms:us-east-1:111122223333:key/x',
      'arn:aws:iam::111122223333:user/alice\n',
    ]) {
      assert.equal(identityOf(arn, 'worker-1'), undefined, arn)
    }
  })
})

describe('Callers', () => {
  const credential: Credential = {
    accessKeyId: 'AKIA1',
    secretAccessKey: 'secret',
    caller: new Callers([]).rootOf('111122223333', 'us-east-1'),
  }

  it('finds a credential by its access key id, and no other', () => {
    const callers = new Callers([credential])
    assert.equal(callers.find('AKIA1'), credential)
    for (const id of ['akia1', '', 'constructor']) assert.equal(callers.find(id), undefined)
  })

  it('has temporary credentials of its start for a role and a federated user alone', () => {
    for (const [arn, wanted] of [
      ['arn:aws:iam::111122223333:role/parent', { atMs: 1000 }],
      ['arn:aws:sts::111122223333:federated-user/fay', { atMs: 1000 }],
      ['arn:aws:iam::111122223333:user/alice', undefined],
      ['arn:aws:iam::111122223333:root', undefined],
    ] as const) {
      const identity = identityOf(arn, 'worker-1')
      assert.ok(identity)
      const caller = { ...identity, tags: {}, policies: [] }
      const callers = new Callers([{ ...credential, caller }], 1000)
      assert.deepEqual(callers.find('AKIA1')?.caller.issued, wanted, arn)
    }
  })

  it('finds what was issued until it is reset, and then knows that it was', () => {
    const callers = new Callers([credential])
    const accessKeyId = issuedId(Buffer.alloc(idBytes, 7))
    const issued = { ...credential, accessKeyId, expiresAtMs: 10 }
    callers.issue(issued, 0)
    assert.equal(callers.find(accessKeyId), issued)
    callers.reset()
    assert.equal(callers.find(accessKeyId), undefined)
    assert.equal(callers.find('AKIA1'), credential)
    assert.ok(callers.isForgotten(accessKeyId) && !callers.isForgotten('AKIA2'))
  })

  it('gives the root user of any account in the Region’s partition', () => {
    const { principal, userId } = new Callers([]).rootOf('444455556666', 'cn-north-1')
    assert.equal(principal.arn, 'arn:aws-cn:iam::444455556666:root')
    assert.equal(userId, '444455556666')
  })
})

describe('Callers.issue', () => {
  const issued = (accessKeyId: string, caller: Credential['caller']) => ({
    ...{ accessKeyId, secretAccessKey: 'x', sessionToken: 'x', expiresAtMs: 1000, caller },
  })

  it('lets sessions of root users, who may be anybody, push out no others', () => {
    const callers = new Callers([])
    const identity = identityOf('arn:aws:iam::111122223333:user/alice', '')
    assert.ok(identity)
    callers.issue(issued('alice', { ...identity, tags: {}, policies: [] }), 0)
    for (let n = 0; n < maxIssued + 1; n++) {
      const account = String(n).padStart(12, '0')
      callers.issue(issued(`root-${account}`, callers.rootOf(account, 'us-east-1')), 0)
    }
    assert.ok(callers.find('alice'))
    assert.equal(callers.find('root-000000000000'), undefined)
    assert.ok(callers.find('root-000000000001'))
    callers.reset()
    assert.equal(callers.find('root-000000000001'), undefined)
    assert.equal(callers.find('alice'), undefined)
  })
})
