/**
 * The keys of a multi-Region key as values: a new replica beside them, another of them as their
 * primary. Source: KMS developer guide, "Multi-Region keys in AWS KMS", "Shared properties".
 */
import type { KeyRecord, MaterialRecord } from '../store/store.ts'
import { withoutBytes } from './materials.ts'

/** What a replica does not share with its primary. */
export type OwnProperties = Pick<
  KeyRecord,
  'region' | 'description' | 'createdMs' | 'policy' | 'tags'
>

/** A new replica. Material that was imported has to be imported into it too. */
export function replicaOf(primary: KeyRecord, own: OwnProperties): KeyRecord {
  const { account, id, spec, usage, origin, primaryRegion, materials } = primary
  const shared = { account, id, spec, usage, origin, ...(primaryRegion && { primaryRegion }) }
  return origin === 'EXTERNAL'
    ? { ...shared, ...own, state: 'PendingImport', materials: materials.map(withoutBytes) }
    : { ...shared, ...own, state: 'Enabled', materials }
}

/** The keys when there is a new one: what is only pending has not come to every Region any more. */
export function withNewReplica(
  related: readonly KeyRecord[],
  replica: KeyRecord,
): readonly KeyRecord[] {
  const all = [...related, replica].sort((a, b) => (a.region < b.region ? -1 : 1))
  return all.map((one) => ({ ...one, materials: one.materials.map(awaited) }))
}

function awaited(material: MaterialRecord): MaterialRecord {
  if (material.state !== 'PENDING_ROTATION') return material
  return { ...material, state: 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION' }
}

/** The keys when the one in that Region is their primary: the automatic rotation goes with it. */
export function withPrimary(related: readonly KeyRecord[], primaryRegion: string): KeyRecord[] {
  const { rotation } = related.find((one) => one.region === one.primaryRegion) ?? {}
  return related.map(({ rotation: _, ...one }) => ({
    ...one,
    primaryRegion,
    ...(one.region === primaryRegion && rotation && { rotation }),
  }))
}
