/** ListAliases: the aliases of the caller's account in the Region, or those of one key. */
import type { AliasRecord } from '../../store/store.ts'
import { aliasArn } from '../arn.ts'
import { operation } from '../operation.ts'
import { listPage } from '../paging.ts'

const action = 'kms:ListAliases'

export const ListAliases = operation('ListAliases', {
  async run(call) {
    await call.authorize({ action, key: null })
    const { KeyId } = call.input
    const of = KeyId === undefined ? null : await call.locate(KeyId, { action, aliases: false })
    const { items, rest } = await listPage(
      call,
      'ListAliases',
      { usual: 50, most: 100 },
      (page) =>
        of
          ? call.store.aliasesOfKey(of.key.record, of.key.id, page)
          : call.store.aliases(call.scope, page),
      ({ name }) => name,
    )
    return { Aliases: items.map(entry), ...rest }
  },
})

function entry(record: AliasRecord) {
  return {
    AliasName: record.name,
    AliasArn: aliasArn(record, record.name),
    TargetKeyId: record.keyId,
    CreationDate: new Date(record.createdMs),
    LastUpdatedDate: new Date(record.updatedMs),
  }
}
