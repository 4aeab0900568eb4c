import assert from 'node:assert/strict'
import { addMaterial, removeMaterials, type Import } from '../../lib/kms/imports.ts'
import { rotate } from '../../lib/kms/rotation.ts'
import { settleDue } from '../../lib/kms/due.ts'
import { MemoryStore } from '../../lib/store/memory.ts'
import type { KeyRecord, MaterialRecord, Writer } from '../../lib/store/store.ts'

const account = '111122223333'
const home = 'us-east-1'
const away = 'eu-west-1'
const id = 'mrk-1234abcd12ab34cd56ef1234567890ab'
const arnIn = (region: string) => `arn:aws:kms:${region}:${account}:key/${id}`
const pendingEverywhere = 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'

const key: KeyRecord = {
  account,
  region: home,
  id,
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'EXTERNAL',
  state: 'PendingImport',
  description: '',
  createdMs: 0,
  policy: '',
  tags: {},
  materials: [],
}
const primary: KeyRecord = { ...key, primaryRegion: home }

/** Material is its id here. */
const one = (name: string, more: Partial<Import> = {}): Import => ({
  id: name,
  bytes: Buffer.from(name),
  ...more,
})
const asNew = (name: string) => one(name, { type: 'NEW_KEY_MATERIAL' })

class Scene {
  readonly store = new MemoryStore()

  static async of(...records: readonly KeyRecord[]): Promise<Scene> {
    const scene = new Scene()
    await scene.store.transact((writer) => {
      for (const record of records) writer.putKey(record)
    })
    return scene
  }

  get(region = home): KeyRecord {
    const record = this.store.key({ account, region }, id)
    assert.ok(record)
    return record
  }

  /** `name STATE`, with `-` behind it where the material is not there. */
  materials(region = home): string[] {
    return this.get(region).materials.map(
      ({ id: name, state, bytes }) => `${name} ${state}${bytes ? '' : ' -'}`,
    )
  }

  change(work: (writer: Writer) => Promise<unknown>): Promise<unknown> {
    return this.store.transact(work)
  }

  put(record: KeyRecord): Promise<unknown> {
    return this.store.transact((writer) => {
      writer.putKey(record)
    })
  }

  add(given: Import, region = home): Promise<unknown> {
    return this.change((writer) => addMaterial(writer, this.get(region), given))
  }

  remove(name: string, region = home): Promise<unknown> {
    return this.change((writer) => removeMaterials(writer, this.get(region), [name]))
  }

  rotateTo(name: string): Promise<unknown> {
    const next = this.get().materials.find((material) => material.id === name)
    assert.ok(next)
    const rotation = { type: 'ON_DEMAND', dateMs: 1 } as const
    return this.change((writer) => rotate(writer, this.get(), { ...next, rotation }))
  }
}

/** A key with `a`, and its replica without it. */
async function withReplica(): Promise<Scene> {
  const scene = await Scene.of(primary)
  await scene.add(one('a'))
  const missing: MaterialRecord[] = [{ id: 'a', state: 'CURRENT' }]
  const replica: KeyRecord = { ...primary, region: away, materials: missing }
  await scene.put(replica)
  return scene
}

describe('addMaterial', () => {
  it('makes the first material current and the key enabled', async () => {
    const scene = await Scene.of(key)
    await scene.add(one('a'))
    assert.deepEqual(scene.materials(), ['a CURRENT'])
    assert.equal(scene.get().state, 'Enabled')
  })

  it('takes new material beside it, which is pending until a rotation', async () => {
    const scene = await Scene.of(key)
    await scene.add(one('a'))
    await scene.add(asNew('b'))
    assert.deepEqual(scene.materials(), ['a CURRENT', 'b PENDING_ROTATION'])
    await scene.rotateTo('b')
    assert.deepEqual(scene.materials(), ['a NON_CURRENT', 'b CURRENT'])
    await scene.add(asNew('c'))
    assert.equal(scene.materials().at(-1), 'c PENDING_ROTATION')
  })

  it('takes one pending material at a time', async () => {
    const scene = await Scene.of(key)
    await scene.add(one('a'))
    await scene.add(asNew('b'))
    await assert.rejects(scene.add(asNew('c')), {
      code: 'KMSInvalidStateException',
      message: `New key material (id: c) cannot be imported into KMS key ${arnIn(home)}, because another key material (id: b) is pending rotation.`,
    })
    await scene.remove('b')
    await scene.add(asNew('c'))
    assert.deepEqual(scene.materials(), ['a CURRENT', 'c PENDING_ROTATION'])
  })

  it('refuses as new what the key has, and as known what it has not', async () => {
    const scene = await Scene.of(key)
    const unknown = {
      code: 'IncorrectKeyMaterialException',
      message: 'Imported key material does not have the expected identifier (a).',
    }
    await assert.rejects(scene.add(one('a', { type: 'EXISTING_KEY_MATERIAL' })), {
      code: 'IncorrectKeyMaterialException',
      message: `the key material was not imported into ${arnIn(home)} before`,
    })
    await scene.add(one('a'))
    await scene.add(asNew('b'))
    for (const name of ['a', 'b']) {
      await assert.rejects(scene.add(asNew(name)), {
        code: 'IncorrectKeyMaterialException',
        message: `Key material (id: ${name}) being imported as NEW_KEY_MATERIAL is already associated with KMS key ${arnIn(home)}.`,
      })
    }
    await assert.rejects(scene.add(one('c')), unknown)
    await assert.rejects(scene.add(one('c', { type: 'EXISTING_KEY_MATERIAL' })), unknown)
  })

  it('holds the id that the request says against the material', async () => {
    const scene = await Scene.of(key)
    const wrong = {
      code: 'ValidationException',
      message: 'Input parameter keyMaterialId cannot be used with NEW_KEY_MATERIAL importType.',
    }
    await assert.rejects(scene.add(one('a', { expectedId: 'a' })), wrong)
    await scene.add(one('a'))
    await assert.rejects(scene.add({ ...asNew('b'), expectedId: 'b' }), wrong)
    await scene.add(one('a', { expectedId: 'a' }))
    await assert.rejects(scene.add(one('a', { expectedId: 'b' })), {
      code: 'IncorrectKeyMaterialException',
      message: 'Imported key material does not have the expected identifier (b).',
    })
  })

  it('enables a key again when all that it has used is back', async () => {
    const scene = await Scene.of(key)
    await scene.add(one('a'))
    await scene.add(asNew('b'))
    await scene.rotateTo('b')
    await scene.remove('a')
    await scene.remove('b')
    await scene.add(one('b'))
    assert.equal(scene.get().state, 'PendingImport')
    assert.deepEqual(scene.materials(), ['a NON_CURRENT -', 'b CURRENT'])
    await scene.add(one('a'))
    assert.equal(scene.get().state, 'Enabled')
    assert.deepEqual(scene.materials(), ['a NON_CURRENT', 'b CURRENT'])
  })

  it('enables a disabled key, and leaves one that is updating so', async () => {
    for (const [state, after] of [
      ['Disabled', 'Enabled'],
      ['Updating', 'Updating'],
    ] as const) {
      const scene = await Scene.of(key)
      await scene.add(one('a'))
      await scene.put({ ...scene.get(), state })
      await scene.add(one('a'))
      assert.equal(scene.get().state, after)
    }
  })

  it('keeps a description until another comes, and an expiry for one import', async () => {
    const scene = await Scene.of(key)
    const now = () => {
      const { description, validToMs } = scene.get().materials[0] ?? {}
      return { description, validToMs }
    }
    await scene.add(one('a', { description: 'first', validToMs: 5 }))
    assert.deepEqual(now(), { description: 'first', validToMs: 5 })
    await scene.add(one('a'))
    assert.deepEqual(now(), { description: 'first', validToMs: undefined })
    await scene.add(one('a', { description: 'second', validToMs: 7 }))
    assert.deepEqual(now(), { description: 'second', validToMs: 7 })
    await scene.remove('a')
    assert.deepEqual(now(), { description: 'second', validToMs: undefined })
  })

  describe('of a multi-Region key', () => {
    it('needs no other Region where there is none', async () => {
      const scene = await Scene.of(primary)
      await scene.add(one('a'))
      await scene.add(asNew('b'))
      assert.deepEqual(scene.materials(), ['a CURRENT', 'b PENDING_ROTATION'])
    })

    it('enables each key by its own', async () => {
      const scene = await withReplica()
      assert.equal(scene.get(away).state, 'PendingImport')
      await scene.add(one('a', { validToMs: 9 }), away)
      assert.equal(scene.get(away).state, 'Enabled')
      assert.equal(scene.get().materials[0]?.validToMs, undefined)
    })

    it('starts with the primary', async () => {
      const scene = await withReplica()
      await assert.rejects(scene.add(asNew('b'), away), {
        code: 'ValidationException',
        message:
          'Input parameter ImportType NEW_KEY_MATERIAL cannot be used on replica Multi-Region keys',
      })
      await assert.rejects(scene.add(one('b'), away), { code: 'IncorrectKeyMaterialException' })
    })

    it('lets a rotation be when it has come to every Region', async () => {
      const scene = await withReplica()
      await scene.add(one('a'), away)
      await scene.add({ ...asNew('b'), description: 'second' })
      assert.deepEqual(scene.materials(), ['a CURRENT', `b ${pendingEverywhere}`])
      assert.deepEqual(scene.materials(away), ['a CURRENT', `b ${pendingEverywhere} -`])
      assert.equal(scene.get(away).materials[1]?.description, 'second')
      assert.equal(scene.get(away).state, 'Enabled')
      await scene.add(one('b', { type: 'EXISTING_KEY_MATERIAL' }), away)
      for (const region of [home, away]) {
        assert.deepEqual(scene.materials(region), ['a CURRENT', 'b PENDING_ROTATION'])
      }
      await scene.rotateTo('b')
      for (const region of [home, away]) {
        assert.deepEqual(scene.materials(region), ['a NON_CURRENT', 'b CURRENT'])
        assert.equal(scene.get(region).state, 'Enabled')
      }
    })

    it('tells the replicas a description that comes later', async () => {
      const scene = await withReplica()
      await scene.add(one('a', { description: 'told', validToMs: 9 }))
      const [material] = scene.get(away).materials
      assert.deepEqual(material, { id: 'a', state: 'CURRENT', description: 'told' })
    })

    it('waits for no Region whose key is gone', async () => {
      const scene = await withReplica()
      await scene.add(asNew('b'))
      const leaving: KeyRecord = { ...scene.get(away), state: 'PendingDeletion', deletionMs: 10 }
      await scene.put(leaving)
      await settleDue(scene.store, 10)
      assert.equal(scene.store.key({ account, region: away }, id), undefined)
      assert.deepEqual(scene.materials(), ['a CURRENT', 'b PENDING_ROTATION'])
    })
  })
})

describe('removeMaterials', () => {
  it('makes a key wait for what it has used, also a disabled one', async () => {
    for (const state of ['Enabled', 'Disabled'] as const) {
      const scene = await Scene.of(key)
      await scene.add(one('a'))
      await scene.put({ ...scene.get(), state })
      await scene.remove('a')
      assert.deepEqual(scene.materials(), ['a CURRENT -'])
      assert.equal(scene.get().state, 'PendingImport')
    }
  })

  it('forgets what is pending, and the key works on', async () => {
    const scene = await Scene.of(key)
    await scene.add(one('a'))
    await scene.add(asNew('b'))
    await scene.remove('b')
    assert.deepEqual(scene.materials(), ['a CURRENT'])
    assert.equal(scene.get().state, 'Enabled')
  })

  it('of a replica leaves its primary as it is, and the replica waits after the rotation', async () => {
    const scene = await withReplica()
    await scene.add(one('a'), away)
    await scene.add(asNew('b'))
    await scene.add(one('b'), away)
    await scene.remove('b', away)
    assert.deepEqual(scene.materials(), ['a CURRENT', 'b PENDING_ROTATION'])
    assert.deepEqual(scene.materials(away), ['a CURRENT', 'b PENDING_ROTATION -'])
    assert.equal(scene.get(away).state, 'Enabled')
    await scene.rotateTo('b')
    assert.deepEqual(scene.materials(away), ['a NON_CURRENT', 'b CURRENT -'])
    assert.equal(scene.get(away).state, 'PendingImport')
    assert.equal(scene.get().state, 'Enabled')
    await scene.add(one('b'), away)
    assert.equal(scene.get(away).state, 'Enabled')
  })

  it('of a primary takes what is pending from its replicas, and nothing else', async () => {
    const scene = await withReplica()
    await scene.add(one('a'), away)
    await scene.add(asNew('b'))
    await scene.add(one('b'), away)
    await scene.remove('b')
    for (const region of [home, away]) {
      assert.deepEqual(scene.materials(region), ['a CURRENT'])
    }
    await scene.remove('a')
    assert.deepEqual(scene.materials(away), ['a CURRENT'])
    assert.equal(scene.get().state, 'PendingImport')
    assert.equal(scene.get(away).state, 'Enabled')
  })

  it('is what the clock does when material expires', async () => {
    const scene = await withReplica()
    await scene.add(one('a', { validToMs: 20 }), away)
    await settleDue(scene.store, 20)
    assert.deepEqual(scene.materials(away), ['a CURRENT -'])
    assert.equal(scene.get(away).state, 'PendingImport')
    assert.equal(scene.get().state, 'Enabled')
    assert.equal(scene.store.nextDueMs(), Infinity)
  })

  it('is not done to material that expires before its rotation, but after it', async () => {
    const scene = await Scene.of(key)
    await scene.add(one('a'))
    await scene.add({ ...asNew('b'), validToMs: 10 })
    assert.equal(scene.store.nextDueMs(), Infinity)
    await settleDue(scene.store, 10)
    assert.deepEqual(scene.materials(), ['a CURRENT', 'b PENDING_ROTATION'])
    await scene.rotateTo('b')
    assert.equal(scene.store.nextDueMs(), 10)
    await settleDue(scene.store, 11)
    assert.deepEqual(scene.materials(), ['a NON_CURRENT', 'b CURRENT -'])
    assert.equal(scene.get().state, 'PendingImport')
  })
})
