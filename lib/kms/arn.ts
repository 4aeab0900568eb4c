/**
 * Names of KMS resources: ARNs of keys and aliases, key ids, and the partition of a Region.
 * Source: KMS developer guide, "Key identifiers (KeyId)"; AWS general reference, "ARNs".
 */
import type { Scope } from '../store/store.ts'

/** A UUID, or a multi-Region key's `mrk-` and 32 hex digits. */
const keyIdForm =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/

export function isKeyId(text: string): boolean {
  return keyIdForm.test(text)
}

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  if (region.startsWith('us-gov-')) return 'aws-us-gov'
  return 'aws'
}

export function keyArn({ account, region }: Scope, keyId: string): string {
  return `arn:${partitionOf(region)}:kms:${region}:${account}:key/${keyId}`
}

/** `name` is the whole alias name, `alias/…`. */
export function aliasArn({ account, region }: Scope, name: string): string {
  return `arn:${partitionOf(region)}:kms:${region}:${account}:${name}`
}

export function rootArn(account: string, region: string): string {
  return `arn:${partitionOf(region)}:iam::${account}:root`
}

/** What a KeyId parameter says: a key or an alias, with its account and Region when it is an ARN. */
export interface KeyName {
  readonly kind: 'key' | 'alias'
  /** A key id, or an alias name with its `alias/`. */
  readonly name: string
  readonly scope?: Scope
}

/** Reads a KeyId parameter; null when it has the form of neither an id, an alias nor an ARN. */
export function parseKeyName(text: string): KeyName | null {
  if (text.startsWith('arn:')) return parseKeyArn(text)
  if (text.startsWith('alias/')) return { kind: 'alias', name: text }
  return isKeyId(text) ? { kind: 'key', name: text } : null
}

function parseKeyArn(text: string): KeyName | null {
  const [, partition, service, region, account, resource, extra] = text.split(':')
  if (extra !== undefined || service !== 'kms' || !region || !resource) return null
  if (partition !== partitionOf(region) || !account || !/^\d{12}$/.test(account)) return null
  const scope = { account, region }
  if (resource.startsWith('alias/')) return { kind: 'alias', name: resource, scope }
  const id = resource.startsWith('key/') ? resource.slice('key/'.length) : ''
  return isKeyId(id) ? { kind: 'key', name: id, scope } : null
}
