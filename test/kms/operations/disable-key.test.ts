import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { arnOf, useKms } from '../../support/scene.ts'

describe('DisableKey', () => {
  const kms = useKms()

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, 'DisableKey', {}, missing('keyId'))
    })
  })

  describe('access', () => {
    testAccess(kms, 'DisableKey', { key: newKey, input: (KeyId) => ({ KeyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, 'DisableKey', async () => ({ KeyId: await newKey() }))
  })

  describe('result', () => {
    it('is an empty body, and the key does no cryptography until it is enabled', async () => {
      const KeyId = await newKey()
      assert.equal((await answer(kms.root, 'DisableKey', { KeyId })).text, '')
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
      assert.equal(KeyMetadata?.KeyState, 'Disabled')
      assert.equal(KeyMetadata.Enabled, false)
      await refused(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) }, [
        'DisabledException',
        `${arnOf(KeyId)} is disabled.`,
      ])
      await call(kms.root, 'EnableKey', { KeyId })
      await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
    })

    it('is the same for a key that is disabled', async () => {
      const KeyId = await newKey()
      await call(kms.root, 'DisableKey', { KeyId })
      await call(kms.root, 'DisableKey', { KeyId })
    })
  })
})
