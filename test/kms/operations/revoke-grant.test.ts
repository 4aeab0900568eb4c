import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, missing, refused, type Refusal } from '../../support/call.ts'
import { nobodysGrantId } from '../../support/key-calls.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, closedPolicy, noIdentityPolicy, noKeyPolicy } from '../../support/policies.ts'
import { arnOf, arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'RevokeGrant'
const KeyId = keyIds.symmetric
const unknown: Refusal = ['NotFoundException', `Grant ID ${nobodysGrantId} not found`]

describe(name, () => {
  const kms = useKms(['symmetric', 'other'])

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  async function newGrant(keyId = KeyId, more: object = {}): Promise<string> {
    const grant = { KeyId: keyId, GranteePrincipal: parentArn, Operations: ['DescribeKey'] }
    const { GrantId } = await call(kms.root, 'CreateGrant', { ...grant, ...more })
    return GrantId!
  }

  describe('input', () => {
    it('requires a key and a grant id', async () => {
      await refused(kms.root, name, { GrantId: nobodysGrantId }, missing('keyId'))
      await refused(kms.root, name, { KeyId }, missing('grantId'))
    })

    it('refuses an id that is none, and one that the key has no grant for', async () => {
      const words: Refusal = ['InvalidGrantIdException', `Invalid grantId 'nobody'`]
      await refused(kms.root, name, { KeyId, GrantId: 'nobody' }, words)
      await refused(kms.root, name, { KeyId, GrantId: nobodysGrantId }, unknown)
      const GrantId = await newGrant()
      const ofOther: Refusal = ['NotFoundException', `Grant ID ${GrantId} not found`]
      await refused(kms.root, name, { KeyId: keyIds.other, GrantId }, ofOther)
      await call(kms.root, name, { KeyId, GrantId })
    })

    it('takes no alias and no grant token', async () => {
      const GrantId = await newGrant()
      const words: Refusal = [
        'InvalidArnException',
        'Key Aliases are not supported for this operation.',
      ]
      await refused(kms.root, name, { KeyId: 'alias/symmetric', GrantId }, words)
      const grant = { KeyId, GranteePrincipal: parentArn, Operations: ['DescribeKey'] }
      const { GrantToken } = await call(kms.root, 'CreateGrant', grant)
      await refused(kms.root, name, { KeyId, GrantToken }, missing('grantId'))
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: async (keyId) => ({ KeyId: keyId, GrantId: await newGrant(keyId) }),
    })

    it('is not for who may only retire the grant', async () => {
      const keyId = keyIds.other
      const more = { Operations: ['RetireGrant', 'DescribeKey'], RetiringPrincipal: parentArn }
      const GrantId = await newGrant(keyId, more)
      const words = noIdentityPolicy(`kms:${name}`, arns.other)
      await refused(kms.parent, name, { KeyId: keyId, GrantId }, words)
    })

    it('tells whoever may not revoke grants nothing of them', async () => {
      const words = noIdentityPolicy(`kms:${name}`, arns.other)
      const input = { KeyId: keyIds.other, GrantId: nobodysGrantId }
      await refused(kms.parent, name, input, words)
    })

    it('is no call of an AWS service', async () => {
      const keyId = await newKey()
      const GrantId = await newGrant(keyId)
      const policy = (value: string) =>
        closedPolicy(
          allow(`kms:${name}`, parentArn, {
            Condition: { Bool: { 'kms:GrantIsForAWSResource': value } },
          }),
        )
      await call(kms.root, 'PutKeyPolicy', { KeyId: keyId, Policy: policy('true') })
      const words = noKeyPolicy(`kms:${name}`, arnOf(keyId))
      await refused(kms.parent, name, { KeyId: keyId, GrantId }, words)
      await call(kms.root, 'PutKeyPolicy', { KeyId: keyId, Policy: policy('false') })
      await call(kms.parent, name, { KeyId: keyId, GrantId })
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ KeyId, GrantId: await newGrant() }))
  })

  describe('result', () => {
    it('is empty, and the grant is gone', async () => {
      const keyId = await newKey()
      const GrantId = await newGrant(keyId)
      await call(kms.parent, 'DescribeKey', { KeyId: keyId })
      const { text } = await answer(kms.root, name, { KeyId: arnOf(keyId), GrantId })
      assert.equal(text, '')
      const words = noIdentityPolicy('kms:DescribeKey', arnOf(keyId))
      await refused(kms.parent, 'DescribeKey', { KeyId: keyId }, words)
      const gone: Refusal = ['NotFoundException', `Grant ID ${GrantId} not found`]
      await refused(kms.root, name, { KeyId: keyId, GrantId }, gone)
      assert.deepEqual((await call(kms.root, 'ListGrants', { KeyId: keyId })).Grants, [])
    })

    it('leaves the key’s other grants', async () => {
      const keyId = await newKey()
      const [one, other] = [await newGrant(keyId), await newGrant(keyId)]
      await call(kms.root, name, { KeyId: keyId, GrantId: one })
      await call(kms.parent, 'DescribeKey', { KeyId: keyId })
      const { Grants } = await call(kms.root, 'ListGrants', { KeyId: keyId })
      assert.deepEqual(
        Grants!.map(({ GrantId }) => GrantId),
        [other],
      )
    })

    it('of a dry run is none', async () => {
      const keyId = keyIds.other
      const GrantId = await newGrant(keyId)
      const input = { KeyId: keyId, GrantId }
      await refused(kms.root, name, { ...input, DryRun: true }, [
        'DryRunOperationException',
        'The request would have succeeded, but the DryRun option is set.',
      ])
      await refused(kms.root, name, { KeyId, GrantId: nobodysGrantId, DryRun: true }, unknown)
      await call(kms.root, name, input)
    })
  })
})
