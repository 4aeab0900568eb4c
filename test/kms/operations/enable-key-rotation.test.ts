import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { arnIn, clientsOf, newMultiRegionKey, west } from '../../support/regions.ts'
import { keyIds, useKms } from '../../support/scene.ts'
import { allow, closedPolicy, noKeyPolicy } from '../../support/policies.ts'
import { arnOf, parentArn } from '../../support/scene.ts'

const name = 'EnableKeyRotation'

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

    it('takes 90 to 2560 days', async () => {
      const KeyId = await newKey()
      const text = (value: number, rule: string) =>
        `1 validation error detected: Value at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value ${rule}`.replace(
          'Value at',
          `Value '${String(value)}' at`,
        )
      for (const [days, rule] of [
        [89, 'greater than or equal to 90'],
        [2561, 'less than or equal to 2560'],
      ] as const) {
        await refused(kms.root, name, { KeyId, RotationPeriodInDays: days }, [
          'ValidationException',
          text(days, rule),
        ])
      }
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

    it('lets a policy limit the period', async () => {
      const KeyId = await newKey()
      const condition = { NumericGreaterThanEquals: { 'kms:RotationPeriodInDays': '180' } }
      const Policy = closedPolicy({ ...allow(`kms:${name}`, parentArn), Condition: condition })
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
      await call(kms.parent, name, { KeyId, RotationPeriodInDays: 180 })
      const words = noKeyPolicy(`kms:${name}`, arnOf(KeyId))
      await refused(kms.parent, name, { KeyId, RotationPeriodInDays: 179 }, words)
      // A period that is left out is the usual one, of 365 days.
      await call(kms.parent, name, { KeyId })
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ KeyId: await newKey() }))
  })

  describe('result', () => {
    it('is an empty body; the key is rotated after each period, and opens what it sealed before', async () => {
      const KeyId = await newKey()
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(7) })
      const sent = await answer(kms.root, name, { KeyId, RotationPeriodInDays: 90 })
      assert.equal(sent.text, '')
      const materialOf = async () =>
        (await call(kms.root, 'DescribeKey', { KeyId })).KeyMetadata?.CurrentKeyMaterialId
      const seen = new Set([await materialOf()])
      for (let rotations = 1; rotations <= 3; rotations += 1) {
        await pass(90)
        seen.add(await materialOf())
        const { Rotations } = await call(kms.root, 'ListKeyRotations', { KeyId })
        assert.equal(Rotations?.length, rotations)
        const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob })
        assert.deepEqual(Buffer.from(Plaintext!), Buffer.of(7))
      }
      assert.equal(seen.size, 4)
    })

    it('makes every rotation of a long time, each on its day', async () => {
      const KeyId = await newKey()
      await call(kms.root, name, { KeyId })
      const { NextRotationDate } = await call(kms.root, 'GetKeyRotationStatus', { KeyId })
      await pass(2 * 365)
      const { Rotations } = await call(kms.root, 'ListKeyRotations', { KeyId })
      const year = 365 * 86_400_000
      assert.deepEqual(
        Rotations?.map(({ RotationDate, RotationType }) => [RotationDate, RotationType]),
        [0, year].map((later) => [new Date(+NextRotationDate! + later), 'AUTOMATIC']),
      )
    })

    it('keeps the next date when asked again for the same period, and moves it for another', async () => {
      const KeyId = await newKey()
      const nextDay = async () =>
        Math.round(
          (+(await call(kms.root, 'GetKeyRotationStatus', { KeyId })).NextRotationDate! -
            Date.now()) /
            86_400_000,
        )
      await call(kms.root, name, { KeyId })
      await pass(10)
      await call(kms.root, name, { KeyId })
      assert.equal(await nextDay(), 365)
      await call(kms.root, name, { KeyId, RotationPeriodInDays: 100 })
      assert.equal(await nextDay(), 110)
    })

    it('keeps period and date when asked again for none, until rotation was off', async () => {
      const KeyId = await newKey()
      const status = async () => {
        const { RotationPeriodInDays, NextRotationDate } = await call(
          kms.root,
          'GetKeyRotationStatus',
          { KeyId },
        )
        return { days: RotationPeriodInDays, next: +NextRotationDate! }
      }
      await call(kms.root, name, { KeyId, RotationPeriodInDays: 2560 })
      const before = await status()
      await pass(10)
      await call(kms.root, name, { KeyId })
      assert.deepEqual(await status(), before)
      await call(kms.root, 'DisableKeyRotation', { KeyId })
      await call(kms.root, name, { KeyId })
      assert.equal((await status()).days, 365)
    })

    it('does not rotate a disabled key before it is enabled again', async () => {
      const KeyId = await newKey()
      await call(kms.root, name, { KeyId, RotationPeriodInDays: 90 })
      await call(kms.root, 'DisableKey', { KeyId })
      await pass(200)
      const rotations = async () =>
        (await call(kms.root, 'ListKeyRotations', { KeyId })).Rotations?.length
      assert.equal(await rotations(), 0)
      await call(kms.root, 'EnableKey', { KeyId })
      assert.equal(await rotations(), 1)
      await pass(89)
      assert.equal(await rotations(), 1)
    })
  })
})
