/**
 * ListAliases: the aliases of the caller's account in the Region, AWS's own among them even before
 * they have a key; or those of one key.
 */
import { aliasArn } from '../arn.ts'
import type { Call } from '../call.ts'
import type { Key } from '../key.ts'
import { withPredefined, type ListedAlias } from '../managed-keys/managed-keys.ts'
import { operation } from '../operation.ts'
import { listPage } from '../paging.ts'

const action = 'kms:ListAliases'

export const ListAliases = operation('ListAliases', {
  async run(call) {
    await call.authorize({ action, key: null })
    const { KeyId } = call.input
    const of = KeyId === undefined ? null : await ownKey(call, KeyId)
    const { items, rest } = await listPage(
      call,
      of ? `ListAliases ${of.arn}` : 'ListAliases',
      { usual: 50, most: 100 },
      (page) =>
        of
          ? call.store.aliasesOfKey(of.record, of.id, page)
          : withPredefined(call.scope, page, (all) => call.store.aliases(call.scope, all)),
      ({ name }) => name,
    )
    return { Aliases: items.map(entry), ...rest }
  },
})

/** The aliases of another account's keys are that account's, whatever its key policies say. */
async function ownKey(call: Call<'ListAliases'>, keyId: string): Promise<Key> {
  const { key } = await call.locate(keyId, { action, aliases: false })
  if (key.account === call.scope.account) return key
  return call.refuseUnknown({
    action,
    key: null,
    resource: key.arn,
    resourceAccount: key.account,
  })
}

function entry(alias: ListedAlias) {
  return {
    AliasName: alias.name,
    AliasArn: aliasArn(alias, alias.name),
    ...('keyId' in alias && {
      TargetKeyId: alias.keyId,
      CreationDate: new Date(alias.createdMs),
      LastUpdatedDate: new Date(alias.updatedMs),
    }),
  }
}
