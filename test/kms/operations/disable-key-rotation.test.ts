import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { arnIn, clientsOf, newMultiRegionKey, west } from '../../support/regions.ts'
import { keyIds, useKms } from '../../support/scene.ts'

const name = 'DisableKeyRotation'

describe(name, () => {
  const kms = useKms(['hmac', 'signing'])

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  afterEach(() => kms.control('PUT', '/_/clock', { reset: true }))
  const pass = (days: number) =>
    kms.control('PUT', '/_/clock', { advanceSeconds: days * 86_400 + 1 })

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, name, {}, missing('keyId'))
    })

    it('refuses a replica, which is rotated with its primary', async () => {
      const KeyId = await newMultiRegionKey(kms, [west])
      await refused(clientsOf(kms)[west], name, { KeyId }, [
        'UnsupportedOperationException',
        `${arnIn(west, KeyId)} is a multi-region replica key which is not valid for ${name}.`,
      ])
    })

    it('refuses keys whose material is imported', async () => {
      const { KeyMetadata } = await call(kms.root, 'CreateKey', { Origin: 'EXTERNAL' })
      const { KeyId, Arn } = KeyMetadata!
      await refused(kms.root, name, { KeyId }, [
        'UnsupportedOperationException',
        `${Arn!} origin is EXTERNAL which is not valid for this operation.`,
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, { key: newKey, input: (KeyId) => ({ KeyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ KeyId: await newKey() }))
  })

  describe('result', () => {
    it('is an empty body, and the material stays as it is', async () => {
      const KeyId = await newKey()
      await call(kms.root, 'EnableKeyRotation', { KeyId })
      assert.equal((await answer(kms.root, name, { KeyId })).text, '')
      await pass(3 * 365)
      const { Rotations } = await call(kms.root, 'ListKeyRotations', { KeyId })
      assert.deepEqual(Rotations, [])
    })

    it('goes on where no rotation was on', async () => {
      for (const KeyId of [await newKey(), keyIds.hmac, keyIds.signing]) {
        assert.equal((await answer(kms.root, name, { KeyId })).text, '')
      }
    })
  })
})
