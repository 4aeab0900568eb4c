import assert from 'node:assert/strict'
import {
  firstMaterial,
  isComplete,
  withCurrent,
  withMaterial,
  withMaterials,
  withoutBytes,
  withoutMaterial,
} from '../../lib/kms/materials.ts'
import type { KeyRecord, MaterialRecord } from '../../lib/store/store.ts'

const bytes = Buffer.alloc(32)
const current: MaterialRecord = { id: 'c', bytes, state: 'CURRENT' }
const old: MaterialRecord = { id: 'o', bytes, state: 'NON_CURRENT', validToMs: 5 }
const pending: MaterialRecord = { id: 'p', bytes, state: 'PENDING_ROTATION' }

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
  materials: [old, current, pending],
}

describe('firstMaterial', () => {
  it('is current, under an id of key and bytes', () => {
    const [first] = firstMaterial(record.id, bytes)
    assert.equal(first?.state, 'CURRENT')
    assert.match(first.id, /^[0-9a-f]{64}$/)
    assert.notEqual(first.id, firstMaterial('another', bytes)[0]?.id)
    assert.notEqual(first.id, firstMaterial(record.id, Buffer.alloc(32, 1))[0]?.id)
  })
})

describe('withCurrent', () => {
  it('makes one current, last, and what was current not', () => {
    const statesOf = (materials: readonly MaterialRecord[]) =>
      materials.map(({ id, state }) => `${id} ${state}`)
    assert.deepEqual(statesOf(withCurrent(record.materials, pending)), [
      'o NON_CURRENT',
      'c NON_CURRENT',
      'p CURRENT',
    ])
    const next = { id: 'n', bytes, state: 'CURRENT' } as const
    assert.deepEqual(statesOf(withCurrent([current], next)), ['c NON_CURRENT', 'n CURRENT'])
  })
})

describe('isComplete', () => {
  it('asks for everything that the key has used, and for something', () => {
    assert.equal(isComplete(record), true)
    assert.equal(isComplete({ ...record, materials: [] }), false)
    assert.equal(isComplete({ ...record, materials: [pending] }), false)
    const gone = { id: 'o', state: 'NON_CURRENT' } as const
    assert.equal(isComplete({ ...record, materials: [gone, current] }), false)
  })
})

describe('withMaterial', () => {
  it('puts one in the place of the one of its id, or behind the others', () => {
    const changed: MaterialRecord = { ...current, description: 'text' }
    assert.deepEqual(withMaterial([old, current, pending], changed), [old, changed, pending])
    assert.deepEqual(withMaterial([old], current), [old, current])
  })
})

describe('withMaterials', () => {
  const missing = [withoutBytes(old), current]
  const stateOf = (state: KeyRecord['state'], materials: readonly MaterialRecord[]) =>
    withMaterials({ ...record, state }, materials).state

  it('makes a key wait while material that it has used is away', () => {
    for (const state of ['Enabled', 'Disabled', 'PendingImport'] as const) {
      assert.equal(stateOf(state, missing), 'PendingImport')
    }
  })

  it('enables a key that waited, and no other', () => {
    assert.equal(stateOf('PendingImport', [old, current]), 'Enabled')
    assert.equal(stateOf('Disabled', [old, current]), 'Disabled')
  })

  it('leaves a key alone that is being deleted, created or updated', () => {
    for (const state of ['PendingDeletion', 'PendingReplicaDeletion', 'Updating'] as const) {
      assert.equal(stateOf(state, missing), state)
    }
  })
})

describe('withoutBytes', () => {
  it('keeps what belongs to the id', () => {
    const told: MaterialRecord = { ...old, description: 'text' }
    assert.deepEqual(withoutBytes(told), { id: 'o', state: 'NON_CURRENT', description: 'text' })
  })
})

describe('withoutMaterial', () => {
  it('forgets what is only pending', () => {
    const left = withoutMaterial(record, 'p')
    assert.deepEqual(left, { ...record, materials: [old, current] })
  })

  it('keeps the id of what was used, without its bytes and expiry, and waits for it', () => {
    const left = withoutMaterial(record, 'o')
    assert.equal(left.state, 'PendingImport')
    assert.deepEqual(left.materials[0], { id: 'o', state: 'NON_CURRENT' })
  })

  it('keeps the id of what is pending in a replica: its primary has it', () => {
    const left = withoutMaterial({ ...record, primaryRegion: 'eu-west-1' }, 'p')
    assert.deepEqual(left.materials.at(-1), { id: 'p', state: 'PENDING_ROTATION' })
    assert.equal(left.state, 'Enabled')
  })

  it('leaves a key on its way out there', () => {
    const leaving = { ...record, state: 'PendingDeletion', deletionMs: 9 } as const
    assert.equal(withoutMaterial(leaving, 'c').state, 'PendingDeletion')
  })
})
