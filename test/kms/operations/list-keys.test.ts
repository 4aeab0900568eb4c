import assert from 'node:assert/strict'
import { answer, call, membersOf, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { noIdentityPolicy } from '../../support/policies.ts'
import { arnOf, useKms } from '../../support/scene.ts'

const name = 'ListKeys'
const notOfThisListing = ['InvalidMarkerException', null] as const

describe(name, () => {
  const kms = useKms(['symmetric', 'other', 'hmac'])

  describe('input', () => {
    it('refuses a marker of another Region, of another account and of another listing', async () => {
      const { NextMarker } = await call(kms.root, name, { Limit: 1 })
      const { NextMarker: ofAliases } = await call(kms.root, 'ListAliases', { Limit: 1 })
      const credentials = { accessKeyId: '444455556666', secretAccessKey: 'any' }
      assert.ok(NextMarker && ofAliases)
      for (const [client, Marker] of [
        [kms.client({ region: 'eu-west-1' }), NextMarker],
        [kms.client({ credentials }), NextMarker],
        [kms.root, ofAliases],
      ] as const) {
        await refused(client, name, { Marker }, notOfThisListing)
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
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({}))
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const got = await answer(kms.root, name)
      assert.deepEqual(membersOf(got), ['Keys', 'Truncated'])
      assert.equal(got.output.Keys?.length, 3)
      for (const { KeyId, KeyArn, ...rest } of got.output.Keys) {
        assert.equal(KeyArn, arnOf(KeyId!))
        assert.deepEqual(rest, {})
      }
    })

    it('comes in pages, in which every key is once', async () => {
      const seen = new Set<string>()
      let pages = 0
      let Marker: string | undefined
      do {
        const page = await call(kms.root, name, { Limit: 1, Marker })
        for (const { KeyId } of page.Keys!) seen.add(KeyId!)
        assert.equal(page.Truncated, page.NextMarker !== undefined)
        Marker = page.NextMarker
        pages += 1
      } while (Marker !== undefined)
      assert.equal(pages, 3)
      assert.equal(seen.size, 3)
    })

    it('goes on behind a key that is gone meanwhile', async () => {
      const first = await call(kms.root, name, { Limit: 1 })
      await kms.control('POST', '/_/reset')
      const { Keys } = await call(kms.root, name, { Marker: first.NextMarker })
      assert.equal(Keys?.length, 2)
    })

    it('gives the keys of the account and the Region alone', async () => {
      const elsewhere = kms.client({ region: 'eu-west-1' })
      assert.deepEqual((await call(elsewhere, name)).Keys, [])
      const { KeyMetadata } = await call(elsewhere, 'CreateKey')
      const { Keys } = await call(elsewhere, name)
      assert.deepEqual(Keys, [{ KeyId: KeyMetadata?.KeyId, KeyArn: KeyMetadata?.Arn }])
      assert.equal((await call(kms.root, name)).Keys?.length, 3)
    })

    it('gives 100 keys unless told, and up to 1000', async () => {
      const credentials = { accessKeyId: '777788889999', secretAccessKey: 'any' }
      const client = kms.client({ credentials })
      for (let made = 0; made < 101; made++) await call(client, 'CreateKey')
      const page = await call(client, name)
      assert.equal(page.Keys?.length, 100)
      assert.equal(page.Truncated, true)
      assert.equal((await call(client, name, { Limit: 1000 })).Keys?.length, 101)
    })
  })
})
