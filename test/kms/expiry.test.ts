import assert from 'node:assert/strict'
import { expireKeys } from '../../lib/kms/expiry.ts'
import { MemoryStore } from '../../lib/store/memory.ts'
import type { KeyRecord } from '../../lib/store/store.ts'
import { call, refused } from '../support/call.ts'
import { unreachableCiphertext } from '../support/policies.ts'
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

describe('expireKeys', () => {
  it('deletes the keys whose time has come, and no others', async () => {
    const store = new MemoryStore()
    const ids = ['a', 'b', 'c']
    await store.transact((writer) => {
      for (const [index, id] of ids.entries()) writer.putKey(keyRecord(id, 100 * (index + 1)))
    })
    await expireKeys(store, 99)
    assert.equal(store.keys(scope, { limit: 9 }).length, 3)
    await expireKeys(store, 200)
    const left = store.keys(scope, { limit: 9 }).map(({ id }) => id)
    assert.deepEqual(left, ['c'])
    assert.equal(store.nextDeletionMs(), 300)
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
    multiRegion: false,
    materials: [],
  }
}
