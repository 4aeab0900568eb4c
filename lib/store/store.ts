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

/** AWS's KeyMaterialState, API_RotationsListEntry: what a key does with a version of its material. */
export type MaterialState =
  'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION' | 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'

/** One version of a key's material. */
export interface MaterialRecord {
  /** AWS's KeyMaterialId: 64 lower-case hex digits. */
  readonly id: string
  /**
   * The raw key (AES, HMAC) or a PKCS#8 DER private key. Absent where it was imported, and then was
   * deleted or has expired: the same bytes may come again, and no others under that id.
   */
  readonly bytes?: Buffer
  readonly state: MaterialState
  /** The rotation that made it current; the first material of a key had none. */
  readonly rotation?: { readonly type: 'AUTOMATIC' | 'ON_DEMAND'; readonly dateMs: number }
  /** Of imported material. */
  readonly description?: string
  /** When imported material expires. */
  readonly validToMs?: number
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
  /** The waiting period of a primary key that is pending the deletion of its replicas. */
  readonly pendingWindowDays?: number
  /** Automatic rotation, where it is on. */
  readonly rotation?: { readonly periodDays: number; readonly nextMs: number }
  /** The key policy, as it was given. */
  readonly policy: string
  readonly tags: Readonly<Record<string, string>>
  /** The Region of the primary key, of a multi-Region key: its replicas have its id in others. */
  readonly primaryRegion?: string
  /** What the key's import tokens are sealed under, from the first of them on: 32 bytes. */
  readonly importSecret?: Buffer
  /** The versions of the material in the order in which they came; at most one is CURRENT. */
  readonly materials: readonly MaterialRecord[]
  /** Of an AWS managed key; absent: the customer manages it. */
  readonly manager?: 'AWS'
  /** Where the key is, of a key in a custom key store. */
  readonly customKeyStore?: KeyInCustomKeyStore
}

export interface KeyInCustomKeyStore {
  readonly id: string
  /** Of an AWS CloudHSM key store: the cluster that the key was made in. */
  readonly cloudHsmClusterId?: string
  /** Of an external key store: the id that its proxy knows the external key by. */
  readonly xksKeyId?: string
  /** Of a key that is Unavailable: the state that it has when its key store is connected again. */
  readonly stateWhenConnected?: 'Enabled' | 'Disabled'
}

/** AWS's ConnectionStateType. */
export type ConnectionState =
  'CONNECTED' | 'CONNECTING' | 'FAILED' | 'DISCONNECTED' | 'DISCONNECTING'

/** A custom key store, with what it takes to reach the keys in it. */
export interface CustomKeyStoreRecord extends Scope {
  /** `cks-` and 17 hex digits. */
  readonly id: string
  /** One key store of an account and Region has it. */
  readonly name: string
  readonly createdMs: number
  readonly connection: {
    readonly state: ConnectionState
    /** Of a connection that FAILED: AWS's ConnectionErrorCodeType. */
    readonly errorCode?: string
    /** While it is CONNECTING or DISCONNECTING: which attempt may end that. */
    readonly attempt?: string
  }
  readonly backing: CloudHsmBacking | XksBacking
}

export interface CloudHsmBacking {
  readonly type: 'AWS_CLOUDHSM'
  readonly clusterId: string
  /** PEM */
  readonly trustAnchorCertificate: string
  /** Of the cluster's `kmsuser`. */
  readonly password: string
}

export interface XksBacking {
  readonly type: 'EXTERNAL_KEY_STORE'
  readonly connectivity: 'PUBLIC_ENDPOINT' | 'VPC_ENDPOINT_SERVICE'
  /** `https://name` */
  readonly uriEndpoint: string
  /** `/prefix/kms/xks/v1` */
  readonly uriPath: string
  readonly vpcEndpointServiceName?: string
  /** Twelve digits. */
  readonly vpcEndpointServiceOwner?: string
  readonly credential: { readonly accessKeyId: string; readonly secretAccessKey: string }
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

/** The last successful cryptographic operation with a key. */
export interface KeyUse {
  readonly operation: string
  readonly timeMs: number
  readonly requestId: string
}

/** One page of a listing: what comes after `after`, in the order of the records' names. */
export interface Page {
  readonly after?: string | undefined
  readonly limit: number
}

export interface Reader {
  key(scope: Scope, keyId: string): MaybePromise<KeyRecord | undefined>
  /** A multi-Region key's primary and replicas, in the order of their Regions. */
  relatedKeys(account: string, keyId: string): MaybePromise<readonly KeyRecord[]>
  /** The key of that id in a Region, whichever account it belongs to. */
  keyInRegion(region: string, keyId: string): MaybePromise<KeyRecord | undefined>
  keys(scope: Scope, page: Page): MaybePromise<readonly KeyRecord[]>
  alias(scope: Scope, name: string): MaybePromise<AliasRecord | undefined>
  aliases(scope: Scope, page: Page): MaybePromise<readonly AliasRecord[]>
  aliasesOfKey(scope: Scope, keyId: string, page: Page): MaybePromise<readonly AliasRecord[]>
  /** Every grant on a key, in the order of their ids. */
  grants(scope: Scope, keyId: string): MaybePromise<readonly GrantRecord[]>
  grant(scope: Scope, keyId: string, grantId: string): MaybePromise<GrantRecord | undefined>
  /** The grants in a Region that name this retiring principal, whichever account's keys they are on. */
  retirableGrants(
    region: string,
    retiringPrincipal: string,
    page: Page,
  ): MaybePromise<readonly GrantRecord[]>
  customKeyStore(scope: Scope, id: string): MaybePromise<CustomKeyStoreRecord | undefined>
  /** In the order of their ids. */
  customKeyStores(scope: Scope, page: Page): MaybePromise<readonly CustomKeyStoreRecord[]>
  /** In the order of their ids. */
  keysOfCustomKeyStore(scope: Scope, id: string): MaybePromise<readonly KeyRecord[]>
  lastUse(scope: Scope, keyId: string): MaybePromise<KeyUse | undefined>
  /** The earliest time of all keys that `dueMs` says; Infinity when there is none. */
  nextDueMs(): number
  /** Every key that changes by itself at a time not after `nowMs`. */
  keysDue(nowMs: number): MaybePromise<readonly KeyRecord[]>
}

export interface Writer extends Reader {
  putKey(record: KeyRecord): void
  /** Deletes a key with its aliases and grants. */
  deleteKey(record: KeyRecord): void
  putAlias(record: AliasRecord): void
  deleteAlias(record: AliasRecord): void
  putGrant(record: GrantRecord): void
  deleteGrant(record: GrantRecord): void
  putCustomKeyStore(record: CustomKeyStoreRecord): void
  deleteCustomKeyStore(record: CustomKeyStoreRecord): void
  clear(): void
}

export interface Store extends Reader {
  /**
   * Runs `work` alone: what it read is still so when what it wrote takes effect, all of it or, when
   * it throws, nothing. Its reads do not see its own writes, and it must not wait for anything but
   * the writer.
   */
  transact<T>(work: (writer: Writer) => MaybePromise<T>): Promise<T>
  /** Notes a use of a key: soon, for a call does not wait for it, and without a transaction. */
  noteUse(scope: Scope, keyId: string, use: KeyUse): void
  close(): Promise<void>
}
