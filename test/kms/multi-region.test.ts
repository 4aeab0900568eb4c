import assert from 'node:assert/strict'
import { replicaOf, withNewReplica, withPrimary } from '../../lib/kms/multi-region.ts'
import type { KeyRecord, MaterialRecord } from '../../lib/store/store.ts'

const material: MaterialRecord = { id: 'a', bytes: Buffer.alloc(32), state: 'CURRENT' }

const primary: KeyRecord = {
  account: '111122223333',
  region: 'us-east-1',
  id: 'mrk-1234abcd12ab34cd56ef1234567890ab',
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  state: 'Enabled',
  description: 'primary',
  createdMs: 1,
  policy: 'primary',
  tags: { primary: '' },
  primaryRegion: 'us-east-1',
  materials: [material],
  rotation: { periodDays: 90, nextMs: 1_000 },
  importSecret: Buffer.alloc(32),
}

const own = {
  region: 'eu-west-1',
  description: 'replica',
  createdMs: 2,
  policy: 'replica',
  tags: { replica: '' },
}

describe('replicaOf', () => {
  it('has what is shared, and nothing else of its primary', () => {
    const { account, id, spec, usage, origin, primaryRegion, materials } = primary
    const shared = { account, id, spec, usage, origin, primaryRegion, materials }
    assert.deepEqual(replicaOf(primary, own), { ...shared, ...own, state: 'Enabled' })
  })

  it('has no imported material, but knows which it is', () => {
    const described = { ...material, description: 'first', validToMs: 5 }
    const external = { ...primary, origin: 'EXTERNAL', materials: [described] } as const
    const { state, materials } = replicaOf(external, own)
    assert.equal(state, 'PendingImport')
    assert.deepEqual(materials, [{ id: 'a', state: 'CURRENT', description: 'first' }])
  })
})

describe('withNewReplica', () => {
  it('has the keys in the order of their Regions', () => {
    const all = withNewReplica([primary], replicaOf(primary, own))
    assert.deepEqual(
      all.map(({ region }) => region),
      ['eu-west-1', 'us-east-1'],
    )
    assert.deepEqual(all[1], primary)
  })

  it('lets what is only pending wait for the import into the new one', () => {
    const pending: MaterialRecord = { id: 'b', bytes: Buffer.alloc(32), state: 'PENDING_ROTATION' }
    const external = { ...primary, origin: 'EXTERNAL', materials: [material, pending] } as const
    const all = withNewReplica([external], replicaOf(external, own))
    for (const { materials } of all) {
      assert.deepEqual(
        materials.map(({ state }) => state),
        ['CURRENT', 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'],
      )
    }
  })
})

describe('withPrimary', () => {
  it('moves the automatic rotation with the primary, and leaves all else', () => {
    const replica = replicaOf(primary, own)
    const { rotation, ...former } = primary
    assert.deepEqual(withPrimary([replica, primary], 'eu-west-1'), [
      { ...replica, primaryRegion: 'eu-west-1', rotation },
      { ...former, primaryRegion: 'eu-west-1' },
    ])
  })

  it('has none where there was none', () => {
    const { rotation: _, ...unrotated } = primary
    const all = withPrimary([replicaOf(unrotated, own), unrotated], 'eu-west-1')
    assert.deepEqual(
      all.map((one) => 'rotation' in one),
      [false, false],
    )
  })
})
