import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, missing, refused } from '../../support/call.ts'
import { imported } from '../../support/imports.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { arnIn, clientsOf, newMultiRegionKey, west } from '../../support/regions.ts'
import { arnOf, keyIds, useKms } from '../../support/scene.ts'

const name = 'RotateKeyOnDemand'

describe(name, () => {
  const kms = useKms(['hmac', 'signing'])

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, name, {}, missing('keyId'))
    })

    it('refuses keys that have one material for good', async () => {
      for (const KeyId of [keyIds.hmac, keyIds.signing]) {
        await refused(kms.root, name, { KeyId }, ['UnsupportedOperationException', null])
      }
    })

    it('refuses a replica, which is rotated with its primary', async () => {
      const KeyId = await newMultiRegionKey(kms, [west])
      await refused(clientsOf(kms)[west], name, { KeyId }, [
        'UnsupportedOperationException',
        `${arnIn(west, KeyId)} is a multi-region replica key which is not valid for ${name}.`,
      ])
    })

    it('waits for material that a replica has not imported', async () => {
      const KeyId = await newMultiRegionKey(kms, [], { Origin: 'EXTERNAL' })
      await imported(kms, KeyId, Buffer.alloc(32, 1))
      await call(kms.root, 'ReplicateKey', { KeyId, ReplicaRegion: west })
      const [second, ImportType] = [Buffer.alloc(32, 2), 'NEW_KEY_MATERIAL'] as const
      await imported(kms, KeyId, second, { ImportType })
      await refused(kms.root, name, { KeyId }, [
        'KMSInvalidStateException',
        'Cannot perform key material rotation: Key material has not been imported for replicas of the Multi-Region key.',
      ])
      await imported({ root: clientsOf(kms)[west] }, KeyId, second)
      await call(kms.root, name, { KeyId })
    })
  })

  describe('access', () => {
    testAccess(kms, name, { key: newKey, input: (KeyId) => ({ KeyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ KeyId: await newKey() }))
  })

  describe('result', () => {
    it('is the ARN of the key, which has other material then', async () => {
      const KeyId = await newKey()
      const materialOf = async () =>
        (await call(kms.root, 'DescribeKey', { KeyId })).KeyMetadata?.CurrentKeyMaterialId
      const before = await materialOf()
      const sealed = await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(7) })
      assert.deepEqual((await answer(kms.root, name, { KeyId })).body, { KeyId: arnOf(KeyId) })
      assert.notEqual(await materialOf(), before)
      const opened = await call(kms.root, 'Decrypt', { CiphertextBlob: sealed.CiphertextBlob })
      assert.deepEqual(Buffer.from(opened.Plaintext!), Buffer.of(7))
      assert.equal(opened.KeyMaterialId, before)
      const again = await call(kms.root, 'ReEncrypt', {
        CiphertextBlob: sealed.CiphertextBlob,
        DestinationKeyId: KeyId,
      })
      assert.equal(again.SourceKeyMaterialId, before)
      assert.equal(again.DestinationKeyMaterialId, await materialOf())
    })

    it('is done 25 times, and each material opens what it sealed', async () => {
      const KeyId = await newKey()
      const blobs: Uint8Array[] = []
      for (let count = 0; count < 25; count += 1) {
        const { CiphertextBlob } = await call(kms.root, 'Encrypt', {
          KeyId,
          Plaintext: Buffer.of(count),
        })
        blobs.push(CiphertextBlob!)
        await call(kms.root, name, { KeyId })
      }
      await refused(kms.root, name, { KeyId }, [
        'LimitExceededException',
        `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arnOf(KeyId)}`,
      ])
      for (const [count, CiphertextBlob] of blobs.entries()) {
        const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob })
        assert.deepEqual(Buffer.from(Plaintext!), Buffer.of(count))
      }
    })

    it('of several calls at once makes as many rotations', async () => {
      const KeyId = await newKey()
      await Promise.all(Array.from({ length: 8 }, () => call(kms.root, name, { KeyId })))
      const { Rotations } = await call(kms.root, 'ListKeyRotations', { KeyId })
      assert.equal(Rotations?.length, 8)
      const current = Rotations.filter((one) => one.KeyMaterialState === 'CURRENT')
      assert.equal(current.length, 1)
    })
  })
})
