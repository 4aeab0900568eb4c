/**
 * UpdatePrimaryRegion: another key of a multi-Region key becomes its primary, and the primary a
 * replica. The caller needs the permission on both, in the Region of each.
 */
import { requireThere } from '../change.ts'
import { Fault } from '../faults.ts'
import { Key } from '../key.ts'
import { withPrimary } from '../multi-region.ts'
import { keyOperation } from '../operation.ts'
import { requireState } from '../state.ts'

const conditions = ({ PrimaryRegion }: { PrimaryRegion: string }) => ({
  'kms:PrimaryRegion': PrimaryRegion,
})

export const UpdatePrimaryRegion = keyOperation('UpdatePrimaryRegion', {
  match: (_input, key) => requirePrimary(key),
  states: 'updatePrimaryRegion',
  conditions,

  async run(call, key) {
    const { PrimaryRegion: region } = call.input
    // AWS has nothing against what is already so.
    if (region === key.record.region) return {}
    const record = await call.store.key({ account: key.account, region }, key.id)
    if (!record) throw noReplica(key)
    const replica = Key.of(record)
    await call.authorize({
      action: 'kms:UpdatePrimaryRegion',
      key: replica,
      conditions: conditions(call.input),
    })
    await call.store.transact(async (writer) => {
      const current = Key.of(await requireThere(writer, key))
      requirePrimary(current)
      requireState(current, 'updatePrimaryRegion')
      const next = await writer.key(record, key.id)
      if (!next) throw noReplica(key)
      requireState(Key.of(next), 'updatePrimaryRegion')
      const related = await writer.relatedKeys(key.account, key.id)
      for (const one of withPrimary(related, region)) writer.putKey(one)
    })
    return {}
  },
})

/** AWS has another code and another spelling here than for ReplicateKey. */
function requirePrimary(key: Key): void {
  if (key.multiRegionKeyType === 'PRIMARY') return
  throw new Fault('KMSInvalidStateException', `${key.arn} is not a multi-Region primary key.`)
}

function noReplica({ id }: Key): Fault {
  return new Fault(
    'ValidationException',
    `${id} does not have a replica key in the specified Region.`,
  )
}
