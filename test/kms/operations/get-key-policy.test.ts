import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { delegation, policyOf } from '../../support/policies.ts'
import { account, keyIds, useKms } from '../../support/scene.ts'

const name = 'GetKeyPolicy'
const KeyId = keyIds.symmetric

describe(name, () => {
  const kms = useKms(['symmetric', 'other'])

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, name, {}, missing('keyId'))
    })

    it('refuses the name of a policy that no key has', async () => {
      await refused(kms.root, name, { KeyId, PolicyName: 'other' }, [
        'NotFoundException',
        'No such policy exists',
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, { key: () => KeyId, input: (keyId) => ({ KeyId: keyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId }))
  })

  describe('result', () => {
    it('is AWS’s default policy, pretty-printed, of a key that was made without one', async () => {
      const input = { KeyId: keyIds.other, PolicyName: 'default' }
      const got = await answer(kms.root, name, input)
      assert.deepEqual(membersOf(got), ['Policy', 'PolicyName'])
      assert.equal(got.output.PolicyName, 'default')
      assert.ok(got.output.Policy?.includes('\n'))
      assert.deepEqual(JSON.parse(got.output.Policy ?? ''), {
        Version: '2012-10-17',
        Id: 'key-default-1',
        Statement: [
          {
            Sid: 'Enable IAM User Permissions',
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${account}:root` },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
      })
    })

    it('is the text that was put, byte for byte', async () => {
      const Policy = ` ${policyOf(delegation)}\n`
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
      assert.equal((await call(kms.root, name, { KeyId })).Policy, Policy)
    })
  })
})
