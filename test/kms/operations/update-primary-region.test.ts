import assert from 'node:assert/strict'
import { Key } from '../../../lib/kms/key.ts'
import { DisableKeyRotation } from '../../../lib/kms/operations/disable-key-rotation.ts'
import { EnableKeyRotation } from '../../../lib/kms/operations/enable-key-rotation.ts'
import { RotateKeyOnDemand } from '../../../lib/kms/operations/rotate-key-on-demand.ts'
import { MemoryStore } from '../../../lib/store/memory.ts'
import type { KeyRecord } from '../../../lib/store/store.ts'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, missing, outcome, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, closedPolicy, noKeyPolicy } from '../../support/policies.ts'
import {
  arnIn,
  clientsOf,
  describedIn,
  east,
  ireland,
  newMultiRegionKey,
  west,
  type Clients,
} from '../../support/regions.ts'
import { account, parentArn, useKms } from '../../support/scene.ts'

const name = 'UpdatePrimaryRegion'
const action = `kms:${name}`

const shared = {
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  state: 'Enabled',
  description: '',
  createdMs: 0,
  policy: '',
  tags: {},
  materials: [],
} as const

describe(name, () => {
  const kms = useKms()
  let at: Clients
  before(() => (at = clientsOf(kms)))

  const newKey = (...replicas: string[]) => newMultiRegionKey(kms, replicas)

  describe('input', () => {
    it('requires a key and a Region', async () => {
      await refused(kms.root, name, { PrimaryRegion: west }, missing('keyId'))
      await refused(kms.root, name, { KeyId: await newKey() }, missing('primaryRegion'))
    })

    it('refuses a Region without a replica', async () => {
      const KeyId = await newKey(west)
      for (const PrimaryRegion of [ireland, 'us-invalid-1', 'cn-north-1']) {
        await refused(kms.root, name, { KeyId, PrimaryRegion }, [
          'ValidationException',
          `${KeyId} does not have a replica key in the specified Region.`,
        ])
      }
    })

    it('refuses a replica and a key of one Region', async () => {
      const KeyId = await newKey(west)
      await refused(at[west], name, { KeyId, PrimaryRegion: west }, [
        'KMSInvalidStateException',
        `${arnIn(west, KeyId)} is not a multi-Region primary key.`,
      ])
      const single = await newMultiRegionKey(kms, [], { MultiRegion: false })
      await refused(kms.root, name, { KeyId: single, PrimaryRegion: west }, [
        'KMSInvalidStateException',
        `${arnIn(east, single)} is not a multi-Region primary key.`,
      ])
    })

    it('refuses a replica that is disabled or pending deletion, in words that name it', async () => {
      const KeyId = await newKey(west)
      const input = { KeyId, PrimaryRegion: west }
      await call(at[west], 'DisableKey', { KeyId })
      const replica = arnIn(west, KeyId)
      await refused(kms.root, name, input, ['DisabledException', `${replica} is disabled.`])
      await call(at[west], 'ScheduleKeyDeletion', { KeyId })
      await refused(kms.root, name, input, [
        'KMSInvalidStateException',
        `${replica} is pending deletion.`,
      ])
      await call(kms.root, 'DisableKey', { KeyId })
      const primary = arnIn(east, KeyId)
      await refused(kms.root, name, input, ['DisabledException', `${primary} is disabled.`])
    })
  })

  describe('access', () => {
    // To the Region where the primary is: one permission, on one key.
    testAccess(kms, name, {
      key: () => newKey(),
      input: (KeyId) => ({ KeyId, PrimaryRegion: east }),
    })

    it('takes the permission on both keys', async () => {
      const KeyId = await newKey(west)
      const Policy = closedPolicy(allow(action))
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
      await call(at[west], 'PutKeyPolicy', { KeyId, Policy: closedPolicy() })
      const words = noKeyPolicy(action, arnIn(west, KeyId))
      await refused(kms.parent, name, { KeyId, PrimaryRegion: west }, words)
      await call(at[west], 'PutKeyPolicy', { KeyId, Policy })
      await call(kms.parent, name, { KeyId, PrimaryRegion: west })
    })

    it('hears of the Region that is asked for, and of the one where each key is', async () => {
      const KeyId = await newKey(west, ireland)
      const policyIn = (region: string) =>
        closedPolicy(
          allow(action, parentArn, {
            Condition: {
              StringEquals: { 'kms:PrimaryRegion': west, 'aws:RequestedRegion': region },
            },
          }),
        )
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy: policyIn(east) })
      await call(at[west], 'PutKeyPolicy', { KeyId, Policy: policyIn(east) })
      const elsewhere = noKeyPolicy(action, arnIn(east, KeyId))
      await refused(kms.parent, name, { KeyId, PrimaryRegion: ireland }, elsewhere)
      const notThere = noKeyPolicy(action, arnIn(west, KeyId))
      await refused(kms.parent, name, { KeyId, PrimaryRegion: west }, notThere)
      await call(at[west], 'PutKeyPolicy', { KeyId, Policy: policyIn(west) })
      await call(kms.parent, name, { KeyId, PrimaryRegion: west })
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ KeyId: await newKey(), PrimaryRegion: east }))
  })

  describe('result', () => {
    it('is empty, and nothing where the primary is there already', async () => {
      const KeyId = await newKey(west)
      const before = await describedIn(kms.root, KeyId)
      assert.equal((await answer(kms.root, name, { KeyId, PrimaryRegion: east })).text, '')
      assert.deepEqual(await describedIn(kms.root, KeyId), before)
      assert.equal((await answer(kms.root, name, { KeyId, PrimaryRegion: west })).text, '')
    })

    it('is another primary, and every key says so', async () => {
      const KeyId = await newKey(west, ireland)
      await call(kms.root, name, { KeyId, PrimaryRegion: west })
      for (const region of [east, west, ireland] as const) {
        const found = await describedIn(at[region], KeyId)
        assert.equal(found.KeyState, 'Enabled')
        assert.deepEqual(found.MultiRegionConfiguration, {
          MultiRegionKeyType: region === west ? 'PRIMARY' : 'REPLICA',
          PrimaryKey: { Arn: arnIn(west, KeyId), Region: west },
          ReplicaKeys: [
            { Arn: arnIn(ireland, KeyId), Region: ireland },
            { Arn: arnIn(east, KeyId), Region: east },
          ],
        })
      }
      await call(at[west], 'ReplicateKey', { KeyId, ReplicaRegion: 'sa-east-1' })
      await refused(kms.root, 'ReplicateKey', { KeyId, ReplicaRegion: 'ap-east-1' }, [
        'UnsupportedOperationException',
        `${arnIn(east, KeyId)} is not a multi-region primary key.`,
      ])
    })

    it('leaves what each key has of its own, and what was sealed', async () => {
      const KeyId = await newMultiRegionKey(kms, [west], { Description: 'east' })
      const sealed = await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(5) })
      await call(kms.root, 'TagResource', { KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] })
      await call(kms.root, name, { KeyId, PrimaryRegion: west })
      assert.equal((await describedIn(kms.root, KeyId)).Description, 'east')
      assert.equal((await describedIn(at[west], KeyId)).Description, '')
      assert.equal((await call(kms.root, 'ListResourceTags', { KeyId })).Tags?.length, 1)
      for (const region of [east, west] as const) {
        const { Plaintext } = await call(at[region], 'Decrypt', {
          CiphertextBlob: sealed.CiphertextBlob,
        })
        assert.deepEqual(Buffer.from(Plaintext!), Buffer.of(5))
      }
    })

    it('moves the automatic rotation, which goes on from there', async () => {
      const KeyId = await newKey(west)
      await call(kms.root, 'EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 })
      const statusIn = async (region: typeof east | typeof west) => {
        const { KeyId: _, ...status } = (
          await answer(at[region], 'GetKeyRotationStatus', { KeyId })
        ).body
        return status
      }
      const before = await statusIn(east)
      assert.equal(before.KeyRotationEnabled, true)
      assert.deepEqual(await statusIn(west), before)
      await call(kms.root, name, { KeyId, PrimaryRegion: west })
      assert.deepEqual([await statusIn(east), await statusIn(west)], [before, before])
      await refused(kms.root, 'DisableKeyRotation', { KeyId }, [
        'UnsupportedOperationException',
        `${arnIn(east, KeyId)} is a multi-region replica key which is not valid for DisableKeyRotation.`,
      ])
      const { CurrentKeyMaterialId: old } = await describedIn(kms.root, KeyId)
      // A replica that is disabled does not stop it; the former primary is one.
      await call(kms.root, 'DisableKey', { KeyId })
      await kms.control('PUT', '/_/clock', { advanceSeconds: 91 * 86_400 })
      try {
        const found = await Promise.all(
          [east, west].map((one) => describedIn(at[one as typeof east], KeyId)),
        )
        const [first, second] = found.map(({ CurrentKeyMaterialId }) => CurrentKeyMaterialId)
        assert.notEqual(second, old)
        assert.equal(first, second)
        await call(at[west], 'DisableKeyRotation', { KeyId })
        assert.deepEqual(await statusIn(east), { KeyRotationEnabled: false })
      } finally {
        await kms.control('PUT', '/_/clock', { reset: true })
      }
    })

    it('of calls at once for several Regions is one primary', async () => {
      const KeyId = await newKey(west, ireland)
      const seen = await Promise.all(
        [west, ireland, west, ireland].map((PrimaryRegion) =>
          outcome(kms.root, name, { KeyId, PrimaryRegion }),
        ),
      )
      assert.equal(seen.filter(({ status }) => status === 200).length, 1)
      const all = await Promise.all(Object.values(at).map((one) => describedIn(one, KeyId)))
      const types = all.map((one) => one.MultiRegionConfiguration?.MultiRegionKeyType)
      assert.equal(types.filter((type) => type === 'PRIMARY').length, 1)
      const named = all.map((one) => one.MultiRegionConfiguration?.PrimaryKey?.Region)
      assert.equal(new Set(named).size, 1)
    })

    it('is noticed by a change of the rotation that had begun on the former primary', async () => {
      const KeyId = 'mrk-1234abcd12ab34cd56ef1234567890ab'
      const scope = { account, region: east }
      const store = new MemoryStore()
      const former: KeyRecord = { ...scope, ...shared, id: KeyId, primaryRegion: west }
      await store.transact((writer) => writer.putKey(former))
      // What the call has found before the primary was another.
      const key = Key.of({ ...former, primaryRegion: east })
      const call = {
        input: { KeyId },
        store,
        scope,
        nowMs: 0,
        locate: () => Promise.resolve({ key }),
        authorize: () => Promise.resolve(),
      }
      for (const row of [EnableKeyRotation, DisableKeyRotation, RotateKeyOnDemand]) {
        const begun = async () => row.run(call as never)
        await assert.rejects(begun, {
          code: 'UnsupportedOperationException',
          message: `${arnIn(east, KeyId)} is a multi-region replica key which is not valid for ${row.name}.`,
        })
      }
      assert.equal(store.key(scope, KeyId), former)
    })
  })
})
