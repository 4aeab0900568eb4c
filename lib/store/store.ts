/**
 * What KMS keeps, and the interface through which it keeps it. Reads may be asynchronous, every
 * change is a transaction, and listings page by key, so that an embedded or a shared database can
 * stand behind it; nothing outside this folder knows which store it is.
 *
 * Records are plain, immutable values: a change puts a whole new record in the place of the old one.
 */
import type { KeySpec, KeyUsage } from '../crypto/specs.ts'
import type { Grant } from '../iam/grant.ts'

export type MaybePromise<T> = T | Promise<T>

/** Keys, aliases and grants live per account (twelve digits) and Region. */
export interface Scope {
  readonly account: string
  readonly region: string
}

export type KeyState =
  | 'Creating'
  | 'Enabled'
  | 'Disabled'
  | 'PendingDeletion'
  | 'PendingImport'
  | 'PendingReplicaDeletion'
  | 'Unavailable'
  | 'Updating'

export type Origin = 'AWS_KMS' | 'EXTERNAL' | 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE'

/** One version of a key's material; the last one of a key is the current one. */
export interface MaterialRecord {
  /** AWS's KeyMaterialId: 64 lower-case hex digits. */
  readonly id: string
  /** The raw key (AES, HMAC) or a PKCS#8 DER private key. */
  readonly bytes: Buffer
}

export interface KeyRecord extends Scope {
  /** A UUID, or `mrk-` and 32 hex digits. */
  readonly id: string
  readonly spec: KeySpec
  readonly usage: KeyUsage
  readonly origin: Origin
  readonly state: KeyState
  readonly description: string
  readonly createdMs: number
  /** When a key that is pending deletion is deleted. */
  readonly deletionMs?: number
  /** The key policy, as it was given. */
  readonly policy: string
  readonly tags: Readonly<Record<string, string>>
  readonly multiRegion: boolean
  readonly materials: readonly MaterialRecord[]
}

export interface AliasRecord extends Scope {
  /** `alias/…` */
  readonly name: string
  readonly keyId: string
  readonly createdMs: number
  readonly updatedMs: number
}

export interface GrantRecord extends Scope, Grant {
  readonly keyId: string
  readonly name: string
  readonly createdMs: number
  readonly issuingAccount: string
  readonly retiringPrincipal?: string
}

/** One page of a listing: what comes after `after`, in the order of the records' names. */
export interface Page {
  readonly after?: string | undefined
  readonly limit: number
}

export interface Reader {
  key(scope: Scope, keyId: string): MaybePromise<KeyRecord | undefined>
  /** The key of that id in a Region, whichever account it belongs to. */
  keyInRegion(region: string, keyId: string): MaybePromise<KeyRecord | undefined>
  keys(scope: Scope, page: Page): MaybePromise<readonly KeyRecord[]>
  alias(scope: Scope, name: string): MaybePromise<AliasRecord | undefined>
  aliases(scope: Scope, page: Page): MaybePromise<readonly AliasRecord[]>
  aliasesOfKey(scope: Scope, keyId: string, page: Page): MaybePromise<readonly AliasRecord[]>
  /** Every grant on a key. */
  grants(scope: Scope, keyId: string): MaybePromise<readonly GrantRecord[]>
  /** The earliest deletion date of all keys, in ms since the epoch; Infinity when there is none. */
  nextDeletionMs(): number
  /** Every key whose deletion date is not after `nowMs`. */
  keysDue(nowMs: number): MaybePromise<readonly KeyRecord[]>
}

export interface Writer extends Reader {
  putKey(record: KeyRecord): void
  /** Deletes a key with its aliases and grants. */
  deleteKey(record: KeyRecord): void
  putAlias(record: AliasRecord): void
  deleteAlias(record: AliasRecord): void
  putGrant(record: GrantRecord): void
  clear(): void
}

export interface Store extends Reader {
  /**
   * Runs `work` alone: what it read is still so when what it wrote takes effect, all of it or, when
   * it throws, nothing. Its reads do not see its own writes, and it must not wait for anything but
   * the writer.
   */
  transact<T>(work: (writer: Writer) => MaybePromise<T>): Promise<T>
  close(): Promise<void>
}
