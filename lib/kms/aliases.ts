/**
 * What the alias operations share: the rules of an alias name, and an alias's own authorization.
 * Source: API reference, CreateAlias; the texts as docs/fidelity.md says.
 */
import type { AliasRecord, MaybePromise, Writer } from '../store/store.ts'
import { aliasArn } from './arn.ts'
import type { Call } from './call.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'
import { noSuchAlias } from './locate.ts'
import { reservedPrefix } from './managed-keys/managed-keys.ts'
import { requireQuota } from './quotas.ts'

/** Refuses a name that no alias of a customer can have. */
export function checkAliasName(name: string): void {
  if (!name.startsWith('alias/')) {
    throw new Fault(
      'ValidationException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    )
  }
  if (name.startsWith(reservedPrefix)) throw new Fault('NotAuthorizedException')
  if (name === 'alias/' || name.includes(':')) {
    throw new Fault('ValidationException', `${name} contains invalid characters for an alias`)
  }
}

/** Refuses an alias in the place of the key that an alias is to point at. */
export function checkTarget(keyId: string): void {
  if (keyId.startsWith('alias/') || keyId.includes(':alias/')) {
    throw new Fault('ValidationException', 'Aliases must refer to keys. Not aliases')
  }
}

export async function findAlias(call: Call, name: string): Promise<AliasRecord> {
  const alias = await call.store.alias(call.scope, name)
  if (alias) return alias
  throw noSuchAlias(call.scope, name)
}

/** The alias's half of the authorization: IAM policies alone decide it. */
export function authorizeAlias(call: Call, action: string, name: string): Promise<void> {
  return call.authorize({ action, key: null, resource: aliasArn(call.scope, name) })
}

/**
 * Changes an alias that the caller was authorized for. False when it points at another key since
 * then: the call has to be authorized anew.
 */
export function changeAlias(
  call: Call,
  alias: AliasRecord,
  change: (writer: Writer) => MaybePromise<void>,
): Promise<boolean> {
  return call.store.transact(async (writer) => {
    const current = await writer.alias(call.scope, alias.name)
    if (!current) throw noSuchAlias(call.scope, alias.name)
    if (current.keyId !== alias.keyId) return false
    await change(writer)
    return true
  })
}

/** Refuses one more alias of a key that has as many as the quota allows. */
export function requireAliasQuota(call: Call, writer: Writer, key: Key): Promise<void> {
  return requireQuota(call, 'aliasesPerKey', async () => {
    const aliases = await writer.aliasesOfKey(key.record, key.id, { limit: Infinity })
    return aliases.length
  })
}
