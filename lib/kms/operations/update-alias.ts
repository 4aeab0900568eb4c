/**
 * UpdateAlias: points an alias at another key of the same kind and usage. The caller needs the
 * permission on the alias, on the key that it leaves and on the key that it comes to.
 */
import {
  authorizeAlias,
  changeAlias,
  checkAliasName,
  checkTarget,
  findAlias,
  requireAliasQuota,
} from '../aliases.ts'
import type { Call } from '../call.ts'
import { requireThere } from '../change.ts'
import { Fault } from '../faults.ts'
import type { Key } from '../key.ts'
import { operation } from '../operation.ts'
import { requireState } from '../state.ts'

const action = 'kms:UpdateAlias'

export const UpdateAlias = operation('UpdateAlias', {
  async run(call) {
    checkAliasName(call.input.AliasName)
    checkTarget(call.input.TargetKeyId)
    while (!(await attempt(call)));
    return {}
  },
})

async function attempt(call: Call<'UpdateAlias'>): Promise<boolean> {
  const { AliasName: name, TargetKeyId } = call.input
  const alias = await findAlias(call, name)
  const { key: target } = await call.locate(TargetKeyId, { action, aliases: false })
  const { key: current } = await call.locate(alias.keyId, { action, aliases: false })
  await authorizeAlias(call, action, name)
  await call.authorize({ action, key: current })
  await call.authorize({ action, key: target })
  requireState(target, 'change')
  requireSameKind(current, target)
  return changeAlias(call, alias, async (writer) => {
    await requireThere(writer, target)
    if (target.id !== alias.keyId) await requireAliasQuota(call, writer, target)
    writer.putAlias({ ...alias, keyId: target.id, updatedMs: call.nowMs })
  })
}

function requireSameKind(current: Key, target: Key): void {
  if (current.type === target.type && current.usage === target.usage) return
  throw new Fault(
    'ValidationException',
    `Alias cannot be changed from ${current.arn} to ${target.arn}: both keys must be of the same type and have the same key usage`,
  )
}
