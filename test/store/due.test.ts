import assert from 'node:assert/strict'
import { dueMs, rotationDueMs } from '../../lib/store/due.ts'
import type { KeyRecord } from '../../lib/store/store.ts'

const record: KeyRecord = {
  account: '111122223333',
  region: 'us-east-1',
  id: '1234abcd-12ab-34cd-56ef-1234567890ab',
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'EXTERNAL',
  state: 'Enabled',
  description: '',
  createdMs: 0,
  policy: '',
  tags: {},
  materials: [],
}

const rotation = { periodDays: 90, nextMs: 20 }
const bytes = Buffer.alloc(32)

describe('dueMs', () => {
  it('is never for a key that stays as it is', () => {
    assert.equal(dueMs(record), Infinity)
  })

  it('is the first of deletion, rotation and the expiry of material', () => {
    const material = { id: 'a', bytes, state: 'CURRENT', validToMs: 30 } as const
    assert.equal(dueMs({ ...record, deletionMs: 10, rotation, materials: [material] }), 10)
    assert.equal(dueMs({ ...record, deletionMs: 40, rotation, materials: [material] }), 20)
    assert.equal(dueMs({ ...record, deletionMs: 40, materials: [material] }), 30)
  })

  it('counts no material that is gone', () => {
    const gone = { id: 'a', state: 'CURRENT', validToMs: 30 } as const
    assert.equal(dueMs({ ...record, materials: [gone] }), Infinity)
  })
})

describe('rotationDueMs', () => {
  it('is never for a key that cannot be used', () => {
    assert.equal(rotationDueMs({ ...record, rotation }), 20)
    for (const state of ['Disabled', 'PendingDeletion', 'PendingImport'] as const) {
      assert.equal(rotationDueMs({ ...record, rotation, state }), Infinity, state)
    }
  })
})
