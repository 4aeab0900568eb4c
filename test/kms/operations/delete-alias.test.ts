import assert from 'node:assert/strict'
import { aliasKeeper, testAliasAccess } from '../../support/alias-shelf.ts'
import { answer, call, missing, refused } from '../../support/call.ts'
import { newAliasName } from '../../support/key-calls.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { aliasArnOf, keyIds, useKms } from '../../support/scene.ts'

describe('DeleteAlias', () => {
  const kms = useKms(['symmetric'], { principals: [aliasKeeper] })

  async function newAlias(TargetKeyId: string = keyIds.symmetric): Promise<string> {
    const AliasName = newAliasName()
    await call(kms.root, 'CreateAlias', { AliasName, TargetKeyId })
    return AliasName
  }

  describe('input', () => {
    it('requires an alias', async () => {
      await refused(kms.root, 'DeleteAlias', {}, missing('aliasName'))
    })

    it('refuses an alias that nobody has', async () => {
      await refused(kms.root, 'DeleteAlias', { AliasName: 'alias/nobody' }, [
        'NotFoundException',
        `Alias ${aliasArnOf('alias/nobody')} is not found.`,
      ])
    })
  })

  describe('access', () => {
    testAliasAccess(kms, 'DeleteAlias', {
      async given() {
        const { KeyMetadata } = await call(kms.root, 'CreateKey')
        const keyId = KeyMetadata!.KeyId!
        const alias = await newAlias(keyId)
        return { input: { AliasName: alias }, alias, keyIds: [keyId] }
      },
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, 'DeleteAlias', async () => ({ AliasName: await newAlias() }))
  })

  describe('result', () => {
    it('is an empty body; the alias is gone and the key stays', async () => {
      const AliasName = await newAlias()
      const { text } = await answer(kms.root, 'DeleteAlias', { AliasName })
      assert.equal(text, '')
      await refused(kms.root, 'DescribeKey', { KeyId: AliasName }, [
        'NotFoundException',
        `Alias ${aliasArnOf(AliasName)} is not found.`,
      ])
      await call(kms.root, 'DescribeKey', { KeyId: keyIds.symmetric })
    })

    it('lets the name be used again', async () => {
      const AliasName = await newAlias()
      await call(kms.root, 'DeleteAlias', { AliasName })
      await call(kms.root, 'CreateAlias', { AliasName, TargetKeyId: keyIds.symmetric })
    })
  })
})
