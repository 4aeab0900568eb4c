import assert from 'node:assert/strict'
import { settleDue } from '../../lib/kms/due.ts'
import { MemoryStore } from '../../lib/store/memory.ts'
import type { KeyRecord } from '../../lib/store/store.ts'
import { call, refused } from '../support/call.ts'
import { unreachableCiphertext } from '../support/policies.ts'
import {
  arnIn,
  clientsOf,
  describedIn,
  ireland,
  newMultiRegionKey,
  west,
} from '../support/regions.ts'
import { account, aliasArnOf, arns, arnOf, keyIds, region, useKms } from '../support/scene.ts'

const day = 86_400

describe('a key that is pending deletion', () => {
  const kms = useKms(['symmetric', 'other'])
  beforeEach(() => kms.control('POST', '/_/reset'))

  const pass = (seconds: number) => kms.control('PUT', '/_/clock', { advanceSeconds: seconds })
  const KeyId = keyIds.symmetric

  it('is there until its waiting period has ended, and gone then', async () => {
    await call(kms.root, 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
    await pass(7 * day - 60)
    await call(kms.root, 'DescribeKey', { KeyId })
    await pass(120)
    await refused(kms.root, 'DescribeKey', { KeyId }, [
      'NotFoundException',
      `Key '${arns.symmetric}' does not exist`,
    ])
    const { Keys } = await call(kms.root, 'ListKeys')
    assert.deepEqual(Keys, [{ KeyId: keyIds.other, KeyArn: arns.other }])
  })

  it('takes its aliases with it, and its ciphertexts stay closed', async () => {
    const input = { KeyId, Plaintext: Buffer.of(1) }
    const { CiphertextBlob } = await call(kms.root, 'Encrypt', input)
    await call(kms.root, 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
    await pass(7 * day + 1)
    await refused(kms.root, 'DescribeKey', { KeyId: 'alias/symmetric' }, [
      'NotFoundException',
      `Alias ${aliasArnOf('alias/symmetric')} is not found.`,
    ])
    const words = unreachableCiphertext('kms:Decrypt', `arn:aws:iam::${account}:root`)
    await refused(kms.root, 'Decrypt', { CiphertextBlob }, words)
    const alias = { AliasName: 'alias/symmetric', TargetKeyId: keyIds.other }
    await call(kms.root, 'CreateAlias', alias)
  })

  it('stays when its deletion is cancelled in time', async () => {
    await call(kms.root, 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
    await pass(6 * day)
    await call(kms.root, 'CancelKeyDeletion', { KeyId })
    await pass(2 * day)
    await call(kms.root, 'DescribeKey', { KeyId })
  })

  it('is one of several, each with its own day', async () => {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    const later = KeyMetadata!.KeyId!
    await call(kms.root, 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
    await call(kms.root, 'ScheduleKeyDeletion', { KeyId: later, PendingWindowInDays: 8 })
    await pass(7 * day + 1)
    await call(kms.root, 'DescribeKey', { KeyId: later })
    await pass(day)
    await refused(kms.root, 'DescribeKey', { KeyId: later }, [
      'NotFoundException',
      `Key '${arnOf(later)}' does not exist`,
    ])
  })
})

describe('a primary whose replicas are being deleted', () => {
  const kms = useKms()

  const pass = (days: number) => kms.control('PUT', '/_/clock', { advanceSeconds: days * day + 60 })

  it('begins to wait when the last of them is gone, however late anybody looks', async () => {
    const at = clientsOf(kms)
    const KeyId = await newMultiRegionKey(kms, [west, ireland])
    const sealed = await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(9) })
    await call(kms.root, 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
    await call(at[west], 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
    await pass(8)
    const waiting = await describedIn(kms.root, KeyId)
    assert.equal(waiting.KeyState, 'PendingReplicaDeletion')
    const named = waiting.MultiRegionConfiguration?.ReplicaKeys?.map(({ Region }) => Region)
    assert.deepEqual(named, [ireland])
    const { CiphertextBlob } = sealed
    await call(at[ireland], 'Decrypt', { CiphertextBlob })
    const { DeletionDate } = await call(at[ireland], 'ScheduleKeyDeletion', {
      KeyId,
      PendingWindowInDays: 10,
    })
    await pass(12)
    const { KeyState, ...rest } = await describedIn(kms.root, KeyId)
    assert.equal(KeyState, 'PendingDeletion')
    assert.equal(Number(rest.DeletionDate) - Number(DeletionDate), 7 * day * 1000)
    assert.equal('PendingDeletionWindowInDays' in rest, false)
    assert.deepEqual(rest.MultiRegionConfiguration?.ReplicaKeys, [])
    await pass(6)
    await refused(kms.root, 'DescribeKey', { KeyId }, [
      'NotFoundException',
      `Key '${arnOf(KeyId)}' does not exist`,
    ])
  })

  it('can have a replica again where there was one, with the same material', async () => {
    const at = clientsOf(kms)
    const KeyId = await newMultiRegionKey(kms, [west])
    const sealed = await call(at[west], 'Encrypt', { KeyId, Plaintext: Buffer.of(9) })
    await call(at[west], 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
    await pass(7)
    await refused(at[west], 'DescribeKey', { KeyId }, [
      'NotFoundException',
      `Key '${arnIn(west, KeyId)}' does not exist`,
    ])
    await call(kms.root, 'ReplicateKey', { KeyId, ReplicaRegion: west })
    const { CiphertextBlob } = sealed
    const { Plaintext } = await call(at[west], 'Decrypt', { CiphertextBlob })
    assert.deepEqual(Buffer.from(Plaintext!), Buffer.of(9))
  })
})

describe('settleDue', () => {
  it('deletes the keys whose time has come, and no others', async () => {
    const store = new MemoryStore()
    const ids = ['a', 'b', 'c']
    await store.transact((writer) => {
      for (const [index, id] of ids.entries()) writer.putKey(keyRecord(id, 100 * (index + 1)))
    })
    await settleDue(store, 99)
    assert.equal(store.keys(scope, { limit: 9 }).length, 3)
    await settleDue(store, 200)
    const left = store.keys(scope, { limit: 9 }).map(({ id }) => id)
    assert.deepEqual(left, ['c'])
    assert.equal(store.nextDueMs(), 300)
  })
})

describe('settleDue', () => {
  it('makes the rotations of eight thousand years, and lets others work meanwhile', async () => {
    const store = new MemoryStore()
    const { deletionMs: _, ...record } = keyRecord('a', 0)
    const rotation = { periodDays: 90, nextMs: 90 * day * 1000 }
    await store.transact((writer) => {
      for (const id of ['a', 'b', 'c']) writer.putKey({ ...record, id, state: 'Enabled', rotation })
    })
    const nowMs = Date.parse('9999-12-31T00:00:00Z')
    let others = 0
    const timer = setInterval(() => (others += 1), 1)
    await settleDue(store, nowMs)
    clearInterval(timer)
    const settled = store.key(scope, 'a')
    assert.equal(settled?.materials.length, Math.floor(nowMs / rotation.nextMs))
    assert.equal(settled.materials.filter(({ state }) => state === 'CURRENT').length, 1)
    assert.ok(store.nextDueMs() > nowMs)
    assert.ok(others > 0)
  })

  it('starts the waiting period of a primary when its last replica goes, and ends it in the same go', async () => {
    const store = new MemoryStore()
    const primary: KeyRecord = {
      ...keyRecord('mrk-a', 0),
      state: 'PendingReplicaDeletion',
      pendingWindowDays: 7,
      primaryRegion: region,
    }
    const { deletionMs: _, ...waiting } = primary
    const replica = (name: string, deletionMs: number): KeyRecord => {
      const { pendingWindowDays: __, ...rest } = primary
      return { ...rest, state: 'PendingDeletion', region: name, deletionMs }
    }
    await store.transact((writer) => {
      writer.putKey(waiting)
      writer.putKey(replica('eu-west-1', 100))
      writer.putKey(replica('eu-west-2', 100))
      writer.putKey(replica('eu-west-3', 200))
    })
    await settleDue(store, 150)
    assert.equal(store.key(scope, 'mrk-a')?.state, 'PendingReplicaDeletion')
    await settleDue(store, 250)
    assert.equal(store.key(scope, 'mrk-a')?.deletionMs, 200 + 7 * day * 1000)
    await settleDue(store, 200 + 7 * day * 1000)
    assert.equal(store.key(scope, 'mrk-a'), undefined)
    assert.equal(store.nextDueMs(), Infinity)
  })
})

const scope = { account, region }

function keyRecord(id: string, deletionMs: number): KeyRecord {
  return {
    ...scope,
    id,
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    state: 'PendingDeletion',
    description: '',
    createdMs: 0,
    deletionMs,
    policy: '',
    tags: {},
    materials: [],
  }
}
