import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, closedPolicy, noKeyPolicy } from '../../support/policies.ts'
import { arnOf, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'TagResource'
const KeyId = keyIds.symmetric

function tag(TagKey: string, TagValue = ''): { TagKey: string; TagValue: string } {
  return { TagKey, TagValue }
}

describe(name, () => {
  const kms = useKms(['symmetric'])

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  describe('input', () => {
    it('requires a key and tags', async () => {
      await refused(kms.root, name, { KeyId }, missing('tags'))
      await refused(kms.root, name, { Tags: [] }, missing('keyId'))
      await refused(
        kms.root,
        name,
        { KeyId, Tags: [{ TagKey: 'a' }] },
        missing('tags.1.member.tagValue'),
      )
    })

    const wrong: readonly (readonly [string, object[], string])[] = [
      ['a name twice', [tag('a', '1'), tag('a', '2')], 'Duplicate tag keys'],
      ['a name that AWS keeps for itself', [tag('aws:x')], 'Tags beginning with aws: are reserved'],
      ['such a name in capitals', [tag('AWS:x')], 'Tags beginning with aws: are reserved'],
      [
        '51 tags',
        Array.from({ length: 51 }, (_, index) => tag(`tag${String(index)}`)),
        'Too many tags',
      ],
    ]
    for (const [what, Tags, message] of wrong) {
      it(`refuses ${what}, and changes nothing`, async () => {
        const keyId = await newKey()
        await refused(kms.root, name, { KeyId: keyId, Tags }, ['TagException', message])
        assert.deepEqual((await call(kms.root, 'ListResourceTags', { KeyId: keyId })).Tags, [])
      })
    }

    it('counts the tags that are there', async () => {
      const keyId = await newKey()
      const Tags = Array.from({ length: 50 }, (_, index) => tag(`tag${String(index)}`))
      await call(kms.root, name, { KeyId: keyId, Tags })
      await call(kms.root, name, { KeyId: keyId, Tags: [tag('tag0', 'other')] })
      const input = { KeyId: keyId, Tags: [tag('one more')] }
      await refused(kms.root, name, input, ['TagException', 'Too many tags'])
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: (keyId) => ({ KeyId: keyId, Tags: [tag('a', 'b')] }),
    })

    it('hears of the tags of the request and of the key', async () => {
      const keyId = await newKey()
      await call(kms.root, name, { KeyId: keyId, Tags: [tag('team', 'payments')] })
      const Condition = {
        StringEquals: { 'aws:RequestTag/cost': '1', 'aws:ResourceTag/team': 'payments' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': 'cost' },
      }
      const Policy = closedPolicy(allow(`kms:${name}`, parentArn, { Condition }))
      await call(kms.root, 'PutKeyPolicy', { KeyId: keyId, Policy })
      await call(kms.parent, name, { KeyId: keyId, Tags: [tag('cost', '1')] })
      const words = noKeyPolicy(`kms:${name}`, arnOf(keyId))
      for (const Tags of [[tag('cost', '2')], [tag('cost', '1'), tag('x')], [tag('x')]]) {
        await refused(kms.parent, name, { KeyId: keyId, Tags }, words)
      }
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId, Tags: [tag('a', 'b')] }))
  })

  describe('result', () => {
    it('is an empty body; a name that is there gets the new value', async () => {
      const keyId = await newKey()
      const Tags = [tag('a', '1'), tag('b', ''), tag('A', 'another name')]
      assert.equal((await answer(kms.root, name, { KeyId: keyId, Tags })).text, '')
      await call(kms.root, name, { KeyId: keyId, Tags: [tag('a', '2'), tag('c', '3')] })
      const listed = await call(kms.root, 'ListResourceTags', { KeyId: keyId })
      assert.deepEqual(listed.Tags, [
        tag('A', 'another name'),
        tag('a', '2'),
        tag('b'),
        tag('c', '3'),
      ])
    })

    it('takes names that mean something to JavaScript', async () => {
      const keyId = await newKey()
      const Tags = [tag('__proto__', 'x'), tag('constructor', 'y'), tag('toString', 'z')]
      await call(kms.root, name, { KeyId: keyId, Tags })
      assert.deepEqual((await call(kms.root, 'ListResourceTags', { KeyId: keyId })).Tags, Tags)
    })
  })
})
