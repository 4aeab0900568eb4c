import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, membersOf, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { keyIds, useKms } from '../../support/scene.ts'

const name = 'ListResourceTags'
const KeyId = keyIds.symmetric
const tag = (TagKey: string) => ({ TagKey, TagValue: `${TagKey} value` })
/** Put on in another order, with a name that JavaScript would list first. */
const Tags = ['b', 'a', '1', 'y', 'x'].map(tag)
const sorted = ['1', 'a', 'b', 'x', 'y'].map(tag)
const notOfThisListing = ['InvalidMarkerException', null] as const

describe(name, () => {
  const kms = useKms(['symmetric', 'other'])
  before(() => call(kms.root, 'TagResource', { KeyId, Tags }))

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, name, {}, missing('keyId'))
    })

    it('refuses a limit of 0', async () => {
      const words =
        "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"
      await refused(kms.root, name, { KeyId, Limit: 0 }, constraint(words))
    })

    it('refuses a marker of another key, of another listing, and none at all', async () => {
      await call(kms.root, 'TagResource', { KeyId: keyIds.other, Tags })
      const { NextMarker } = await call(kms.root, name, { KeyId: keyIds.other, Limit: 1 })
      assert.ok(NextMarker)
      const keys = await call(kms.root, 'ListKeys', { Limit: 1 })
      for (const Marker of [NextMarker, keys.NextMarker, 'marker', '====']) {
        await refused(kms.root, name, { KeyId, Marker }, notOfThisListing)
      }
    })
  })

  describe('access', () => {
    testAccess(kms, name, { key: () => KeyId, input: (keyId) => ({ KeyId: keyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId }))
  })

  describe('result', () => {
    it('has AWS’s members and no other, the tags in the order of their names', async () => {
      const got = await answer(kms.root, name, { KeyId })
      assert.deepEqual(membersOf(got), ['Tags', 'Truncated'])
      assert.deepEqual(got.output.Tags, sorted)
      assert.equal(got.output.Truncated, false)
    })

    it('comes in pages', async () => {
      const pages: number[] = []
      const seen: unknown[] = []
      let Marker: string | undefined
      do {
        const page = await call(kms.root, name, { KeyId, Limit: 2, Marker })
        pages.push(page.Tags!.length)
        seen.push(...page.Tags!)
        assert.equal(page.Truncated, page.NextMarker !== undefined)
        Marker = page.NextMarker
      } while (Marker !== undefined)
      assert.deepEqual(pages, [2, 2, 1])
      assert.deepEqual(seen, sorted)
    })
  })
})
