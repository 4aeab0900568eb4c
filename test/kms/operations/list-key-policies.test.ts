import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { keyIds, useKms } from '../../support/scene.ts'

const name = 'ListKeyPolicies'

describe(name, () => {
  const kms = useKms(['symmetric'])

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, name, {}, missing('keyId'))
    })
  })

  describe('access', () => {
    testAccess(kms, name, { key: () => keyIds.symmetric, input: (KeyId) => ({ KeyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId: keyIds.symmetric }))
  })

  describe('result', () => {
    it('is the one policy that every key has', async () => {
      for (const Limit of [undefined, 1, 1000]) {
        const { body } = await answer(kms.root, name, { KeyId: keyIds.symmetric, Limit })
        assert.deepEqual(body, { PolicyNames: ['default'], Truncated: false })
      }
    })
  })
})
