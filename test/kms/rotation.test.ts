import assert from 'node:assert/strict'
import { Key } from '../../lib/kms/key.ts'
import { firstMaterial } from '../../lib/kms/materials.ts'
import {
  nextMaterial,
  relatives,
  requireAutomaticRotation,
  requireRotatable,
  rotate,
  rotateDue,
  rotationOf,
} from '../../lib/kms/rotation.ts'
import { MemoryStore } from '../../lib/store/memory.ts'
import type { KeyRecord } from '../../lib/store/store.ts'

const id = 'mrk-1234abcd12ab34cd56ef1234567890ab'
const day = 86_400_000

const primary: KeyRecord = {
  account: '111122223333',
  region: 'us-east-1',
  id,
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  state: 'Enabled',
  description: '',
  createdMs: 0,
  policy: '',
  tags: {},
  primaryRegion: 'us-east-1',
  materials: firstMaterial(id, Buffer.alloc(32)),
  rotation: { periodDays: 90, nextMs: 1_000 },
}
const { rotation: _, ...shared } = primary
const replica: KeyRecord = { ...shared, region: 'eu-west-1' }

async function storeOf(...records: KeyRecord[]): Promise<MemoryStore> {
  const store = new MemoryStore()
  await store.transact((writer) => {
    for (const record of records) writer.putKey(record)
  })
  return store
}

const materialsIn = (store: MemoryStore, region: string) =>
  store.key({ account: primary.account, region }, id)?.materials

describe('rotate', () => {
  it('gives all keys of a multi-Region key the same new material', async () => {
    const store = await storeOf(primary, replica)
    const rotation = { type: 'ON_DEMAND', dateMs: 5 } as const
    await store.transact((writer) => rotate(writer, primary, nextMaterial(primary, rotation)))
    const rotated = materialsIn(store, 'us-east-1')
    assert.deepEqual(
      rotated?.map(({ state }) => state),
      ['NON_CURRENT', 'CURRENT'],
    )
    assert.deepEqual(rotated[1]?.rotation, rotation)
    assert.deepEqual(materialsIn(store, 'eu-west-1'), rotated)
  })

  it('uses the bytes that each Region has imported', async () => {
    const state = 'PENDING_ROTATION' as const
    const pending = (validToMs: number) => ({
      id: 'p',
      bytes: Buffer.alloc(32, 1),
      state,
      validToMs,
    })
    const here = { ...primary, materials: [...primary.materials, pending(7)] }
    const there = { ...replica, materials: [...replica.materials, pending(8)] }
    const store = await storeOf(here, there)
    const next = { ...pending(7), rotation: { type: 'ON_DEMAND', dateMs: 5 } as const }
    await store.transact((writer) => rotate(writer, here, next))
    for (const [region, validToMs] of [
      ['us-east-1', 7],
      ['eu-west-1', 8],
    ] as const) {
      assert.deepEqual(materialsIn(store, region)?.at(-1), { ...next, state: 'CURRENT', validToMs })
    }
  })
})

describe('rotateDue', () => {
  it('rotates on the day, and sets the next one a period later', async () => {
    const store = await storeOf(primary, replica)
    await store.transact((writer) => rotateDue(writer, primary, 1_000))
    const record = store.key(primary, id)
    assert.deepEqual(record?.rotation, { periodDays: 90, nextMs: 1_000 + 90 * day })
    assert.deepEqual(record.materials[1]?.rotation, { type: 'AUTOMATIC', dateMs: 1_000 })
  })
})

describe('rotationOf', () => {
  it('is that of the primary key, for replicas too', async () => {
    const store = await storeOf(primary, replica)
    for (const record of [primary, replica]) {
      assert.deepEqual(await rotationOf(store, Key.of(record)), primary.rotation)
    }
  })
})

describe('relatives', () => {
  it('are the keys of the other Regions, and none of a key that has one', async () => {
    const store = await storeOf(primary, replica)
    assert.deepEqual(await relatives(store, primary), [replica])
    const { primaryRegion: __, ...single } = primary
    assert.deepEqual(await relatives(store, single), [])
  })
})

describe('which keys are rotated', () => {
  const refusal = (more: Partial<KeyRecord>, require: (key: Key) => void) => {
    try {
      require(Key.of({ ...primary, ...more }))
      return null
    } catch (error) {
      return (error as Error).message
    }
  }

  it('symmetric encryption keys of KMS or with imported material, on demand', () => {
    assert.equal(refusal({}, requireRotatable), null)
    assert.equal(refusal({ origin: 'EXTERNAL' }, requireRotatable), null)
    assert.equal(refusal({ spec: 'HMAC_256' }, requireRotatable), '')
    const origin = 'AWS_CLOUDHSM'
    assert.match(refusal({ origin }, requireRotatable) ?? '', /origin is AWS_CLOUDHSM which/)
  })

  it('automatically those of KMS alone, by their primary', () => {
    const require = (key: Key) => requireAutomaticRotation(key, 'EnableKeyRotation')
    assert.equal(refusal({}, require), null)
    const origin = 'EXTERNAL'
    assert.match(refusal({ origin }, require) ?? '', /origin is EXTERNAL which/)
    const replicated = { primaryRegion: 'eu-west-1' }
    assert.match(
      refusal(replicated, require) ?? '',
      /is a multi-region replica key which is not valid for EnableKeyRotation\.$/,
    )
  })
})
