import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { keyIds, useKms } from '../../support/scene.ts'

const name = 'UpdateKeyDescription'
const KeyId = keyIds.symmetric

describe(name, () => {
  const kms = useKms(['symmetric'])

  describe('input', () => {
    it('requires a key and a description', async () => {
      await refused(kms.root, name, { KeyId }, missing('description'))
      await refused(kms.root, name, { Description: '' }, missing('keyId'))
    })

    it('refuses 8193 characters', async () => {
      const Description = 'x'.repeat(8193)
      const words = `Value '${Description}' at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192`
      await refused(kms.root, name, { KeyId, Description }, constraint(words))
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: (keyId) => ({ KeyId: keyId, Description: 'new' }),
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId, Description: 'new' }))
  })

  describe('result', () => {
    it('is an empty body, and the key has the description', async () => {
      for (const Description of ['one', '', 'zwölf ☃', 'x'.repeat(8192)]) {
        assert.equal((await answer(kms.root, name, { KeyId, Description })).text, '')
        const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
        assert.equal(KeyMetadata?.Description, Description)
      }
    })
  })
})
