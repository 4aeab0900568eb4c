/**
 * CreateKey: a KMS key with its policy, its tags and, unless it is to be imported, its material.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { generateMaterial } from '../../crypto/material.ts'
import type { KeyRecord } from '../../store/store.ts'
import { authorizeCreation, checkNewPolicy } from '../creation.ts'
import { Key } from '../key.ts'
import { requireOffered } from '../key-specs.ts'
import { firstMaterial } from '../materials.ts'
import { keyMetadata } from '../metadata.ts'
import { checkImportable, readSpec } from '../new-key.ts'
import { checkPlace, findPlace, requireRoom } from '../key-stores/new-key-place.ts'
import { operation } from '../operation.ts'
import { defaultPolicy } from '../policy.ts'
import { requireKeyQuota } from '../quotas.ts'
import { withTags } from '../tags.ts'

export const CreateKey = operation('CreateKey', {
  async run(call) {
    const { input } = call
    const { spec, usage } = readSpec(input)
    requireOffered(spec, call.scope.region)
    const { Origin: origin = 'AWS_KMS' } = input
    checkPlace(input, origin, spec)
    checkImportable(origin, spec)
    const multiRegion = input.MultiRegion ?? false
    await authorizeCreation(call, {
      spec,
      usage,
      origin,
      multiRegionKeyType: multiRegion ? 'PRIMARY' : undefined,
    })
    const tags = withTags({}, input.Tags ?? [])
    const customKeyStore = await findPlace(call, origin)
    const id = multiRegion ? `mrk-${randomBytes(16).toString('hex')}` : randomUUID()
    const draft: KeyRecord = {
      ...call.scope,
      id,
      spec,
      usage,
      origin,
      state: 'PendingImport',
      description: input.Description ?? '',
      createdMs: call.nowMs,
      policy: input.Policy ?? defaultPolicy(call.scope),
      tags,
      ...(multiRegion && { primaryRegion: call.scope.region }),
      materials: [],
      ...(customKeyStore && { customKeyStore }),
    }
    // Before the material: making it is slow.
    await checkNewPolicy(call, Key.of(draft), '*')
    const record = origin === 'EXTERNAL' ? draft : await withNewMaterial(draft)
    await call.store.transact(async (writer) => {
      await requireKeyQuota(call, writer, record)
      if (customKeyStore) await requireRoom(call, writer, customKeyStore)
      writer.putKey(record)
    })
    return { KeyMetadata: keyMetadata(Key.of(record), multiRegion ? [record] : []) }
  },
})

async function withNewMaterial(draft: KeyRecord): Promise<KeyRecord> {
  const { bytes } = await generateMaterial(draft.spec)
  return { ...draft, state: 'Enabled', materials: firstMaterial(draft.id, bytes) }
}
