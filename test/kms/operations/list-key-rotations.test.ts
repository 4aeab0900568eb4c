import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { call, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { arnOf, keyIds, useKms } from '../../support/scene.ts'

const name = 'ListKeyRotations'

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

    it('has no IncludeKeyMaterial for keys that have one material for good', async () => {
      for (const KeyId of [keyIds.hmac, keyIds.signing]) {
        assert.deepEqual((await call(kms.root, name, { KeyId })).Rotations, [])
        for (const IncludeKeyMaterial of ['ALL_KEY_MATERIAL', 'ROTATIONS_ONLY']) {
          await refused(kms.root, name, { KeyId, IncludeKeyMaterial }, [
            'ValidationException',
            'Input parameter includeKeyMaterial can only be used with symmetric keys.',
          ])
        }
      }
    })

    it('refuses a marker of another listing', async () => {
      const KeyId = await newKey()
      for (let i = 0; i < 2; i += 1) await call(kms.root, 'RotateKeyOnDemand', { KeyId })
      const { NextMarker } = await call(kms.root, name, { KeyId, Limit: 1 })
      const words = ['InvalidMarkerException', null] as const
      await refused(kms.root, name, { KeyId: await newKey(), Marker: NextMarker }, words)
      const all = { IncludeKeyMaterial: 'ALL_KEY_MATERIAL', Marker: NextMarker }
      await refused(kms.root, name, { KeyId, ...all }, words)
    })
  })

  describe('access', () => {
    testAccess(kms, name, { key: newKey, input: (KeyId) => ({ KeyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ KeyId: await newKey() }))
  })

  describe('result', () => {
    it('is what rotations made, and with ALL_KEY_MATERIAL the first material too', async () => {
      const KeyId = await newKey()
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
      const first = KeyMetadata?.CurrentKeyMaterialId
      assert.deepEqual((await call(kms.root, name, { KeyId })).Rotations, [])
      await call(kms.root, 'RotateKeyOnDemand', { KeyId })
      const { Rotations, Truncated } = await call(kms.root, name, { KeyId })
      assert.equal(Truncated, false)
      const [rotated] = Rotations!
      assert.ok(Math.abs(+rotated!.RotationDate! - Date.now()) < 60_000)
      assert.deepEqual(
        { ...rotated, RotationDate: undefined, KeyMaterialId: undefined },
        {
          KeyId: arnOf(KeyId),
          KeyMaterialId: undefined,
          KeyMaterialState: 'CURRENT',
          RotationDate: undefined,
          RotationType: 'ON_DEMAND',
        },
      )
      const all = await call(kms.root, name, { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })
      assert.deepEqual(all.Rotations, [
        { KeyId: arnOf(KeyId), KeyMaterialId: first, KeyMaterialState: 'NON_CURRENT' },
        rotated,
      ])
    })

    it('comes in pages', async () => {
      const KeyId = await newKey()
      for (let i = 0; i < 5; i += 1) await call(kms.root, 'RotateKeyOnDemand', { KeyId })
      const { Rotations: whole } = await call(kms.root, name, { KeyId })
      const seen: unknown[] = []
      let Marker: string | undefined
      do {
        const page = await call(kms.root, name, { KeyId, Limit: 2, Marker })
        seen.push(...page.Rotations!)
        Marker = page.NextMarker
        assert.equal(page.Truncated, Marker !== undefined)
      } while (Marker !== undefined)
      assert.deepEqual(seen, whole)
    })
  })
})
