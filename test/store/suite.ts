/**
 * What every store must do, whatever it is made of: a suite that each of them is run against.
 */
import assert from 'node:assert/strict'
import type {
  AliasRecord,
  CustomKeyStoreRecord,
  GrantRecord,
  KeyRecord,
  Scope,
  Store,
} from '../../lib/store/store.ts'

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
    materials: [{ id: 'f'.repeat(64), bytes: Buffer.alloc(32, 1), state: 'CURRENT' }],
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

function customKeyStore(id: string): CustomKeyStoreRecord {
  return {
    ...here,
    id,
    name: `name of ${id}`,
    createdMs: 1,
    connection: { state: 'DISCONNECTED' },
    backing: {
      type: 'AWS_CLOUDHSM',
      clusterId: 'cluster-234abcdefABC',
      trustAnchorCertificate: 'PEM',
      password: 'kmsPswd',
    },
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
      assert.equal(store.nextDueMs(), Infinity)
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

  describe('multi-Region keys', () => {
    it('are related by account and id, in the order of their Regions', async () => {
      const primaryRegion = 'us-east-1'
      const id = 'mrk-a'
      await store.transact((writer) => {
        writer.putKey(key(id, { primaryRegion }))
        writer.putKey(key(id, { ...otherRegion, primaryRegion }))
        writer.putKey(key(id, { ...otherAccount, region: 'eu-west-2', primaryRegion }))
        writer.putKey(key('b'))
      })
      const regions = async (keyId: string) =>
        (await store.relatedKeys(here.account, keyId)).map(({ region }) => region)
      assert.deepEqual(await regions(id), ['eu-west-1', 'us-east-1'])
      assert.deepEqual(await regions('b'), [])
      await store.transact((writer) => writer.deleteKey(key(id, otherRegion)))
      assert.deepEqual(await regions(id), ['us-east-1'])
    })
  })

  describe('uses', () => {
    const use = { operation: 'Sign', timeMs: 5, requestId: 'r' }

    it('are kept, the last one of each key, and go with it', async () => {
      await store.transact((writer) => {
        writer.putKey(key('a'))
        writer.putKey(key('a', otherRegion))
      })
      store.noteUse(here, 'a', { ...use, operation: 'Verify' })
      store.noteUse(here, 'a', use)
      assert.deepEqual(await store.lastUse(here, 'a'), use)
      assert.equal(await store.lastUse(otherRegion, 'a'), undefined)
      await store.transact((writer) => writer.putKey(key('a', { description: 'changed' })))
      assert.deepEqual(await store.lastUse(here, 'a'), use)
      await store.transact((writer) => writer.deleteKey(key('a')))
      assert.equal(await store.lastUse(here, 'a'), undefined)
    })
  })

  describe('deletion dates', () => {
    it('give the earliest of all keys, and the keys whose date has come', async () => {
      assert.equal(store.nextDueMs(), Infinity)
      await store.transact((writer) => {
        writer.putKey(key('a', { deletionMs: 300 }))
        writer.putKey(key('b', { ...otherAccount, deletionMs: 100 }))
        writer.putKey(key('c', { ...otherRegion, deletionMs: 200 }))
        writer.putKey(key('d'))
      })
      assert.equal(store.nextDueMs(), 100)
      const due = async (nowMs: number) => (await store.keysDue(nowMs)).map(({ id }) => id).sort()
      assert.deepEqual(await due(99), [])
      assert.deepEqual(await due(100), ['b'])
      assert.deepEqual(await due(250), ['b', 'c'])
      await store.transact((writer) => writer.deleteKey(key('b', otherAccount)))
      assert.equal(store.nextDueMs(), 200)
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
      assert.deepEqual(await store.grants(here, 'a'), [
        grant('1', 'a', { name: 'new' }),
        grant('2', 'a'),
      ])
    })

    it('are listed by id', async () => {
      await store.transact((writer) => {
        for (const id of ['c', 'a', 'b']) writer.putGrant(grant(id, 'a'))
      })
      const ids = (await store.grants(here, 'a')).map(({ grantId }) => grantId)
      assert.deepEqual(ids, ['a', 'b', 'c'])
    })

    it('are found by account, Region, key and id', async () => {
      await store.transact((writer) => writer.putGrant(grant('1', 'a')))
      assert.deepEqual(await store.grant(here, 'a', '1'), grant('1', 'a'))
      assert.equal(await store.grant(here, 'a', '2'), undefined)
      assert.equal(await store.grant(here, 'b', '1'), undefined)
      assert.equal(await store.grant(otherAccount, 'a', '1'), undefined)
      assert.equal(await store.grant(otherRegion, 'a', '1'), undefined)
    })

    const retiringPrincipal = 'arn:aws:iam::111122223333:role/retirer'
    const retirable = async (page: { after?: string; limit: number } = { limit: 9 }) =>
      (await store.retirableGrants(here.region, retiringPrincipal, page)).map((one) => one.grantId)

    it('are listed by who retires them, in pages, over the keys of all accounts in a Region', async () => {
      await store.transact((writer) => {
        writer.putGrant(grant('3', 'a', { retiringPrincipal }))
        writer.putGrant(grant('1', 'b', { retiringPrincipal }))
        writer.putGrant(grant('2', 'c', { ...otherAccount, retiringPrincipal }))
        writer.putGrant(grant('4', 'a', { ...otherRegion, retiringPrincipal }))
        writer.putGrant(grant('5', 'a', { retiringPrincipal: `${retiringPrincipal}2` }))
        writer.putGrant(grant('6', 'a'))
      })
      assert.deepEqual(await retirable(), ['1', '2', '3'])
      assert.deepEqual(await retirable({ limit: 2 }), ['1', '2'])
      assert.deepEqual(await retirable({ after: '2', limit: 2 }), ['3'])
    })

    it('are deleted one at a time, from every listing', async () => {
      const record = grant('1', 'a', { retiringPrincipal })
      await store.transact((writer) => {
        for (const id of ['1', '2']) writer.putGrant({ ...record, grantId: id })
        writer.putGrant({ ...record, ...otherRegion })
      })
      await store.transact((writer) => writer.deleteGrant(record))
      assert.equal(await store.grant(here, 'a', '1'), undefined)
      assert.deepEqual(await store.grants(here, 'a'), [{ ...record, grantId: '2' }])
      assert.deepEqual(await retirable(), ['2'])
      assert.equal((await store.grants(otherRegion, 'a')).length, 1)
    })

    it('leave the list of one principal for another’s', async () => {
      await store.transact((writer) => writer.putGrant(grant('1', 'a', { retiringPrincipal })))
      await store.transact((writer) => writer.putGrant(grant('1', 'a')))
      assert.deepEqual(await retirable(), [])
      assert.deepEqual(await store.grants(here, 'a'), [grant('1', 'a')])
    })

    it('go with their key from the lists of who retires them', async () => {
      await store.transact((writer) => {
        writer.putKey(key('a'))
        writer.putGrant(grant('1', 'a', { retiringPrincipal }))
        writer.putGrant(grant('2', 'b', { retiringPrincipal }))
      })
      await store.transact((writer) => writer.deleteKey(key('a')))
      assert.deepEqual(await retirable(), ['2'])
      await store.transact((writer) => writer.clear())
      assert.deepEqual(await retirable(), [])
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

  describe('custom key stores', () => {
    it('are found by account, Region and id, replaced whole and deleted', async () => {
      const record = customKeyStore('a')
      await store.transact((writer) => writer.putCustomKeyStore(record))
      assert.deepEqual(await store.customKeyStore(here, 'a'), record)
      for (const scope of [otherAccount, otherRegion]) {
        assert.equal(await store.customKeyStore(scope, 'a'), undefined)
      }
      const renamed = { ...record, name: 'another' }
      await store.transact((writer) => writer.putCustomKeyStore(renamed))
      assert.deepEqual(await store.customKeyStore(here, 'a'), renamed)
      await store.transact((writer) => writer.deleteCustomKeyStore(renamed))
      assert.equal(await store.customKeyStore(here, 'a'), undefined)
    })

    it('are listed by id, in pages, one account and Region at a time', async () => {
      await store.transact((writer) => {
        for (const id of ['c', 'a', 'b']) writer.putCustomKeyStore(customKeyStore(id))
        writer.putCustomKeyStore({ ...customKeyStore('d'), ...otherAccount })
        writer.putCustomKeyStore({ ...customKeyStore('e'), ...otherRegion })
      })
      const ids = async (page: { after?: string; limit: number }) =>
        (await store.customKeyStores(here, page)).map(({ id }) => id)
      assert.deepEqual(await ids({ limit: 9 }), ['a', 'b', 'c'])
      assert.deepEqual(await ids({ after: 'a', limit: 1 }), ['b'])
    })

    it('have keys, as long as those are there', async () => {
      const inStore = (id: string, storeId: string) => key(id, { customKeyStore: { id: storeId } })
      const changed = { ...inStore('a', '1'), description: 'changed' }
      await store.transact((writer) => {
        writer.putKey(inStore('b', '1'))
        writer.putKey(inStore('a', '1'))
        writer.putKey(inStore('c', '2'))
        writer.putKey(key('d'))
        writer.putKey(changed)
        writer.putKey({ ...inStore('e', '1'), ...otherRegion })
      })
      assert.deepEqual(await store.keysOfCustomKeyStore(here, '1'), [changed, inStore('b', '1')])
      await store.transact((writer) => writer.deleteKey(changed))
      assert.deepEqual(await store.keysOfCustomKeyStore(here, '1'), [inStore('b', '1')])
      await store.transact((writer) => writer.clear())
      assert.deepEqual(await store.keysOfCustomKeyStore(here, '1'), [])
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
    assert.equal(store.nextDueMs(), Infinity)
  })
}
