import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, missing, refused } from '../../support/call.ts'
import { imported, importedKey, importRequest, newExternalKey } from '../../support/imports.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { arnOf, arns, keyIds, useKms } from '../../support/scene.ts'

const name = 'DeleteImportedKeyMaterial'

describe(name, () => {
  const kms = useKms(['symmetric'])

  const stateOf = async (KeyId: string) =>
    (await call(kms.root, 'DescribeKey', { KeyId })).KeyMetadata?.KeyState

  async function rotations(KeyId: string): Promise<string[]> {
    const input = { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }
    const { Rotations } = await call(kms.root, 'ListKeyRotations', input)
    return (Rotations ?? []).map((one) => `${one.KeyMaterialState} ${one.ImportState}`)
  }

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, name, {}, missing('keyId'))
    })

    it('refuses a key whose material is KMS’s own', async () => {
      await refused(kms.root, name, { KeyId: keyIds.symmetric }, [
        'UnsupportedOperationException',
        `${arns.symmetric} origin is AWS_KMS which is not valid for this operation.`,
      ])
    })

    it('refuses an id that no material of the key has', async () => {
      const { KeyId } = await importedKey(kms)
      const KeyMaterialId = 'ab'.repeat(32)
      await refused(kms.root, name, { KeyId, KeyMaterialId }, [
        'ValidationException',
        `Key material (id: ${KeyMaterialId}) has never been imported into KMS key ${arnOf(KeyId)}.`,
      ])
      assert.equal(await stateOf(KeyId), 'Enabled')
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: async () => (await importedKey(kms)).KeyId,
      input: (KeyId) => ({ KeyId }),
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ KeyId: (await importedKey(kms)).KeyId }))
  })

  describe('result', () => {
    it('is the key and the material that is away now', async () => {
      const { KeyId, id } = await importedKey(kms)
      const { body } = await answer(kms.root, name, { KeyId })
      assert.deepEqual(body, { KeyId: arnOf(KeyId), KeyMaterialId: id })
      assert.equal(await stateOf(KeyId), 'PendingImport')
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
      assert.equal(KeyMetadata?.CurrentKeyMaterialId, id)
      assert.equal(KeyMetadata.ExpirationModel, undefined)
      assert.deepEqual(await rotations(KeyId), ['CURRENT PENDING_IMPORT'])
    })

    it('is the same for material that is away already', async () => {
      const { KeyId, id } = await importedKey(kms)
      for (let count = 0; count < 2; count += 1) {
        const { body } = await answer(kms.root, name, { KeyId })
        assert.deepEqual(body, { KeyId: arnOf(KeyId), KeyMaterialId: id })
      }
    })

    it('names no material where there never was any, or where a key has one for good', async () => {
      const bare = await newExternalKey(kms)
      assert.deepEqual((await answer(kms.root, name, { KeyId: bare })).body, { KeyId: arnOf(bare) })
      const kind = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }
      const KeyId = await newExternalKey(kms, kind)
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      await imported(kms, KeyId, privateKey.export({ type: 'pkcs8', format: 'der' }))
      assert.deepEqual((await answer(kms.root, name, { KeyId })).body, { KeyId: arnOf(KeyId) })
      await refused(kms.root, 'GetPublicKey', { KeyId }, [
        'KMSInvalidStateException',
        `${arnOf(KeyId)} is pending import.`,
      ])
    })

    it('is of the material that the request names', async () => {
      const { KeyId, id } = await importedKey(kms)
      const next = await imported(kms, KeyId, Buffer.alloc(32, 7), {
        ImportType: 'NEW_KEY_MATERIAL',
      })
      assert.deepEqual(await rotations(KeyId), ['CURRENT IMPORTED', 'PENDING_ROTATION IMPORTED'])
      const { body } = await answer(kms.root, name, { KeyId, KeyMaterialId: next })
      assert.equal(body.KeyMaterialId, next)
      assert.deepEqual(await rotations(KeyId), ['CURRENT IMPORTED'])
      assert.equal(await stateOf(KeyId), 'Enabled')
      await call(kms.root, name, { KeyId, KeyMaterialId: id })
      assert.equal(await stateOf(KeyId), 'PendingImport')
    })

    it('closes ciphertexts until the same material comes again', async () => {
      const { KeyId, material, id } = await importedKey(kms)
      const input = { KeyId, Plaintext: Buffer.of(7) }
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', input)
      await call(kms.root, name, { KeyId })
      await refused(kms.root, 'Decrypt', { CiphertextBlob }, [
        'KMSInvalidStateException',
        `${arnOf(KeyId)} is pending import.`,
      ])
      const other = await importRequest(kms, KeyId, Buffer.alloc(32, 1))
      await refused(kms.root, 'ImportKeyMaterial', other, [
        'IncorrectKeyMaterialException',
        `Imported key material does not have the expected identifier (${id}).`,
      ])
      await imported(kms, KeyId, material)
      const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob })
      assert.deepEqual(Buffer.from(Plaintext!), Buffer.of(7))
    })

    it('leaves a key that is pending deletion so; what it cancels waits for its material', async () => {
      const { KeyId } = await importedKey(kms)
      await call(kms.root, 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
      await call(kms.root, name, { KeyId })
      assert.equal(await stateOf(KeyId), 'PendingDeletion')
      await call(kms.root, 'CancelKeyDeletion', { KeyId })
      assert.equal(await stateOf(KeyId), 'PendingImport')
    })
  })
})
