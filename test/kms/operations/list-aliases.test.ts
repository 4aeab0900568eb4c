import assert from 'node:assert/strict'
import { answer, call, membersOf, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { noIdentityPolicy, unreachableKey } from '../../support/policies.ts'
import { account, aliasArnOf, keyIds, useKms } from '../../support/scene.ts'

const name = 'ListAliases'
const notOfThisListing = ['InvalidMarkerException', null] as const

describe(name, () => {
  const kms = useKms(['symmetric', 'other'])
  const names = ['alias/other', 'alias/second', 'alias/symmetric']

  /** All pages, one after the other. */
  async function listed(input: object = {}) {
    const seen = []
    let Marker: string | undefined
    do {
      const page = await call(kms.root, name, { ...input, Marker })
      seen.push(...page.Aliases!)
      Marker = page.NextMarker
    } while (Marker !== undefined)
    return seen
  }

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
      const own = got.output.Aliases!.filter((one) => !one.AliasName!.startsWith('alias/aws/'))
      assert.deepEqual(
        own.map(({ AliasName }) => AliasName),
        names,
      )
      const { CreationDate, LastUpdatedDate, ...rest } = own[0]!
      assert.deepEqual(rest, {
        AliasName: 'alias/other',
        AliasArn: aliasArnOf('alias/other'),
        TargetKeyId: keyIds.other,
      })
      assert.deepEqual(CreationDate, LastUpdatedDate)
    })

    it('has AWS’s own aliases, with nothing but their names before their first use', async () => {
      const { Aliases } = await call(kms.root, name)
      const predefined = Aliases!.filter((one) => one.AliasName!.startsWith('alias/aws/'))
      assert.equal(predefined.length, 39)
      for (const { AliasName, AliasArn, ...rest } of predefined) {
        assert.equal(AliasArn, aliasArnOf(AliasName!))
        assert.deepEqual(rest, {})
      }
    })

    it('gives everything once, in the order of the names, whatever the size of a page', async () => {
      const whole = (await listed({ Limit: 100 })).map(({ AliasName }) => AliasName!)
      assert.deepEqual(whole, whole.toSorted())
      assert.equal(new Set(whole).size, 39 + names.length)
      for (const Limit of [1, 7, 50]) {
        assert.deepEqual(
          (await listed({ Limit })).map(({ AliasName }) => AliasName),
          whole,
        )
      }
    })

    it('of a key are the key’s', async () => {
      const { Aliases } = await call(kms.root, name, { KeyId: keyIds.symmetric })
      assert.deepEqual(
        Aliases?.map(({ AliasName }) => AliasName),
        ['alias/second', 'alias/symmetric'],
      )
    })

    it('of a key come in pages', async () => {
      const { Aliases, Truncated, NextMarker } = await call(kms.root, name, {
        KeyId: keyIds.symmetric,
        Limit: 1,
      })
      assert.deepEqual([Aliases?.length, Truncated], [1, true])
      assert.ok(NextMarker)
      const seen = await listed({ KeyId: keyIds.symmetric, Limit: 1 })
      assert.deepEqual(
        seen.map(({ AliasName }) => AliasName),
        ['alias/second', 'alias/symmetric'],
      )
    })

    it('goes on behind an alias that is gone meanwhile, and shows one that has come', async () => {
      const [gone, come] = ['alias/page-1', 'alias/page-3']
      await call(kms.root, 'CreateAlias', { AliasName: gone, TargetKeyId: keyIds.other })
      const all = await listed()
      const Limit = all.findIndex(({ AliasName }) => AliasName === gone) + 1
      const { NextMarker } = await call(kms.root, name, { Limit })
      await call(kms.root, 'DeleteAlias', { AliasName: gone })
      await call(kms.root, 'CreateAlias', { AliasName: come, TargetKeyId: keyIds.other })
      const { Aliases } = await call(kms.root, name, { Marker: NextMarker })
      assert.deepEqual(
        Aliases?.map(({ AliasName }) => AliasName),
        [come, 'alias/second', 'alias/symmetric'],
      )
      await call(kms.root, 'DeleteAlias', { AliasName: come })
    })

    it('takes a marker for a day by the server’s clock', async () => {
      const { NextMarker: Marker } = await call(kms.root, name, { Limit: 1 })
      await kms.control('PUT', '/_/clock', { advanceSeconds: 86_400 - 60 })
      await call(kms.root, name, { Marker })
      await kms.control('PUT', '/_/clock', { advanceSeconds: 120 })
      const words = ['InvalidMarkerException', null] as const
      await refused(kms.root, name, { Marker }, words)
      await kms.control('PUT', '/_/clock', { reset: true })
    })
  })
})
