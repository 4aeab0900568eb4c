/**
 * The store that lives in memory and ends with the process.
 *
 * A transaction collects its writes and applies them in one go when its work has ended, so that a
 * work that throws leaves nothing behind; transactions run one after the other.
 */
import { dueMs } from './due.ts'
import { Sorted } from './sorted.ts'
import type {
  AliasRecord,
  CustomKeyStoreRecord,
  GrantRecord,
  KeyRecord,
  KeyUse,
  MaybePromise,
  Page,
  Reader,
  Scope,
  Store,
  Writer,
} from './store.ts'

type Change = (tables: Tables) => void

/** The maps, and the reading of them. */
class Tables implements Reader {
  /** By Region and key id: an id is used once in a Region. */
  readonly keysById = new Map<string, KeyRecord>()
  /** By account and Region, then by key id. */
  readonly keysByScope = new Map<string, Sorted<KeyRecord>>()
  readonly aliasesByScope = new Map<string, Sorted<AliasRecord>>()
  readonly aliasesByKey = new Map<string, Sorted<AliasRecord>>()
  readonly grantsByKey = new Map<string, Sorted<GrantRecord>>()
  /** By Region and retiring principal. */
  readonly grantsByRetirer = new Map<string, Sorted<GrantRecord>>()
  /** By account and key id, then by Region: the keys of multi-Region keys. */
  readonly relatedById = new Map<string, Sorted<KeyRecord>>()
  readonly customKeyStoresByScope = new Map<string, Sorted<CustomKeyStoreRecord>>()
  /** By account, Region and custom key store id, then by key id. */
  readonly keysByCustomKeyStore = new Map<string, Sorted<KeyRecord>>()
  readonly due = new Map<KeyRecord, number>()
  readonly lastUses = new Map<string, KeyUse>()
  #nextDueMs = Infinity

  key(scope: Scope, keyId: string): KeyRecord | undefined {
    const record = this.keysById.get(`${scope.region}/${keyId}`)
    return record?.account === scope.account ? record : undefined
  }

  relatedKeys(account: string, keyId: string): readonly KeyRecord[] {
    return this.relatedById.get(`${account}/${keyId}`)?.all() ?? []
  }

  keyInRegion(region: string, keyId: string): KeyRecord | undefined {
    return this.keysById.get(`${region}/${keyId}`)
  }

  keys(scope: Scope, page: Page): readonly KeyRecord[] {
    return this.keysByScope.get(scopeName(scope))?.page(page) ?? []
  }

  alias(scope: Scope, name: string): AliasRecord | undefined {
    return this.aliasesByScope.get(scopeName(scope))?.get(name)
  }

  aliases(scope: Scope, page: Page): readonly AliasRecord[] {
    return this.aliasesByScope.get(scopeName(scope))?.page(page) ?? []
  }

  aliasesOfKey(scope: Scope, keyId: string, page: Page): readonly AliasRecord[] {
    return this.aliasesByKey.get(keyName(scope, keyId))?.page(page) ?? []
  }

  grants(scope: Scope, keyId: string): readonly GrantRecord[] {
    return this.grantsByKey.get(keyName(scope, keyId))?.all() ?? []
  }

  grant(scope: Scope, keyId: string, grantId: string): GrantRecord | undefined {
    return this.grantsByKey.get(keyName(scope, keyId))?.get(grantId)
  }

  retirableGrants(region: string, retirer: string, page: Page): readonly GrantRecord[] {
    return this.grantsByRetirer.get(`${region}/${retirer}`)?.page(page) ?? []
  }

  customKeyStore(scope: Scope, id: string): CustomKeyStoreRecord | undefined {
    return this.customKeyStoresByScope.get(scopeName(scope))?.get(id)
  }

  customKeyStores(scope: Scope, page: Page): readonly CustomKeyStoreRecord[] {
    return this.customKeyStoresByScope.get(scopeName(scope))?.page(page) ?? []
  }

  keysOfCustomKeyStore(scope: Scope, id: string): readonly KeyRecord[] {
    return this.keysByCustomKeyStore.get(keyName(scope, id))?.all() ?? []
  }

  lastUse(scope: Scope, keyId: string): KeyUse | undefined {
    return this.lastUses.get(keyName(scope, keyId))
  }

  nextDueMs(): number {
    return this.#nextDueMs
  }

  keysDue(nowMs: number): readonly KeyRecord[] {
    return [...this.due].flatMap(([record, ms]) => (ms <= nowMs ? record : []))
  }

  putKey(record: KeyRecord): void {
    const id = `${record.region}/${record.id}`
    this.#forget(this.keysById.get(id))
    this.keysById.set(id, record)
    sortedIn(this.keysByScope, scopeName(record)).set(record.id, record)
    if (record.primaryRegion !== undefined) {
      sortedIn(this.relatedById, `${record.account}/${record.id}`).set(record.region, record)
    }
    if (record.customKeyStore) {
      const name = keyName(record, record.customKeyStore.id)
      sortedIn(this.keysByCustomKeyStore, name).set(record.id, record)
    }
    const ms = dueMs(record)
    if (ms === Infinity) return
    this.due.set(record, ms)
    this.#nextDueMs = Math.min(this.#nextDueMs, ms)
  }

  deleteKey(record: KeyRecord): void {
    const id = `${record.region}/${record.id}`
    this.#forget(this.keysById.get(id))
    this.keysById.delete(id)
    this.keysByScope.get(scopeName(record))?.delete(record.id)
    this.relatedById.get(`${record.account}/${record.id}`)?.delete(record.region)
    if (record.customKeyStore) {
      this.keysByCustomKeyStore.get(keyName(record, record.customKeyStore.id))?.delete(record.id)
    }
    const name = keyName(record, record.id)
    this.lastUses.delete(name)
    for (const alias of this.aliasesByKey.get(name)?.all() ?? []) this.deleteAlias(alias)
    this.aliasesByKey.delete(name)
    for (const grant of this.grantsByKey.get(name)?.all() ?? []) this.deleteGrant(grant)
    this.grantsByKey.delete(name)
  }

  /** A record that is not there any more changes nothing by itself. */
  #forget(record: KeyRecord | undefined): void {
    if (!record || !this.due.delete(record)) return
    if (dueMs(record) > this.#nextDueMs) return
    this.#nextDueMs = Infinity
    for (const ms of this.due.values()) if (ms < this.#nextDueMs) this.#nextDueMs = ms
  }

  putAlias(record: AliasRecord): void {
    const old = this.alias(record, record.name)
    if (old) this.deleteAlias(old)
    sortedIn(this.aliasesByScope, scopeName(record)).set(record.name, record)
    sortedIn(this.aliasesByKey, keyName(record, record.keyId)).set(record.name, record)
  }

  deleteAlias(record: AliasRecord): void {
    this.aliasesByScope.get(scopeName(record))?.delete(record.name)
    this.aliasesByKey.get(keyName(record, record.keyId))?.delete(record.name)
  }

  putGrant(record: GrantRecord): void {
    this.deleteGrant(record)
    sortedIn(this.grantsByKey, keyName(record, record.keyId)).set(record.grantId, record)
    const { region, retiringPrincipal: retirer } = record
    if (retirer === undefined) return
    sortedIn(this.grantsByRetirer, `${region}/${retirer}`).set(record.grantId, record)
  }

  deleteGrant({ account, region, keyId, grantId }: GrantRecord): void {
    const ofKey = this.grantsByKey.get(keyName({ account, region }, keyId))
    const retirer = ofKey?.get(grantId)?.retiringPrincipal
    ofKey?.delete(grantId)
    if (retirer !== undefined) this.grantsByRetirer.get(`${region}/${retirer}`)?.delete(grantId)
  }

  putCustomKeyStore(record: CustomKeyStoreRecord): void {
    sortedIn(this.customKeyStoresByScope, scopeName(record)).set(record.id, record)
  }

  deleteCustomKeyStore(record: CustomKeyStoreRecord): void {
    this.customKeyStoresByScope.get(scopeName(record))?.delete(record.id)
  }

  clear(): void {
    this.keysById.clear()
    this.keysByScope.clear()
    this.aliasesByScope.clear()
    this.aliasesByKey.clear()
    this.grantsByKey.clear()
    this.grantsByRetirer.clear()
    this.relatedById.clear()
    this.customKeyStoresByScope.clear()
    this.keysByCustomKeyStore.clear()
    this.due.clear()
    this.lastUses.clear()
    this.#nextDueMs = Infinity
  }
}

function sortedIn<T extends object>(tables: Map<string, Sorted<T>>, name: string): Sorted<T> {
  let sorted = tables.get(name)
  if (!sorted) tables.set(name, (sorted = new Sorted()))
  return sorted
}

function scopeName(scope: Scope): string {
  return `${scope.region}/${scope.account}`
}

function keyName(scope: Scope, keyId: string): string {
  return `${scope.region}/${scope.account}/${keyId}`
}

/** Reads the tables as they were when the transaction began; writes are kept for its end. */
class MemoryWriter implements Writer {
  readonly #tables: Tables
  readonly changes: Change[] = []

  constructor(tables: Tables) {
    this.#tables = tables
  }

  key = (scope: Scope, keyId: string) => this.#tables.key(scope, keyId)
  relatedKeys = (account: string, keyId: string) => this.#tables.relatedKeys(account, keyId)
  keyInRegion = (region: string, keyId: string) => this.#tables.keyInRegion(region, keyId)
  keys = (scope: Scope, page: Page) => this.#tables.keys(scope, page)
  alias = (scope: Scope, name: string) => this.#tables.alias(scope, name)
  aliases = (scope: Scope, page: Page) => this.#tables.aliases(scope, page)
  aliasesOfKey = (scope: Scope, id: string, page: Page) =>
    this.#tables.aliasesOfKey(scope, id, page)
  grants = (scope: Scope, keyId: string) => this.#tables.grants(scope, keyId)
  grant = (scope: Scope, keyId: string, grantId: string) =>
    this.#tables.grant(scope, keyId, grantId)
  retirableGrants = (region: string, retirer: string, page: Page) =>
    this.#tables.retirableGrants(region, retirer, page)
  customKeyStore = (scope: Scope, id: string) => this.#tables.customKeyStore(scope, id)
  customKeyStores = (scope: Scope, page: Page) => this.#tables.customKeyStores(scope, page)
  keysOfCustomKeyStore = (scope: Scope, id: string) => this.#tables.keysOfCustomKeyStore(scope, id)
  lastUse = (scope: Scope, keyId: string) => this.#tables.lastUse(scope, keyId)
  nextDueMs = () => this.#tables.nextDueMs()
  keysDue = (nowMs: number) => this.#tables.keysDue(nowMs)

  putKey = (record: KeyRecord) => this.#later((tables) => tables.putKey(record))
  deleteKey = (record: KeyRecord) => this.#later((tables) => tables.deleteKey(record))
  putAlias = (record: AliasRecord) => this.#later((tables) => tables.putAlias(record))
  deleteAlias = (record: AliasRecord) => this.#later((tables) => tables.deleteAlias(record))
  putCustomKeyStore = (record: CustomKeyStoreRecord) =>
    this.#later((tables) => tables.putCustomKeyStore(record))
  deleteCustomKeyStore = (record: CustomKeyStoreRecord) =>
    this.#later((tables) => tables.deleteCustomKeyStore(record))
  putGrant = (record: GrantRecord) => this.#later((tables) => tables.putGrant(record))
  deleteGrant = (record: GrantRecord) => this.#later((tables) => tables.deleteGrant(record))
  clear = () => this.#later((tables) => tables.clear())

  #later(change: Change): void {
    this.changes.push(change)
  }
}

export class MemoryStore extends Tables implements Store {
  #last: Promise<unknown> = Promise.resolve()

  transact<T>(work: (writer: Writer) => MaybePromise<T>): Promise<T> {
    const run = this.#last.then(async () => {
      const writer = new MemoryWriter(this)
      const result = await work(writer)
      for (const change of writer.changes) change(this)
      return result
    })
    this.#last = run.catch(() => undefined)
    return run
  }

  noteUse(scope: Scope, keyId: string, use: KeyUse): void {
    this.lastUses.set(keyName(scope, keyId), use)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
