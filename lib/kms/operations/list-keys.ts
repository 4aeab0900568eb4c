/** ListKeys: the ids and ARNs of the caller's keys in the Region. */
import { keyArn } from '../arn.ts'
import { operation } from '../operation.ts'
import { listPage } from '../paging.ts'

export const ListKeys = operation('ListKeys', {
  async run(call) {
    await call.authorize({ action: 'kms:ListKeys', key: null })
    const { items, rest } = await listPage(
      call,
      'ListKeys',
      { usual: 100, most: 1000 },
      (page) => call.store.keys(call.scope, page),
      ({ id }) => id,
    )
    return {
      Keys: items.map((record) => ({ KeyId: record.id, KeyArn: keyArn(record, record.id) })),
      ...rest,
    }
  },
})
