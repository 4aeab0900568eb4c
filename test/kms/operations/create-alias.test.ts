import assert from 'node:assert/strict'
import { aliasKeeper, testAliasAccess } from '../../support/alias-shelf.ts'
import { answer, call, constraint, missing, refused } from '../../support/call.ts'
import { newAliasName } from '../../support/key-calls.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { aliasArnOf, keyIds, useKms } from '../../support/scene.ts'

const TargetKeyId = keyIds.symmetric

describe('CreateAlias', () => {
  const kms = useKms(['symmetric', 'other'], { principals: [aliasKeeper] })

  describe('input', () => {
    it('requires an alias and a key', async () => {
      await refused(kms.root, 'CreateAlias', { TargetKeyId }, missing('aliasName'))
      await refused(kms.root, 'CreateAlias', { AliasName: 'alias/a' }, missing('targetKeyId'))
    })

    it('refuses a character that no alias has', async () => {
      await refused(
        kms.root,
        'CreateAlias',
        { AliasName: 'alias/a b', TargetKeyId },
        constraint(
          "Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
        ),
      )
    })

    it('refuses an alias that is there', async () => {
      for (const target of [TargetKeyId, keyIds.other]) {
        const input = { AliasName: 'alias/symmetric', TargetKeyId: target }
        await refused(kms.root, 'CreateAlias', input, [
          'AlreadyExistsException',
          `An alias with the name ${aliasArnOf('alias/symmetric')} already exists`,
        ])
      }
    })

    it('lets one of two calls at once have the name', async () => {
      const AliasName = newAliasName()
      const calls = await Promise.allSettled(
        [TargetKeyId, keyIds.other].map((key) =>
          call(kms.root, 'CreateAlias', { AliasName, TargetKeyId: key }),
        ),
      )
      assert.deepEqual(calls.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    })
  })

  describe('access', () => {
    testAliasAccess(kms, 'CreateAlias', {
      async given() {
        const { KeyMetadata } = await call(kms.root, 'CreateKey')
        const keyId = KeyMetadata!.KeyId!
        const alias = newAliasName()
        return { input: { AliasName: alias, TargetKeyId: keyId }, alias, keyIds: [keyId] }
      },
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, 'CreateAlias', () => ({ AliasName: newAliasName(), TargetKeyId }))
  })

  describe('result', () => {
    it('is an empty body', async () => {
      const { text } = await answer(kms.root, 'CreateAlias', {
        AliasName: newAliasName(),
        TargetKeyId,
      })
      assert.equal(text, '')
    })

    it('names the key from then on', async () => {
      const AliasName = newAliasName()
      await call(kms.root, 'CreateAlias', { AliasName, TargetKeyId })
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId: AliasName })
      assert.equal(KeyMetadata?.KeyId, TargetKeyId)
    })

    it('belongs to the account and the Region of the call', async () => {
      const AliasName = newAliasName()
      await call(kms.root, 'CreateAlias', { AliasName, TargetKeyId })
      const elsewhere = kms.client({ region: 'eu-west-1' })
      await refused(elsewhere, 'DescribeKey', { KeyId: AliasName }, [
        'NotFoundException',
        `Alias ${aliasArnOf(AliasName).replace('us-east-1', 'eu-west-1')} is not found.`,
      ])
    })
  })
})
