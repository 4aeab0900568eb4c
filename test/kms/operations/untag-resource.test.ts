import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, closedPolicy, noKeyPolicy } from '../../support/policies.ts'
import { arnOf, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'UntagResource'
const KeyId = keyIds.symmetric
const Tags = ['a', 'b', 'c'].map((TagKey) => ({ TagKey, TagValue: TagKey }))

describe(name, () => {
  const kms = useKms(['symmetric'])

  async function taggedKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey', { Tags })
    return KeyMetadata!.KeyId!
  }

  describe('input', () => {
    it('requires a key and names', async () => {
      await refused(kms.root, name, { KeyId }, missing('tagKeys'))
      await refused(kms.root, name, { TagKeys: ['a'] }, missing('keyId'))
    })

    it('refuses an empty name', async () => {
      await refused(
        kms.root,
        name,
        { KeyId, TagKeys: [''] },
        constraint(
          "Value '[]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]",
        ),
      )
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: (keyId) => ({ KeyId: keyId, TagKeys: ['a'] }),
    })

    it('hears of the names', async () => {
      const keyId = await taggedKey()
      const Condition = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }
      const Policy = closedPolicy(allow(`kms:${name}`, parentArn, { Condition }))
      await call(kms.root, 'PutKeyPolicy', { KeyId: keyId, Policy })
      await call(kms.parent, name, { KeyId: keyId, TagKeys: ['a', 'b'] })
      const words = noKeyPolicy(`kms:${name}`, arnOf(keyId))
      await refused(kms.parent, name, { KeyId: keyId, TagKeys: ['c'] }, words)
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId, TagKeys: ['a'] }))
  })

  describe('result', () => {
    it('is an empty body; only the named tags are gone, in their own spelling', async () => {
      const keyId = await taggedKey()
      const input = { KeyId: keyId, TagKeys: ['a', 'B', 'never there'] }
      assert.equal((await answer(kms.root, name, input)).text, '')
      const listed = await call(kms.root, 'ListResourceTags', { KeyId: keyId })
      assert.deepEqual(listed.Tags, Tags.slice(1))
    })
  })
})
