/**
 * The store that lives in memory and ends with the process.
 *
 * A transaction collects its writes and applies them in one go when its work has ended, so that a
 * work that throws leaves nothing behind; transactions run one after the other.
 */
import type {
  AliasRecord,
  GrantRecord,
  KeyRecord,
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
  readonly pendingDeletion = new Map<string, KeyRecord>()
  #nextDeletionMs = Infinity

  key(scope: Scope, keyId: string): KeyRecord | undefined {
    const record = this.keysById.get(`${scope.region}/${keyId}`)
    return record?.account === scope.account ? record : undefined
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

  nextDeletionMs(): number {
    return this.#nextDeletionMs
  }

  keysDue(nowMs: number): readonly KeyRecord[] {
    return [...this.pendingDeletion.values()].filter(
      ({ deletionMs = Infinity }) => deletionMs <= nowMs,
    )
  }

  putKey(record: KeyRecord): void {
    const id = `${record.region}/${record.id}`
    this.keysById.set(id, record)
    sortedIn(this.keysByScope, scopeName(record)).set(record.id, record)
    if (record.deletionMs === undefined) this.pendingDeletion.delete(id)
    else this.pendingDeletion.set(id, record)
    this.#settleDeletions()
  }

  deleteKey(record: KeyRecord): void {
    const id = `${record.region}/${record.id}`
    this.keysById.delete(id)
    this.keysByScope.get(scopeName(record))?.delete(record.id)
    this.pendingDeletion.delete(id)
    const name = keyName(record, record.id)
    for (const alias of this.aliasesByKey.get(name)?.all() ?? []) this.deleteAlias(alias)
    this.aliasesByKey.delete(name)
    this.grantsByKey.delete(name)
    this.#settleDeletions()
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
    sortedIn(this.grantsByKey, keyName(record, record.keyId)).set(record.grantId, record)
  }

  clear(): void {
    this.keysById.clear()
    this.keysByScope.clear()
    this.aliasesByScope.clear()
    this.aliasesByKey.clear()
    this.grantsByKey.clear()
    this.pendingDeletion.clear()
    this.#settleDeletions()
  }

  #settleDeletions(): void {
    let next = Infinity
    for (const { deletionMs } of this.pendingDeletion.values()) {
      if (deletionMs !== undefined && deletionMs < next) next = deletionMs
    }
    this.#nextDeletionMs = next
  }
}

/** A map whose listing is in the order of its names; sorted again when a name came or went. */
class Sorted<T extends object> {
  readonly #byName = new Map<string, T>()
  #names: string[] | undefined
  #all: readonly T[] | undefined

  get(name: string): T | undefined {
    return this.#byName.get(name)
  }

  set(name: string, value: T): void {
    if (!this.#byName.has(name)) this.#names = undefined
    this.#all = undefined
    this.#byName.set(name, value)
  }

  delete(name: string): void {
    if (!this.#byName.delete(name)) return
    this.#names = undefined
    this.#all = undefined
  }

  /** One list until something changes: decisions keep it, and there may be 50,000 grants in it. */
  all(): readonly T[] {
    return (this.#all ??= this.page({ limit: Infinity }))
  }

  page({ after, limit }: Page): T[] {
    this.#names ??= [...this.#byName.keys()].sort()
    const start = after === undefined ? 0 : firstAfter(this.#names, after)
    return this.#names.slice(start, start + limit).flatMap((name) => this.#byName.get(name) ?? [])
  }
}

/** The index of the first name after `name`, which need not be in the list. */
function firstAfter(names: readonly string[], name: string): number {
  let low = 0
  let high = names.length
  while (low < high) {
    const middle = (low + high) >> 1
    const isAfter = (names[middle] ?? '') > name
    if (isAfter) high = middle
    else low = middle + 1
  }
  return low
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
  keyInRegion = (region: string, keyId: string) => this.#tables.keyInRegion(region, keyId)
  keys = (scope: Scope, page: Page) => this.#tables.keys(scope, page)
  alias = (scope: Scope, name: string) => this.#tables.alias(scope, name)
  aliases = (scope: Scope, page: Page) => this.#tables.aliases(scope, page)
  aliasesOfKey = (scope: Scope, id: string, page: Page) =>
    this.#tables.aliasesOfKey(scope, id, page)
  grants = (scope: Scope, keyId: string) => this.#tables.grants(scope, keyId)
  nextDeletionMs = () => this.#tables.nextDeletionMs()
  keysDue = (nowMs: number) => this.#tables.keysDue(nowMs)

  putKey = (record: KeyRecord) => this.#later((tables) => tables.putKey(record))
  deleteKey = (record: KeyRecord) => this.#later((tables) => tables.deleteKey(record))
  putAlias = (record: AliasRecord) => this.#later((tables) => tables.putAlias(record))
  deleteAlias = (record: AliasRecord) => this.#later((tables) => tables.deleteAlias(record))
  putGrant = (record: GrantRecord) => this.#later((tables) => tables.putGrant(record))
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

  close(): Promise<void> {
    return Promise.resolve()
  }
}
