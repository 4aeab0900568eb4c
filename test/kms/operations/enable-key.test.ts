import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { arnOf, useKms } from '../../support/scene.ts'

describe('EnableKey', () => {
  const kms = useKms()

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, 'EnableKey', {}, missing('keyId'))
    })
  })

  describe('access', () => {
    testAccess(kms, 'EnableKey', { key: newKey, input: (KeyId) => ({ KeyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, 'EnableKey', async () => ({ KeyId: await newKey() }))
  })

  describe('result', () => {
    it('is an empty body, and the ciphertexts of before open again', async () => {
      const KeyId = await newKey()
      const input = { KeyId, Plaintext: Buffer.of(1) }
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', input)
      await call(kms.root, 'DisableKey', { KeyId })
      await refused(kms.root, 'Decrypt', { CiphertextBlob }, [
        'DisabledException',
        `${arnOf(KeyId)} is disabled.`,
      ])
      assert.equal((await answer(kms.root, 'EnableKey', { KeyId })).text, '')
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
      assert.equal(KeyMetadata?.KeyState, 'Enabled')
      assert.equal(KeyMetadata.Enabled, true)
      await call(kms.root, 'Decrypt', { CiphertextBlob })
    })
  })
})
