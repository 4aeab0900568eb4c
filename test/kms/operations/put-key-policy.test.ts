import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, missing, outcome, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, delegation, deny, noIdentityPolicy, policyOf } from '../../support/policies.ts'
import { account, adminArn, arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'PutKeyPolicy'
const KeyId = keyIds.symmetric
const invalidPrincipals = [
  'MalformedPolicyDocumentException',
  'Policy contains a statement with one or more invalid principals.',
] as const
const lockout = [
  'MalformedPolicyDocumentException',
  'The new key policy will not allow you to update the key policy in the future.',
] as const

describe(name, () => {
  const kms = useKms(['symmetric'])

  async function policyNow(): Promise<string | undefined> {
    return (await call(kms.root, 'GetKeyPolicy', { KeyId })).Policy
  }

  describe('input', () => {
    it('requires a key and a policy', async () => {
      await refused(kms.root, name, { KeyId }, missing('policy'))
      await refused(kms.root, name, { Policy: policyOf(delegation) }, missing('keyId'))
    })

    it('refuses the name of a policy that no key has', async () => {
      const input = { KeyId, Policy: policyOf(delegation), PolicyName: 'other' }
      await refused(kms.root, name, input, ['NotFoundException', 'No such policy exists'])
    })

    it('refuses what is no policy, and keeps the old one', async () => {
      const before = await policyNow()
      for (const Policy of [
        'x',
        '{}',
        '[]',
        '{"Version":"2012-10-17","Statement":[{}]}',
        policyOf(delegation, { ...delegation, Effect: 'allow' }),
        policyOf(delegation, {
          ...delegation,
          Condition: { StringSame: { 'kms:ViaService': 'a' } },
        }),
        policyOf(delegation, { Effect: 'Allow', Action: 'kms:*', Resource: '*' }),
      ]) {
        const { status, body } = await outcome(kms.root, name, { KeyId, Policy })
        assert.equal(status, 400)
        assert.equal(body.__type, 'MalformedPolicyDocumentException', Policy)
        assert.equal(typeof body.message, 'string')
      }
      assert.equal(await policyNow(), before)
    })

    it('refuses principals that there are not, in AWS’s words', async () => {
      for (const principal of [
        `arn:aws:iam::${account}:user/nobody`,
        `arn:aws:iam::${account}:role/nobody`,
        `arn:aws:sts::${account}:assumed-role/nobody/session`,
        `arn:aws:iam::${account}:role/*`,
        `arn:aws:iam::${account}:group/staff`,
        'AIDACKCEVSQ6C2EXAMPLE',
      ]) {
        const Policy = policyOf(delegation, allow('kms:Decrypt', principal))
        await refused(kms.root, name, { KeyId, Policy }, invalidPrincipals)
      }
    })

    it('takes principals of an account of which nothing is known', async () => {
      const Policy = policyOf(
        delegation,
        allow('kms:Decrypt', 'arn:aws:iam::444455556666:role/any'),
        allow('kms:Encrypt', `arn:aws:sts::${account}:assumed-role/admin/anyone`),
        deny('kms:Encrypt', '*'),
      )
      await call(kms.root, name, { KeyId, Policy })
    })

    it('refuses a policy over 32 KiB', async () => {
      const Policy = policyOf(delegation) + ' '.repeat(32_768)
      await refused(kms.root, name, { KeyId, Policy }, [
        'LimitExceededException',
        'The key policy is larger than 32768 bytes.',
      ])
      const most = policyOf(delegation).padEnd(32_768)
      await call(kms.root, name, { KeyId, Policy: most })
    })

    it('refuses characters that no policy has', async () => {
      const Policy = `${policyOf(delegation)}\u0000`
      const words = `Value '${Policy}' at 'policy' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+`
      await refused(kms.root, name, { KeyId, Policy }, constraint(words))
    })
  })

  describe('the lockout check', () => {
    beforeEach(() => call(kms.root, name, { KeyId, Policy: policyOf(delegation) }))
    after(() => call(kms.root, name, { KeyId, Policy: policyOf(delegation) }))

    it('refuses a policy that keeps its caller from changing it again', async () => {
      for (const policy of [
        policyOf(allow('kms:*', parentArn)),
        policyOf({ ...delegation, Action: 'kms:Decrypt' }),
        policyOf(delegation, deny('kms:PutKeyPolicy', '*')),
      ]) {
        await refused(kms.root, name, { KeyId, Policy: policy }, lockout)
      }
    })

    it('counts the caller’s own policies', async () => {
      const onlyParent = policyOf(allow('kms:PutKeyPolicy', parentArn), delegation)
      await call(kms.root, name, { KeyId, Policy: onlyParent })
      // The account is still there, but no identity policy of the parent allows it anything.
      const Policy = policyOf(delegation)
      await refused(kms.parent, name, { KeyId, Policy }, lockout)
      await call(kms.parent, name, { KeyId, Policy: onlyParent })
    })

    it('is skipped when the caller says so', async () => {
      const { KeyMetadata } = await call(kms.root, 'CreateKey')
      const doomed = KeyMetadata!.KeyId!
      const Policy = policyOf(allow('kms:DescribeKey', parentArn))
      const BypassPolicyLockoutSafetyCheck = true
      await call(kms.root, name, { KeyId: doomed, Policy, BypassPolicyLockoutSafetyCheck })
      await call(kms.parent, 'DescribeKey', { KeyId: doomed })
      const { body } = await outcome(kms.root, name, { KeyId: doomed, Policy })
      assert.equal(body.__type, 'AccessDeniedException')
    })

    it('can be made unskippable by a policy', async () => {
      const Condition = { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': 'true' } }
      const Policy = policyOf(delegation, deny(`kms:${name}`, adminArn, { Condition }))
      await call(kms.root, name, { KeyId, Policy })
      const input = { KeyId, Policy, BypassPolicyLockoutSafetyCheck: true }
      const { body } = await outcome(kms.admin, name, input)
      assert.equal(body.__type, 'AccessDeniedException')
      await call(kms.admin, name, { KeyId, Policy })
      await call(kms.admin, name, { ...input, BypassPolicyLockoutSafetyCheck: false })
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      // The parent may not put it away again: the check is not what is tested here.
      input: (keyId) => ({
        KeyId: keyId,
        Policy: policyOf(delegation),
        BypassPolicyLockoutSafetyCheck: true,
      }),
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId, Policy: policyOf(delegation) }))
  })

  describe('result', () => {
    it('is an empty body, and the policy counts at once', async () => {
      const before = { KeyId, Policy: policyOf(delegation) }
      await call(kms.root, name, before)
      const words = noIdentityPolicy('kms:DescribeKey', arns.symmetric)
      await refused(kms.parent, 'DescribeKey', { KeyId }, words)
      const Policy = policyOf(delegation, allow('kms:DescribeKey'))
      assert.equal((await answer(kms.root, name, { KeyId, Policy })).text, '')
      await call(kms.parent, 'DescribeKey', { KeyId })
      await call(kms.root, name, before)
      await refused(kms.parent, 'DescribeKey', { KeyId }, words)
    })
  })
})
