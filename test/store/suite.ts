/**
 * What every store must do, whatever it is made of: a suite that each of them is run against.
 */
import assert from 'node:assert/strict'
import type { AliasRecord, GrantRecord, KeyRecord, Scope, Store } from '../../lib/store/store.ts'

const here: Scope = { account: '111122223333', region: 'us-east-1' }
const otherAccount: Scope = { ...here, account: '444455556666' }
const otherRegion: Scope = { ...here, region: 'eu-west-1' }

function key(id: string, more: Partial<KeyRecord> = {}): KeyRecord {
  return {
    ...here,
    id,
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    state: 'Enabled',
    description: '',
    createdMs: 1,
    policy: '{}',
    tags: { a: 'b' },
    multiRegion: false,
    materials: [{ id: 'f'.repeat(64), bytes: Buffer.alloc(32, 1) }],
    ...more,
  }
}

function alias(name: string, keyId: string, more: Partial<AliasRecord> = {}): AliasRecord {
  return { ...here, name, keyId, createdMs: 1, updatedMs: 2, ...more }
}

function grant(grantId: string, keyId: string, more: Partial<GrantRecord> = {}): GrantRecord {
  return {
    ...here,
    grantId,
    keyId,
    name: '',
    granteePrincipal: 'arn:aws:iam::111122223333:role/a',
    operations: ['Decrypt'],
    constraints: { encryptionContextEquals: { a: 'b' } },
    createdMs: 1,
    issuingAccount: here.account,
    ...more,
  }
}

/** `open` gives a store that is empty. */
export function testStore(open: () => Store | Promise<Store>): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  afterEach(() => store.close())

  describe('keys', () => {
    it('are found by account, Region and id', async () => {
      const record = key('a')
      await store.transact((writer) => writer.putKey(record))
      assert.deepEqual(await store.key(here, 'a'), record)
      for (const scope of [otherAccount, otherRegion]) {
        assert.equal(await store.key(scope, 'a'), undefined)
      }
      assert.equal(await store.key(here, 'b'), undefined)
    })

    it('are found in a Region, whichever account they belong to', async () => {
      const record = key('a', otherAccount)
      await store.transact((writer) => writer.putKey(record))
      assert.deepEqual(await store.keyInRegion('us-east-1', 'a'), record)
      assert.equal(await store.keyInRegion('eu-west-1', 'a'), undefined)
    })

    it('are replaced whole', async () => {
      await store.transact((writer) => writer.putKey(key('a', { deletionMs: 5 })))
      const changed = key('a', { state: 'Disabled', tags: {} })
      await store.transact((writer) => writer.putKey(changed))
      assert.deepEqual(await store.key(here, 'a'), changed)
      assert.equal(store.nextDeletionMs(), Infinity)
    })

    it('are listed by id, in pages, one account and Region at a time', async () => {
      await store.transact((writer) => {
        for (const id of ['c', 'a', 'e', 'b', 'd']) writer.putKey(key(id))
        writer.putKey(key('x', otherAccount))
        writer.putKey(key('y', otherRegion))
      })
      const ids = async (page: { after?: string; limit: number }) =>
        (await store.keys(here, page)).map(({ id }) => id)
      assert.deepEqual(await ids({ limit: 2 }), ['a', 'b'])
      assert.deepEqual(await ids({ after: 'b', limit: 2 }), ['c', 'd'])
      assert.deepEqual(await ids({ after: 'd', limit: 2 }), ['e'])
      assert.deepEqual(await ids({ after: 'e', limit: 2 }), [])
      assert.deepEqual(await ids({ after: 'bb', limit: 10 }), ['c', 'd', 'e'])
    })

    it('go with their aliases and grants', async () => {
      await store.transact((writer) => {
        writer.putKey(key('a'))
        writer.putKey(key('b'))
        writer.putAlias(alias('alias/a', 'a'))
        writer.putAlias(alias('alias/b', 'b'))
        writer.putGrant(grant('1', 'a'))
        writer.putGrant(grant('2', 'b'))
      })
      await store.transact((writer) => writer.deleteKey(key('a')))
      assert.equal(await store.key(here, 'a'), undefined)
      assert.equal(await store.keyInRegion('us-east-1', 'a'), undefined)
      assert.equal((await store.keys(here, { limit: 9 })).length, 1)
      assert.equal(await store.alias(here, 'alias/a'), undefined)
      assert.deepEqual(await store.grants(here, 'a'), [])
      assert.equal((await store.aliases(here, { limit: 9 })).length, 1)
      assert.equal((await store.grants(here, 'b')).length, 1)
    })
  })

  describe('deletion dates', () => {
    it('give the earliest of all keys, and the keys whose date has come', async () => {
      assert.equal(store.nextDeletionMs(), Infinity)
      await store.transact((writer) => {
        writer.putKey(key('a', { deletionMs: 300 }))
        writer.putKey(key('b', { ...otherAccount, deletionMs: 100 }))
        writer.putKey(key('c', { ...otherRegion, deletionMs: 200 }))
        writer.putKey(key('d'))
      })
      assert.equal(store.nextDeletionMs(), 100)
      const due = async (nowMs: number) => (await store.keysDue(nowMs)).map(({ id }) => id).sort()
      assert.deepEqual(await due(99), [])
      assert.deepEqual(await due(100), ['b'])
      assert.deepEqual(await due(250), ['b', 'c'])
      await store.transact((writer) => writer.deleteKey(key('b', otherAccount)))
      assert.equal(store.nextDeletionMs(), 200)
    })
  })

  describe('aliases', () => {
    beforeEach(() =>
      store.transact((writer) => {
        writer.putKey(key('a'))
        writer.putKey(key('b'))
        for (const name of ['alias/3', 'alias/1', 'alias/2']) writer.putAlias(alias(name, 'a'))
        writer.putAlias(alias('alias/1', 'b', otherRegion))
      }),
    )

    it('are found by account, Region and name', async () => {
      assert.deepEqual(await store.alias(here, 'alias/1'), alias('alias/1', 'a'))
      assert.equal((await store.alias(otherRegion, 'alias/1'))?.keyId, 'b')
      assert.equal(await store.alias(otherAccount, 'alias/1'), undefined)
      assert.equal(await store.alias(here, 'alias/9'), undefined)
    })

    it('are listed by name, in pages, all of them and those of a key', async () => {
      await store.transact((writer) => writer.putAlias(alias('alias/4', 'b')))
      const names = (list: readonly AliasRecord[]) => list.map(({ name }) => name)
      assert.deepEqual(names(await store.aliases(here, { after: 'alias/1', limit: 2 })), [
        'alias/2',
        'alias/3',
      ])
      assert.deepEqual(names(await store.aliasesOfKey(here, 'a', { after: 'alias/1', limit: 9 })), [
        'alias/2',
        'alias/3',
      ])
      assert.deepEqual(names(await store.aliasesOfKey(here, 'b', { limit: 9 })), ['alias/4'])
    })

    it('move from one key to another', async () => {
      await store.transact((writer) => writer.putAlias(alias('alias/1', 'b')))
      assert.equal((await store.alias(here, 'alias/1'))?.keyId, 'b')
      assert.equal((await store.aliasesOfKey(here, 'a', { limit: 9 })).length, 2)
      assert.equal((await store.aliasesOfKey(here, 'b', { limit: 9 })).length, 1)
      assert.equal((await store.aliases(here, { limit: 9 })).length, 3)
    })

    it('are deleted one at a time', async () => {
      await store.transact((writer) => writer.deleteAlias(alias('alias/1', 'a')))
      assert.equal(await store.alias(here, 'alias/1'), undefined)
      assert.equal((await store.aliasesOfKey(here, 'a', { limit: 9 })).length, 2)
      assert.ok(await store.alias(otherRegion, 'alias/1'))
    })
  })

  describe('grants', () => {
    it('are those of one key, each once', async () => {
      await store.transact((writer) => {
        writer.putGrant(grant('1', 'a'))
        writer.putGrant(grant('2', 'a'))
        writer.putGrant(grant('3', 'b'))
        writer.putGrant(grant('4', 'a', otherRegion))
      })
      await store.transact((writer) => writer.putGrant(grant('1', 'a', { name: 'new' })))
      const found = await store.grants(here, 'a')
      assert.deepEqual(
        [...found].sort((one, other) => one.grantId.localeCompare(other.grantId)),
        [grant('1', 'a', { name: 'new' }), grant('2', 'a')],
      )
    })
  })

  describe('transact', () => {
    it('gives what the work gives', async () => {
      assert.equal(await store.transact(() => 7), 7)
      assert.equal(await store.transact(() => Promise.resolve('x')), 'x')
    })

    it('writes nothing when the work throws', async () => {
      await store.transact((writer) => writer.putKey(key('a')))
      const failing = store.transact((writer) => {
        writer.putKey(key('b'))
        writer.deleteKey(key('a'))
        throw new Error('no')
      })
      await assert.rejects(failing, { message: 'no' })
      assert.ok(await store.key(here, 'a'))
      assert.equal(await store.key(here, 'b'), undefined)
      await store.transact((writer) => writer.putKey(key('b')))
      assert.ok(await store.key(here, 'b'))
    })

    it('shows the work what was there before it', async () => {
      await store.transact(async (writer) => {
        writer.putKey(key('a'))
        assert.equal(await writer.key(here, 'a'), undefined)
      })
      await store.transact(async (writer) => {
        assert.ok(await writer.key(here, 'a'))
        assert.ok(await writer.keyInRegion('us-east-1', 'a'))
        assert.equal((await writer.keys(here, { limit: 9 })).length, 1)
      })
    })

    it('runs one work after the other: no change is lost', async () => {
      await store.transact((writer) => writer.putKey(key('a', { description: '' })))
      const append = (letter: string) =>
        store.transact(async (writer) => {
          const record = await writer.key(here, 'a')
          await new Promise((resolve) => setImmediate(resolve))
          writer.putKey({ ...record!, description: record!.description + letter })
        })
      await Promise.all(Array.from('abcdefghij', append))
      const { description } = (await store.key(here, 'a'))!
      assert.deepEqual(Array.from(description).sort().join(''), 'abcdefghij')
    })

    it('applies its writes in their order', async () => {
      await store.transact((writer) => {
        writer.putKey(key('a'))
        writer.putAlias(alias('alias/1', 'a'))
        writer.clear()
        writer.putKey(key('b'))
      })
      assert.equal(await store.key(here, 'a'), undefined)
      assert.equal(await store.alias(here, 'alias/1'), undefined)
      assert.ok(await store.key(here, 'b'))
    })
  })

  it('is empty after it was cleared', async () => {
    await store.transact((writer) => {
      writer.putKey(key('a', { deletionMs: 5 }))
      writer.putAlias(alias('alias/1', 'a'))
      writer.putGrant(grant('1', 'a'))
    })
    await store.transact((writer) => writer.clear())
    assert.deepEqual(await store.keys(here, { limit: 9 }), [])
    assert.deepEqual(await store.aliases(here, { limit: 9 }), [])
    assert.deepEqual(await store.aliasesOfKey(here, 'a', { limit: 9 }), [])
    assert.deepEqual(await store.grants(here, 'a'), [])
    assert.equal(await store.keyInRegion('us-east-1', 'a'), undefined)
    assert.equal(store.nextDeletionMs(), Infinity)
  })
}
