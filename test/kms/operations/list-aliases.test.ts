import assert from 'node:assert/strict'
import { answer, call, membersOf, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { noIdentityPolicy, unreachableKey } from '../../support/policies.ts'
import { account, aliasArnOf, keyIds, useKms } from '../../support/scene.ts'

const name = 'ListAliases'
const notOfThisListing = [
  'InvalidMarkerException',
  'The marker is not one of this listing.',
] as const

describe(name, () => {
  const kms = useKms(['symmetric', 'other'])
  const names = ['alias/other', 'alias/second', 'alias/symmetric']

  before(() =>
    call(kms.root, 'CreateAlias', { AliasName: 'alias/second', TargetKeyId: keyIds.symmetric }),
  )

  describe('input', () => {
    it('refuses a marker of one key’s aliases for another’s or for all', async () => {
      const { NextMarker } = await call(kms.root, name, { KeyId: keyIds.symmetric, Limit: 1 })
      assert.ok(NextMarker)
      for (const KeyId of [undefined, keyIds.other]) {
        await refused(kms.root, name, { KeyId, Marker: NextMarker }, notOfThisListing)
      }
    })
  })

  describe('access', () => {
    it('refuses a role whose identity policies do not allow it', async () => {
      await refused(kms.parent, name, {}, noIdentityPolicy(`kms:${name}`, '*'))
    })

    it('is allowed by an identity policy', async () => {
      await call(kms.admin, name)
    })

    it('never lists the aliases of another account’s key', async () => {
      const other = kms.client({
        credentials: { accessKeyId: '444455556666', secretAccessKey: 'any' },
      })
      const { KeyMetadata } = await call(other, 'CreateKey')
      const words = unreachableKey(`kms:${name}`, `arn:aws:iam::${account}:root`)
      await refused(kms.root, name, { KeyId: KeyMetadata?.Arn }, words)
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({}))
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const got = await answer(kms.root, name)
      assert.deepEqual(membersOf(got), ['Aliases', 'Truncated'])
      assert.deepEqual(
        got.output.Aliases?.map(({ AliasName }) => AliasName),
        names,
      )
      const [first] = got.output.Aliases
      const { CreationDate, LastUpdatedDate, ...rest } = first!
      assert.deepEqual(rest, {
        AliasName: 'alias/other',
        AliasArn: aliasArnOf('alias/other'),
        TargetKeyId: keyIds.other,
      })
      assert.deepEqual(CreationDate, LastUpdatedDate)
    })

    it('of a key are the key’s', async () => {
      const { Aliases } = await call(kms.root, name, { KeyId: keyIds.symmetric })
      assert.deepEqual(
        Aliases?.map(({ AliasName }) => AliasName),
        ['alias/second', 'alias/symmetric'],
      )
    })

    it('comes in pages, of all aliases and of one key’s', async () => {
      for (const [KeyId, count] of [
        [undefined, 3],
        [keyIds.symmetric, 2],
      ] as const) {
        const seen: unknown[] = []
        let Marker: string | undefined
        do {
          const page = await call(kms.root, name, { KeyId, Limit: 1, Marker })
          assert.equal(page.Aliases?.length, 1)
          seen.push(page.Aliases[0]?.AliasName)
          Marker = page.NextMarker
        } while (Marker !== undefined)
        assert.equal(new Set(seen).size, count)
        assert.equal(seen.length, count)
      }
    })
  })
})
