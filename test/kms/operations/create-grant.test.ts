import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import {
  answer,
  call,
  membersOf,
  missing,
  outcome,
  refused,
  type Refusal,
} from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import {
  allow,
  closedPolicy,
  delegation,
  deny,
  deniedByKeyPolicy,
  noIdentityPolicy,
  noKeyPolicy,
  policyOf,
} from '../../support/policies.ts'
import { account, adminArn, arnOf, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'CreateGrant'
const KeyId = keyIds.symmetric
const grant = { KeyId, GranteePrincipal: parentArn, Operations: ['Decrypt'] }

function invalid(message: string): Refusal {
  return ['ValidationException', message]
}

describe(name, () => {
  const kms = useKms(['symmetric', 'signing', 'hmac'])

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  describe('input', () => {
    it('requires a key and operations', async () => {
      await refused(kms.root, name, { ...grant, KeyId: undefined }, missing('keyId'))
      await refused(kms.root, name, { ...grant, Operations: undefined }, missing('operations'))
    })

    it('requires exactly one grantee', async () => {
      const words = invalid(
        'exactly one of GranteePrincipal and GranteeServicePrincipal is required',
      )
      await refused(kms.root, name, { ...grant, GranteePrincipal: undefined }, words)
      const both = { ...grant, GranteeServicePrincipal: 'rds.amazonaws.com' }
      await refused(kms.root, name, both, words)
    })

    it('refuses two retiring principals', async () => {
      const input = {
        ...grant,
        RetiringPrincipal: parentArn,
        RetiringServicePrincipal: 'rds.amazonaws.com',
      }
      const words = invalid('RetiringPrincipal and RetiringServicePrincipal exclude each other')
      await refused(kms.root, name, input, words)
    })

    it('wants of a service a source and somebody who retires the grant', async () => {
      const { GranteePrincipal, ...rest } = grant
      const service = { ...rest, GranteeServicePrincipal: 'rds.amazonaws.com' }
      const words = invalid(
        'GranteeServicePrincipal requires a SourceArn constraint and a retiring principal',
      )
      const Constraints = { SourceArn: 'arn:aws:rds:us-east-1:111122223333:db:*' }
      const RetiringPrincipal = GranteePrincipal
      for (const more of [{}, { Constraints }, { RetiringPrincipal }]) {
        await refused(kms.root, name, { ...service, ...more }, words)
      }
      await call(kms.root, name, { ...service, Constraints, RetiringPrincipal })
    })

    it('refuses what no grant can be for', async () => {
      for (const member of ['GranteePrincipal', 'RetiringPrincipal']) {
        await refused(kms.root, name, { ...grant, [member]: 'nobody' }, [
          'InvalidArnException',
          `${member} does not refer to a valid principal.`,
        ])
      }
      for (const principal of [
        'arn:aws:iam::111122223333:group/staff',
        'arn:aws:s3:::bucket',
        'arn:aws:iam::1111:role/a',
      ]) {
        const words: Refusal = ['InvalidArnException', `ARN is not valid: ${principal}`]
        await refused(kms.root, name, { ...grant, GranteePrincipal: principal }, words)
        await refused(kms.root, name, { ...grant, RetiringPrincipal: principal }, words)
      }
    })

    it('refuses users and roles that there are not, in an account with known ones', async () => {
      const nobody = `arn:aws:iam::${account}:role/nobody`
      for (const principal of [
        nobody,
        `arn:aws:iam::${account}:user/nobody`,
        `arn:aws:sts::${account}:assumed-role/nobody/session`,
      ]) {
        const words: Refusal = [
          'InvalidArnException',
          `ARN does not refer to a valid principal: ${principal}`,
        ]
        await refused(kms.root, name, { ...grant, GranteePrincipal: principal }, words)
        await refused(kms.root, name, { ...grant, RetiringPrincipal: principal }, words)
      }
      const elsewhere = nobody.replace(account, '444455556666')
      await call(kms.root, name, { ...grant, GranteePrincipal: elsewhere })
    })

    it('refuses more than ten grant tokens, and what is none', async () => {
      const { GrantToken } = await call(kms.root, name, grant)
      const tokens = (count: number) => Array.from({ length: count }, () => GrantToken)
      await call(kms.root, name, { ...grant, GrantTokens: tokens(10) })
      const { status, body } = await outcome(kms.root, name, { ...grant, GrantTokens: tokens(11) })
      assert.equal(status, 400)
      assert.match(String(body.message), /at 'grantTokens' .* less than or equal to 10$/)
      const words: Refusal = ['InvalidGrantTokenException', 'the grant token cannot be read']
      await refused(kms.root, name, { ...grant, GrantTokens: [GrantToken, 'x'] }, words)
    })

    it('refuses operations that the key does not have', async () => {
      for (const [key, operation] of [
        ['symmetric', 'Sign'],
        ['symmetric', 'GetPublicKey'],
        ['signing', 'Decrypt'],
        ['signing', 'GenerateMac'],
        ['hmac', 'GetPublicKey'],
      ] as const) {
        const input = { ...grant, KeyId: keyIds[key], Operations: ['DescribeKey', operation] }
        const { body } = await outcome(kms.root, name, input)
        assert.equal(body.__type, 'ValidationException')
        const words = `Operations \\[${operation}\\] are not supported when creating a grant for`
        assert.match(String(body.message), new RegExp(`^${words} `))
      }
    })

    it('refuses an encryption context for a key that has none', async () => {
      const Constraints = { EncryptionContextSubset: { a: 'b' } }
      const input = { ...grant, KeyId: keyIds.signing, Operations: ['Sign'], Constraints }
      const words =
        'EncryptionContext is supported only when creating a grant for a symmetric encryption KMS key.'
      await refused(kms.root, name, input, invalid(words))
    })

    it('refuses more than eight pairs, and values of more than 384 characters', async () => {
      const pairs = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${String(index)}`, 'v']))
      for (const member of ['EncryptionContextEquals', 'EncryptionContextSubset']) {
        const constrained = (value: object) => ({ ...grant, Constraints: { [member]: value } })
        await call(kms.root, name, constrained(pairs(8)))
        await refused(
          kms.root,
          name,
          constrained(pairs(9)),
          invalid('an encryption context constraint has at most 8 pairs'),
        )
        await call(kms.root, name, constrained({ a: 'x'.repeat(384) }))
        await refused(
          kms.root,
          name,
          constrained({ a: 'x'.repeat(385) }),
          invalid('a value of an encryption context constraint has at most 384 characters'),
        )
      }
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: newKey,
      input: (keyId) => ({ ...grant, KeyId: keyId }),
    })

    it('hears of the grant', async () => {
      const keyId = await newKey()
      const Condition = {
        StringEquals: {
          'kms:GranteePrincipal': parentArn,
          'kms:GrantConstraintType': 'EncryptionContextSubset',
          'kms:EncryptionContext:tenant': 'a',
        },
        'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt', 'Encrypt'] },
        Null: { 'kms:RetiringPrincipal': 'true' },
      }
      const Policy = closedPolicy(allow(`kms:${name}`, parentArn, { Condition }))
      await call(kms.root, 'PutKeyPolicy', { KeyId: keyId, Policy })
      const Constraints = { EncryptionContextSubset: { tenant: 'a' } }
      const allowed = { ...grant, KeyId: keyId, Constraints }
      await call(kms.parent, name, allowed)
      const words = noKeyPolicy(`kms:${name}`, arnOf(keyId))
      for (const more of [
        { Operations: ['Decrypt', 'DescribeKey'] },
        { GranteePrincipal: `arn:aws:iam::${account}:role/other` },
        { RetiringPrincipal: parentArn },
        { Constraints: { EncryptionContextEquals: { tenant: 'a' } } },
        { Constraints: { EncryptionContextSubset: { tenant: 'b' } } },
        { Constraints: undefined },
      ]) {
        await refused(kms.parent, name, { ...allowed, ...more }, words)
      }
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => grant)
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const got = await answer(kms.root, name, grant)
      assert.deepEqual(membersOf(got), ['GrantId', 'GrantToken'])
      assert.match(got.output.GrantId!, /^[0-9a-f]{64}$/)
      assert.match(got.output.GrantToken!, /^[A-Za-z0-9_-]{20,}$/)
    })

    it('lets the grantee do what the grant says, and nothing else', async () => {
      const keyId = await newKey()
      const input = { KeyId: keyId, Plaintext: Buffer.of(1) }
      const words = noIdentityPolicy('kms:Encrypt', arnOf(keyId))
      await refused(kms.parent, 'Encrypt', input, words)
      await call(kms.root, name, { ...grant, KeyId: keyId, Operations: ['Encrypt'] })
      const { CiphertextBlob } = await call(kms.parent, 'Encrypt', input)
      const decrypt = noIdentityPolicy('kms:Decrypt', arnOf(keyId))
      await refused(kms.parent, 'Decrypt', { CiphertextBlob }, decrypt)
    })

    it('is for one key', async () => {
      const [granted, other] = [await newKey(), await newKey()]
      await call(kms.root, name, { ...grant, KeyId: granted, Operations: ['DescribeKey'] })
      await call(kms.parent, 'DescribeKey', { KeyId: granted })
      const words = noIdentityPolicy('kms:DescribeKey', arnOf(other))
      await refused(kms.parent, 'DescribeKey', { KeyId: other }, words)
    })

    it('needs no word of the key policy, and yields to its denial', async () => {
      const keyId = await newKey()
      await call(kms.root, name, { ...grant, KeyId: keyId, Operations: ['DescribeKey'] })
      const setPolicy = (Policy: string) => call(kms.root, 'PutKeyPolicy', { KeyId: keyId, Policy })
      await setPolicy(closedPolicy())
      await call(kms.parent, 'DescribeKey', { KeyId: keyId })
      await setPolicy(policyOf(delegation, deny('kms:DescribeKey')))
      const words = deniedByKeyPolicy('kms:DescribeKey', arnOf(keyId))
      await refused(kms.parent, 'DescribeKey', { KeyId: keyId }, words)
    })

    const data = { Plaintext: Buffer.of(1) }
    const contexts: readonly (readonly [string, object, object[], object[]])[] = [
      [
        'EncryptionContextEquals',
        { tenant: 'a' },
        [{ tenant: 'a' }],
        [{}, { tenant: 'b' }, { tenant: 'a', more: 'b' }],
      ],
      [
        'EncryptionContextSubset',
        { tenant: 'a' },
        [{ tenant: 'a' }, { tenant: 'a', more: 'b' }],
        [{}, { tenant: 'b' }, { more: 'b' }],
      ],
    ]
    for (const [constraint, pairs, good, bad] of contexts) {
      it(`holds to its encryption context: ${constraint}`, async () => {
        const keyId = await newKey()
        const Operations = ['Encrypt', 'DescribeKey']
        const Constraints = { [constraint]: pairs }
        await call(kms.root, name, { ...grant, KeyId: keyId, Operations, Constraints })
        for (const EncryptionContext of good) {
          await call(kms.parent, 'Encrypt', { KeyId: keyId, ...data, EncryptionContext })
        }
        const words = noIdentityPolicy('kms:Encrypt', arnOf(keyId))
        for (const EncryptionContext of bad) {
          await refused(kms.parent, 'Encrypt', { KeyId: keyId, ...data, EncryptionContext }, words)
        }
        await call(kms.parent, 'DescribeKey', { KeyId: keyId })
      })
    }

    it('lets a grantee pass on no more than the grant gives', async () => {
      const keyId = await newKey()
      const Operations = ['CreateGrant', 'Decrypt', 'Encrypt']
      const Constraints = { EncryptionContextSubset: { tenant: 'a' } }
      await call(kms.root, name, { ...grant, KeyId: keyId, Operations, Constraints })
      const child = {
        KeyId: keyId,
        GranteePrincipal: adminArn,
        Operations: ['Decrypt'],
        Constraints,
      }
      await call(kms.parent, name, child)
      await call(kms.parent, name, {
        ...child,
        Constraints: { EncryptionContextEquals: { tenant: 'a', more: 'b' } },
      })
      const words = noIdentityPolicy(`kms:${name}`, arnOf(keyId))
      for (const more of [
        { Operations: ['Decrypt', 'DescribeKey'] },
        { Constraints: undefined },
        { Constraints: { EncryptionContextSubset: { tenant: 'b' } } },
        { Constraints: { EncryptionContextSubset: { other: 'a' } } },
      ]) {
        await refused(kms.parent, name, { ...child, ...more }, words)
      }
    })

    it('of another name is another grant, however often it is asked for at once', async () => {
      const named = { ...grant, Operations: ['DescribeKey', 'Encrypt'], Name: 'at-once' }
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => call(kms.root, name, named)),
      )
      assert.equal(new Set(answers.map(({ GrantId }) => GrantId)).size, 1)
      assert.equal(new Set(answers.map(({ GrantToken }) => GrantToken)).size, 8)
      const turned = { ...named, Operations: ['Encrypt', 'DescribeKey'] }
      assert.equal((await call(kms.root, name, turned)).GrantId, answers[0]!.GrantId)
      const other = await call(kms.root, name, { ...named, Name: 'another' })
      assert.notEqual(other.GrantId, answers[0]!.GrantId)
    })

    it('is the same grant when the same is asked for under the same name', async () => {
      const named = { ...grant, Name: 'a-name' }
      const first = await call(kms.root, name, named)
      const again = await call(kms.root, name, named)
      assert.equal(again.GrantId, first.GrantId)
      assert.notEqual(again.GrantToken, first.GrantToken)
      const other = await call(kms.root, name, { ...named, Operations: ['Encrypt'] })
      assert.notEqual(other.GrantId, first.GrantId)
      const retired = await call(kms.root, name, { ...named, RetiringPrincipal: parentArn })
      assert.notEqual(retired.GrantId, first.GrantId)
      const nameless = await call(kms.root, name, grant)
      assert.notEqual((await call(kms.root, name, grant)).GrantId, nameless.GrantId)
    })
  })
})
