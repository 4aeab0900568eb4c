/** DeleteAlias: the key that had the name stays. */
import { authorizeAlias, checkAliasName, findAlias } from '../aliases.ts'
import { operation } from '../operation.ts'

const action = 'kms:DeleteAlias'

export const DeleteAlias = operation('DeleteAlias', {
  async run(call) {
    const { AliasName: name } = call.input
    checkAliasName(name)
    const alias = await findAlias(call, name)
    const { key } = await call.locate(alias.keyId, { action, aliases: false })
    await authorizeAlias(call, action, name)
    await call.authorize({ action, key })
    await call.store.transact((writer) => {
      writer.deleteAlias(alias)
    })
    return {}
  },
})
