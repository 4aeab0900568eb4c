/**
 * Which key a request means: by key id, key ARN, alias name or alias ARN, or by the ciphertext.
 * Source: KMS developer guide, "Key identifiers (KeyId)"; recorded answers for the texts.
 */
import type { Reader, Scope, Store } from '../store/store.ts'
import type { Ask } from './access.ts'
import { aliasArn, keyArn, parseKeyName, type KeyName } from './arn.ts'
import { decodeBlob, type Blob } from './blob.ts'
import { Fault } from './faults.ts'
import { Key } from './key.ts'
import { managedAlias } from './managed-keys/managed-keys.ts'

/** The caller's side of the search; a call in progress is one. */
export interface Searcher {
  readonly store: Store
  /** The caller's account and Region. */
  readonly scope: Scope
  readonly nowMs: number
  /** Answers AccessDeniedException for a key that is not there. */
  refuseUnknown(ask: Ask): Promise<never>
}

export interface Found {
  readonly key: Key
  /** The alias name, when the request used an alias. */
  readonly requestAlias?: string
}

/**
 * The key that a KeyId parameter names. Another account's key that is not there is refused like one
 * that may not be used: whether it exists is that account's secret.
 */
export async function locate(
  call: Searcher,
  keyId: string,
  { action, aliases }: { action: string; aliases: boolean },
): Promise<Found> {
  const name = readKeyId(keyId, aliases)
  const scope = name.scope ?? call.scope
  if (scope.region !== call.scope.region) {
    throw new Fault('NotFoundException', `Invalid arn ${scope.region}`)
  }
  const id = name.kind === 'key' ? name.name : await targetOf(call, scope, name.name, action)
  const record = await call.store.key(scope, id)
  if (!record) return refuse(call, scope, keyArn(scope, id), action)
  const found = { key: Key.of(record) }
  return name.kind === 'alias' ? { ...found, requestAlias: name.name } : found
}

/** The key that a ciphertext names, in whichever account it is. */
export async function locateByCiphertext(
  call: Searcher,
  blob: Blob | null,
  action: string,
): Promise<Found> {
  if (!blob) throw new Fault('InvalidCiphertextException')
  const record = await call.store.keyInRegion(call.scope.region, blob.keyId)
  if (record) return { key: Key.of(record) }
  return call.refuseUnknown({
    action,
    key: null,
    resource: keyArn(call.scope, blob.keyId),
    // Nobody here owns it: to the caller it is like a key of another account.
    resourceAccount: 'unknown',
    throughCiphertext: true,
  })
}

/**
 * The ARN of the key that a call means as far as its parameters tell, for a call that is refused
 * before its key was located: whether that key exists is not asked. `*` where they tell none.
 */
export async function namedResource(
  { store, scope }: { readonly store: Reader; readonly scope: Scope },
  input: object,
): Promise<string> {
  const { KeyId, CiphertextBlob } = input as { KeyId?: string; CiphertextBlob?: Buffer }
  if (KeyId === undefined) {
    const blob = CiphertextBlob ? decodeBlob(CiphertextBlob) : null
    const record = blob && (await store.keyInRegion(scope.region, blob.keyId))
    return record ? keyArn(record, record.id) : '*'
  }
  const name = parseKeyName(KeyId)
  if (!name) return '*'
  const where = name.scope ?? scope
  if (name.kind === 'key') return keyArn(where, name.name)
  const alias = await store.alias(where, name.name)
  return alias ? keyArn(where, alias.keyId) : '*'
}

function readKeyId(keyId: string, aliases: boolean): KeyName {
  const name = parseKeyName(keyId)
  if (name && (aliases || name.kind === 'key')) return name
  if (name) {
    throw new Fault('InvalidArnException', 'Key Aliases are not supported for this operation.')
  }
  if (keyId.startsWith('arn:')) throw new Fault('InvalidArnException', `Invalid arn ${keyId}`)
  throw new Fault('NotFoundException', `Invalid keyId '${keyId}'`)
}

async function targetOf(
  call: Searcher,
  scope: Scope,
  name: string,
  action: string,
): Promise<string> {
  const isOwn = scope.account === call.scope.account
  const alias =
    (await call.store.alias(scope, name)) ??
    (isOwn ? await managedAlias(call.store, scope, name, call.nowMs) : undefined)
  if (alias) return alias.keyId
  if (isOwn) throw noSuchAlias(scope, name)
  return refuse(call, scope, aliasArn(scope, name), action)
}

async function refuse(call: Searcher, scope: Scope, arn: string, action: string): Promise<never> {
  if (scope.account === call.scope.account) {
    throw new Fault('NotFoundException', `Key '${arn}' does not exist`)
  }
  return call.refuseUnknown({ action, key: null, resource: arn, resourceAccount: scope.account })
}

export function noSuchAlias(scope: Scope, name: string): Fault {
  return new Fault('NotFoundException', `Alias ${aliasArn(scope, name)} is not found.`)
}
