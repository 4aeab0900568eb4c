/** DeleteAlias: the key that had the name stays. */
import { authorizeAlias, changeAlias, checkAliasName, findAlias } from '../aliases.ts'
import type { Call } from '../call.ts'
import { operation } from '../operation.ts'

const action = 'kms:DeleteAlias'

export const DeleteAlias = operation('DeleteAlias', {
  async run(call) {
    checkAliasName(call.input.AliasName)
    while (!(await attempt(call)));
    return {}
  },
})

async function attempt(call: Call<'DeleteAlias'>): Promise<boolean> {
  const { AliasName: name } = call.input
  const alias = await findAlias(call, name)
  const { key } = await call.locate(alias.keyId, { action, aliases: false })
  await authorizeAlias(call, action, name)
  await call.authorize({ action, key })
  return changeAlias(call, alias, (writer) => writer.deleteAlias(alias))
}
