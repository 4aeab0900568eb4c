import assert from 'node:assert/strict'
import { seed, withMaterial, type KeySeed } from '../../lib/kms/seed.ts'
import { MemoryStore } from '../../lib/store/memory.ts'

const one: KeySeed = {
  account: '111122223333',
  region: 'us-east-1',
  id: '1234abcd-12ab-34cd-56ef-1234567890ab',
  aliases: ['alias/a', 'alias/b'],
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  material: Buffer.alloc(32, 7),
  tags: { app: 'demo' },
  description: 'text',
}

describe('seed', () => {
  it('puts a key with its aliases, tags, description and material', async () => {
    const store = new MemoryStore()
    assert.deepEqual(await seed(store, await withMaterial([one]), 5), [])
    const record = store.key(one, one.id)
    assert.equal(record?.createdMs, 5)
    assert.equal(record.state, 'Enabled')
    assert.equal(record.primaryRegion, undefined)
    assert.deepEqual(record.tags, one.tags)
    assert.deepEqual(record.materials[0]?.bytes, one.material)
    assert.match(record.policy, /Enable IAM User Permissions/)
    for (const name of one.aliases) assert.equal(store.alias(one, name)?.keyId, one.id)
  })

  it('leaves a key that is there as it is, and says which', async () => {
    const store = new MemoryStore()
    const [ready] = await withMaterial([one])
    await seed(store, [ready!], 5)
    const kept = await seed(store, [{ ...ready!, description: 'other', aliases: ['alias/c'] }], 6)
    assert.deepEqual(kept, [one.id])
    assert.equal(store.key(one, one.id)?.description, 'text')
    assert.equal(store.alias(one, 'alias/c'), undefined)
  })

  it('knows a multi-Region key by its id', async () => {
    const store = new MemoryStore()
    const id = 'mrk-1234abcd12ab34cd56ef1234567890ab'
    await seed(store, await withMaterial([{ ...one, id }]), 5)
    assert.equal(store.key(one, id)?.primaryRegion, one.region)
  })
})

describe('withMaterial', () => {
  it('makes material where there is none, another each time', async () => {
    const bare = { ...one, material: undefined }
    const [first, second] = await withMaterial([bare, bare])
    assert.equal(first?.material.length, 32)
    assert.notDeepEqual(first.material, second?.material)
  })

  it('gives the same key material the same id on every machine', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const store = new MemoryStore()
        await seed(store, await withMaterial([one]), 5)
        return store.key(one, one.id)?.materials[0]?.id
      }),
    )
    assert.equal(ids[0], ids[1])
  })
})
