/** CreateAlias: a name for a key of the same account and Region. */
import { aliasArn } from '../arn.ts'
import { authorizeAlias, checkAliasName, checkTarget, requireAliasQuota } from '../aliases.ts'
import { requireThere } from '../change.ts'
import { Fault } from '../faults.ts'
import { operation } from '../operation.ts'
import { requireState } from '../state.ts'

const action = 'kms:CreateAlias'

export const CreateAlias = operation('CreateAlias', {
  async run(call) {
    const { AliasName: name, TargetKeyId } = call.input
    checkAliasName(name)
    checkTarget(TargetKeyId)
    const { key } = await call.locate(TargetKeyId, { action, aliases: false })
    await authorizeAlias(call, action, name)
    await call.authorize({ action, key })
    requireState(key, 'change')
    await call.store.transact(async (writer) => {
      if (await writer.alias(call.scope, name)) {
        const arn = aliasArn(call.scope, name)
        throw new Fault('AlreadyExistsException', `An alias with the name ${arn} already exists`)
      }
      await requireThere(writer, key)
      await requireAliasQuota(call, writer, key)
      const now = call.nowMs
      writer.putAlias({ ...call.scope, name, keyId: key.id, createdMs: now, updatedMs: now })
    })
    return {}
  },
})
