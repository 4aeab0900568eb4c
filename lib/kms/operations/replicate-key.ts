/**
 * ReplicateKey: a replica of a multi-Region primary key in another Region, with a key policy, tags
 * and a description of its own. Refuses a Region that has one, whatever the state of that one.
 */
import type { KeyMetadata } from '@aws-sdk/client-kms'
import type { KeyRecord } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { requireThere } from '../change.ts'
import { authorizeCreation, checkNewPolicy } from '../creation.ts'
import { Fault } from '../faults.ts'
import { Key } from '../key.ts'
import { keyMetadata } from '../metadata.ts'
import { replicaOf, withNewReplica, type OwnProperties } from '../multi-region.ts'
import { keyOperation } from '../operation.ts'
import { defaultPolicy } from '../policy.ts'
import { requireKeyQuota } from '../quotas.ts'
import { requireReplicaRegion } from '../regions.ts'
import { requireState } from '../state.ts'
import { withTags } from '../tags.ts'

export const ReplicateKey = keyOperation('ReplicateKey', {
  match: (_input, key) => requirePrimary(key),
  states: 'replicate',

  conditions: ({ ReplicaRegion }) => ({ 'kms:ReplicaRegion': ReplicaRegion }),

  async run(call, key) {
    const { ReplicaRegion: region, Description: description = '', Policy, Tags = [] } = call.input
    requireReplicaRegion(key.record.region, region)
    const { spec, usage, origin } = key
    await authorizeCreation(call, { spec, usage, origin, multiRegionKeyType: 'REPLICA' }, region)
    const own = {
      region,
      description,
      createdMs: call.nowMs,
      policy: Policy ?? defaultPolicy({ account: key.account, region }),
      tags: withTags({}, Tags),
    }
    await checkNewPolicy(call, Key.of(replicaOf(key.record, own)), key.arn)
    return {
      ReplicaKeyMetadata: await replicate(call, key, own),
      ReplicaPolicy: own.policy,
      ...(Tags.length > 0 && { ReplicaTags: Tags }),
    }
  },
})

function requirePrimary(key: Key): void {
  if (key.multiRegionKeyType === 'PRIMARY') return
  throw new Fault('UnsupportedOperationException', `${key.arn} is not a multi-region primary key.`)
}

function replicate(call: Call, key: Key, own: OwnProperties): Promise<KeyMetadata> {
  return call.store.transact(async (writer) => {
    const primary = await requireThere(writer, key)
    requirePrimary(Key.of(primary))
    requireState(Key.of(primary), 'replicate')
    // Whichever account it belongs to: an id is used once in a Region.
    if (await writer.keyInRegion(own.region, key.id)) {
      throw new Fault(
        'AlreadyExistsException',
        'You can create only one replica of each primary key in each AWS Region.',
      )
    }
    const replica = replicaOf(primary, own)
    await requireKeyQuota(call, writer, replica)
    const related = withNewReplica(await writer.relatedKeys(key.account, key.id), replica)
    for (const one of related) writer.putKey(one)
    return beingCreated(replica, primary, related)
  })
}

/** AWS answers before the replica has its material; here it has it by then. */
function beingCreated(replica: KeyRecord, primary: KeyRecord, related: readonly KeyRecord[]) {
  const creating = { ...replica, state: 'Creating', materials: primary.materials } as const
  const { CurrentKeyMaterialId: _, ...metadata } = keyMetadata(Key.of(creating), related)
  return metadata
}
