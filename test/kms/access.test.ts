import assert from 'node:assert/strict'
import { call, outcome, refused } from '../support/call.ts'
import {
  accountRoot,
  allow,
  closedPolicy,
  delegation,
  deny,
  noKeyPolicy,
  policyOf,
  unreachableCiphertext,
  unreachableKey,
} from '../support/policies.ts'
import { account, arnOf, arns, keyIds, parentArn, useKms, type TestKms } from '../support/scene.ts'

const otherAccount = '444455556666'
const strangerArn = `arn:aws:iam::${otherAccount}:role/stranger`
const strangerSessionArn = `arn:aws:sts::${otherAccount}:assumed-role/stranger/s1`

const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
function document(...statements: object[]): object {
  return { Version: '2012-10-17', Statement: statements }
}

const stranger = {
  arn: strangerArn,
  accessKeyId: 'AKIASTRANGER000000',
  secretAccessKey: 'stranger-secret',
  sessionName: 's1',
  policies: [document(everything)],
}
const aliceArn = `arn:aws:iam::${account}:user/alice`
const alice = {
  arn: aliceArn,
  accessKeyId: 'AKIAALICE000000000',
  secretAccessKey: 'alice-secret',
  policies: [document(everything)],
  boundary: document({ Effect: 'Allow', Action: 'kms:Describe*', Resource: '*' }),
  tags: { team: 'payments' },
}
const bounded = {
  arn: `arn:aws:iam::${account}:user/bounded`,
  accessKeyId: 'AKIABOUNDED0000000',
  secretAccessKey: 'bounded-secret',
  policies: [document(everything)],
  boundary: document(everything, {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/zz-forbidden' } },
  }),
}
const aliasedArn = `arn:aws:iam::${account}:user/aliased`
const aliased = {
  arn: aliasedArn,
  accessKeyId: 'AKIAALIASED00000000',
  secretAccessKey: 'secret',
  policies: [
    document({
      Effect: 'Allow',
      Action: 'kms:Encrypt',
      Resource: '*',
      Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/symmetric' } },
    }),
  ],
}
const principals = [stranger, alice, bounded, aliased]

function as(
  kms: TestKms,
  { accessKeyId, secretAccessKey }: Pick<typeof alice, 'accessKeyId' | 'secretAccessKey'>,
) {
  return kms.client({ credentials: { accessKeyId, secretAccessKey } })
}

describe('access', () => {
  const kms = useKms(['symmetric', 'other'], { principals })
  const KeyId = keyIds.symmetric
  const data = { KeyId, Plaintext: Buffer.of(1) }

  const setPolicy = (Policy: string) => call(kms.root, 'PutKeyPolicy', { KeyId, Policy })

  afterEach(() => setPolicy(policyOf(delegation)))

  it('lets the root user do nothing that the key policy does not leave to the account', async () => {
    await setPolicy(closedPolicy())
    await refused(
      kms.root,
      'Encrypt',
      data,
      noKeyPolicy('kms:Encrypt', arns.symmetric, { principal: accountRoot }),
    )
  })

  it('limits a role by a session it does not name, and lets that session in', async () => {
    const session = `arn:aws:sts::${account}:assumed-role/enclave-parent/worker-1`
    await setPolicy(closedPolicy(allow('kms:Encrypt', session)))
    await call(kms.parent, 'Encrypt', data)
    await setPolicy(closedPolicy(allow('kms:Encrypt', session.replace('worker-1', 'worker-2'))))
    await refused(kms.parent, 'Encrypt', data, noKeyPolicy('kms:Encrypt', arns.symmetric))
  })

  it('asks the boundary where the account decides, and not where the user is named', async () => {
    const words = [
      'AccessDeniedException',
      `User: ${aliceArn} is not authorized to perform: kms:Encrypt on resource: ${arns.symmetric} because no permissions boundary allows the kms:Encrypt action`,
    ] as const
    await refused(as(kms, alice), 'Encrypt', data, words)
    await call(as(kms, alice), 'DescribeKey', { KeyId })
    await setPolicy(closedPolicy(allow('kms:Encrypt', aliceArn)))
    await call(as(kms, alice), 'Encrypt', data)
  })

  it('knows the caller’s tags', async () => {
    for (const [team, allowed] of [
      ['payments', true],
      ['x', false],
    ] as const) {
      const Condition = { StringEquals: { 'aws:PrincipalTag/team': team } }
      await setPolicy(closedPolicy(allow('kms:Encrypt', aliceArn, { Condition })))
      const { status } = await outcome(as(kms, alice), 'Encrypt', data)
      assert.equal(status, allowed ? 200 : 400, team)
    }
  })

  it('knows the key’s aliases, by which an IAM policy may allow and a key policy may not', async () => {
    await call(as(kms, aliased), 'Encrypt', data)
    await call(kms.root, 'PutKeyPolicy', { KeyId: keyIds.other, Policy: policyOf(delegation) })
    const other = await outcome(as(kms, aliased), 'Encrypt', { ...data, KeyId: keyIds.other })
    assert.equal(other.status, 400)
    for (const operator of ['ForAnyValue:StringEquals', 'ForAllValues:StringLike']) {
      const Condition = { [operator]: { 'KMS:ResourceAliases': 'alias/symmetric' } }
      await setPolicy(closedPolicy(allow('kms:Encrypt', aliceArn, { Condition })))
      assert.equal((await outcome(as(kms, alice), 'Encrypt', data)).status, 400, operator)
      await setPolicy(policyOf(delegation, deny('kms:Encrypt', aliasedArn, { Condition })))
      assert.equal((await outcome(as(kms, aliased), 'Encrypt', data)).status, 400, operator)
    }
  })

  it('knows the key’s aliases for a Deny in a boundary too, whichever of many they are', async () => {
    for (let i = 0; i < 60; i += 1) {
      const AliasName = `alias/many-${String(i).padStart(2, '0')}`
      await call(kms.root, 'CreateAlias', { AliasName, TargetKeyId: KeyId })
    }
    await setPolicy(policyOf(delegation))
    await call(as(kms, bounded), 'Encrypt', data)
    const AliasName = 'alias/zz-forbidden'
    await call(kms.root, 'CreateAlias', { AliasName, TargetKeyId: KeyId })
    const { status, body } = await outcome(as(kms, bounded), 'Encrypt', data)
    assert.equal(status, 400)
    assert.match(String(body.Message), /with an explicit deny in a permissions boundary$/)
  })

  it('knows the alias that the request used, and none where it used an id', async () => {
    const Condition = { StringEquals: { 'kms:RequestAlias': 'alias/symmetric' } }
    await setPolicy(closedPolicy(allow('kms:Encrypt', parentArn, { Condition })))
    const aliasArn = arns.symmetric.replace(/key\/.*/, 'alias/symmetric')
    for (const name of ['alias/symmetric', aliasArn]) {
      await call(kms.parent, 'Encrypt', { ...data, KeyId: name })
    }
    await refused(kms.parent, 'Encrypt', data, noKeyPolicy('kms:Encrypt', arns.symmetric))
  })

  describe('across accounts', () => {
    it('needs the key policy and the caller’s own account', async () => {
      const words = unreachableKey('kms:Encrypt', strangerSessionArn)
      const foreign = { ...data, KeyId: arns.symmetric }
      await refused(as(kms, stranger), 'Encrypt', foreign, words)
      await setPolicy(policyOf(delegation, allow('kms:Encrypt', strangerArn)))
      await call(as(kms, stranger), 'Encrypt', foreign)
      await setPolicy(policyOf(delegation, allow('kms:Encrypt', otherAccount)))
      await call(as(kms, stranger), 'Encrypt', foreign)
    })

    it('prints a denial like a key that is not there, and the decision says what it was', async () => {
      await setPolicy(
        policyOf(delegation, allow('kms:*', strangerArn), deny('kms:Encrypt', strangerArn)),
      )
      const words = unreachableKey('kms:Encrypt', strangerSessionArn)
      const { requestId } = await refused(
        as(kms, stranger),
        'Encrypt',
        { ...data, KeyId: arns.symmetric },
        words,
      )
      const decision = (await kms.control('GET', `/_/decisions/${requestId}`)) as {
        effect: string
      }
      assert.equal(decision.effect, 'EXPLICIT_DENY')
    })

    it('speaks of the ciphertext where that alone named the key', async () => {
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', data)
      const words = unreachableCiphertext('kms:Decrypt', strangerSessionArn)
      await refused(as(kms, stranger), 'Decrypt', { CiphertextBlob }, words)
    })

    it('never changes a key, whatever both policies say', async () => {
      await setPolicy(policyOf(delegation, allow('kms:*', strangerArn)))
      for (const operation of ['DisableKey', 'GetKeyPolicy', 'ScheduleKeyDeletion'] as const) {
        const words = unreachableKey(`kms:${operation}`, strangerSessionArn)
        await refused(as(kms, stranger), operation, { KeyId: arns.symmetric }, words)
      }
      await call(as(kms, stranger), 'DescribeKey', { KeyId: arns.symmetric })
    })
  })

  it('refuses other than by the name of the action: a prefix is no permission', async () => {
    await setPolicy(closedPolicy(allow('kms:GenerateDataKey')))
    const input = { KeyId, KeySpec: 'AES_256' }
    await call(kms.parent, 'GenerateDataKey', input)
    const action = 'kms:GenerateDataKeyWithoutPlaintext'
    await refused(
      kms.parent,
      'GenerateDataKeyWithoutPlaintext',
      input,
      noKeyPolicy(action, arns.symmetric),
    )
  })
})

describe('access in an organization', () => {
  const deniesEncrypt = document(everything, {
    Effect: 'Deny',
    Action: 'kms:Encrypt',
    Resource: '*',
  })
  const deniesAll = { ...everything, Effect: 'Deny', Action: 'kms:Encrypt', Principal: '*' }
  const data = { KeyId: keyIds.symmetric, Plaintext: Buffer.of(1) }
  const id = 'o-exampleorgid'

  describe('with a service control policy', () => {
    const kms = useKms(['symmetric'], {
      organization: { id, serviceControlPolicies: [deniesEncrypt], resourceControlPolicies: [] },
    })

    it('denies even the root user', async () => {
      const { body } = await outcome(kms.root, 'Encrypt', data)
      assert.equal(body.__type, 'AccessDeniedException')
      assert.match(String(body.Message), /with an explicit deny in a service control policy/)
      await call(kms.root, 'DescribeKey', { KeyId: data.KeyId })
    })
  })

  describe('of a role that is linked to a service', () => {
    const arn = `arn:aws:iam::${account}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup`
    const linked = {
      arn,
      accessKeyId: 'AKIALINKED00000000',
      secretAccessKey: 'linked-secret',
      policies: [document(everything)],
    }
    const kms = useKms(['symmetric'], {
      organization: {
        id,
        serviceControlPolicies: [deniesEncrypt],
        resourceControlPolicies: [document(deniesAll)],
      },
      principals: [linked],
    })

    it('is limited by neither kind of policy', async () => {
      await call(as(kms, linked), 'Encrypt', data)
      const { body } = await outcome(kms.admin, 'Encrypt', data)
      assert.equal(body.__type, 'AccessDeniedException')
    })
  })

  describe('with a resource control policy', () => {
    const deniesGetKeyPolicy = { ...deniesAll, Action: 'kms:GetKeyPolicy' }
    const kms = useKms(['symmetric'], {
      organization: {
        id,
        serviceControlPolicies: [],
        resourceControlPolicies: [document(deniesAll, deniesGetKeyPolicy)],
      },
    })

    it('leaves AWS managed keys alone', async () => {
      const alias = await call(kms.root, 'DescribeKey', { KeyId: 'alias/aws/s3' })
      const PolicyName = 'default'
      await call(kms.root, 'GetKeyPolicy', { KeyId: alias.KeyMetadata!.KeyId, PolicyName })
      const { body } = await outcome(kms.root, 'GetKeyPolicy', { KeyId: data.KeyId, PolicyName })
      assert.match(String(body.Message), /with an explicit deny in a resource control policy/)
    })

    it('denies what it denies, and leaves the rest as it was', async () => {
      const { body } = await outcome(kms.root, 'Encrypt', data)
      assert.match(String(body.Message), /with an explicit deny in a resource control policy/)
      await call(kms.root, 'DescribeKey', { KeyId: data.KeyId })
    })
  })

  describe('with its id', () => {
    const Condition = { StringEquals: { 'aws:PrincipalOrgID': id } }
    const policy = JSON.parse(closedPolicy(allow('kms:DescribeKey', '*', { Condition }))) as object
    const keyId = '00000000-0000-4000-8000-0000000000cc'
    const kms = useKms([], {
      organization: { id, serviceControlPolicies: [], resourceControlPolicies: [] },
      keys: [{ id: keyId, policy }],
      principals,
    })

    it('lets its members in, and nobody else', async () => {
      await call(kms.parent, 'DescribeKey', { KeyId: keyId })
      const words = unreachableKey('kms:DescribeKey', strangerSessionArn)
      await refused(as(kms, stranger), 'DescribeKey', { KeyId: arnOf(keyId) }, words)
    })
  })
})
