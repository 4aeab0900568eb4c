import assert from 'node:assert/strict'
import { aliasKeeper, testAliasAccess } from '../../support/alias-shelf.ts'
import { answer, call, missing, refused } from '../../support/call.ts'
import { newAliasName } from '../../support/key-calls.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { aliasArnOf, aliasOf, arns, keyIds, useKms, type KeyName } from '../../support/scene.ts'

describe('UpdateAlias', () => {
  const kms = useKms(['symmetric', 'other', 'hmac', 'signing', 'agreement'], {
    principals: [aliasKeeper],
  })

  async function newAlias(TargetKeyId: string = keyIds.symmetric): Promise<string> {
    const AliasName = newAliasName()
    await call(kms.root, 'CreateAlias', { AliasName, TargetKeyId })
    return AliasName
  }

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  describe('input', () => {
    it('requires an alias and a key', async () => {
      const AliasName = aliasOf('symmetric')
      await refused(kms.root, 'UpdateAlias', { AliasName }, missing('targetKeyId'))
      const TargetKeyId = keyIds.other
      await refused(kms.root, 'UpdateAlias', { TargetKeyId }, missing('aliasName'))
    })

    it('refuses an alias that nobody has', async () => {
      const input = { AliasName: 'alias/nobody', TargetKeyId: keyIds.other }
      await refused(kms.root, 'UpdateAlias', input, [
        'NotFoundException',
        `Alias ${aliasArnOf('alias/nobody')} is not found.`,
      ])
    })

    const otherKinds: readonly (readonly [KeyName, KeyName])[] = [
      ['symmetric', 'hmac'],
      ['symmetric', 'signing'],
      ['signing', 'agreement'],
    ]
    for (const [from, to] of otherKinds) {
      it(`refuses a key of another kind or usage: ${from} to ${to}`, async () => {
        const input = { AliasName: aliasOf(from), TargetKeyId: keyIds[to] }
        await refused(kms.root, 'UpdateAlias', input, [
          'ValidationException',
          `Alias cannot be changed from ${arns[from]} to ${arns[to]}: both keys must be of the same type and have the same key usage`,
        ])
      })
    }
  })

  describe('access', () => {
    testAliasAccess(kms, 'UpdateAlias', {
      async given() {
        const [current, target] = [await newKey(), await newKey()]
        const alias = await newAlias(current)
        return {
          input: { AliasName: alias, TargetKeyId: target },
          alias,
          keyIds: [current, target],
        }
      },
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, 'UpdateAlias', async () => ({
      AliasName: await newAlias(),
      TargetKeyId: keyIds.other,
    }))
  })

  describe('result', () => {
    it('is an empty body, and the alias names the other key', async () => {
      const AliasName = await newAlias()
      const input = { AliasName, TargetKeyId: keyIds.other }
      const { text } = await answer(kms.root, 'UpdateAlias', input)
      assert.equal(text, '')
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId: AliasName })
      assert.equal(KeyMetadata?.KeyId, keyIds.other)
    })

    it('leaves the day of the creation, and the first key without the alias', async () => {
      const [current, target] = [await newKey(), await newKey()]
      const AliasName = await newAlias(current)
      await kms.control('PUT', '/_/clock', { advanceSeconds: 10 })
      await call(kms.root, 'UpdateAlias', { AliasName, TargetKeyId: target })
      await kms.control('PUT', '/_/clock', { reset: true })
      assert.deepEqual((await call(kms.root, 'ListAliases', { KeyId: current })).Aliases, [])
      const { Aliases } = await call(kms.root, 'ListAliases', { KeyId: target })
      const [alias] = Aliases!
      assert.equal(alias?.AliasName, AliasName)
      const [created, updated] = [alias.CreationDate, alias.LastUpdatedDate]
      const elapsedMs = Number(updated) - Number(created)
      assert.ok(elapsedMs >= 10_000 && elapsedMs < 20_000, String(elapsedMs))
    })
  })
})
