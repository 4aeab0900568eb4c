/**
 * The versions of a key's material, as values: the first one, the next one, and which is there. One
 * of them is current, the others open what was made with them.
 */
import { keyMaterialId } from '../crypto/material.ts'
import type { KeyRecord, MaterialRecord } from '../store/store.ts'

/** What a new key has. */
export function firstMaterial(keyId: string, bytes: Buffer): readonly MaterialRecord[] {
  return [{ id: keyMaterialId(keyId, bytes), bytes, state: 'CURRENT' }]
}

/** Whether everything that the key has used is there: otherwise it waits for an import. */
export function isComplete({ materials }: KeyRecord): boolean {
  const used = materials.filter(isUsed)
  return used.length > 0 && used.every(({ bytes }) => bytes !== undefined)
}

/** Whether the material belongs to the key for good: what is only pending may still be another. */
export function isUsed({ state }: MaterialRecord): boolean {
  return state === 'CURRENT' || state === 'NON_CURRENT'
}

/** The materials when each of `next`, which are new, has become the current one in its turn. */
export function withRotations(
  materials: readonly MaterialRecord[],
  next: readonly MaterialRecord[],
): readonly MaterialRecord[] {
  const last = next.at(-1)
  if (!last) return materials
  const before = [...materials, ...next.slice(0, -1)]
  return [...before.map(asNonCurrent), { ...last, state: 'CURRENT' }]
}

function asNonCurrent(material: MaterialRecord): MaterialRecord {
  return material.state === 'CURRENT' ? { ...material, state: 'NON_CURRENT' } : material
}

/** The materials when `next`, which is one of them or new, becomes the current one. */
export function withCurrent(
  materials: readonly MaterialRecord[],
  next: MaterialRecord,
): readonly MaterialRecord[] {
  const others = materials
    .filter(({ id }) => id !== next.id)
    .map((one): MaterialRecord =>
      one.state === 'CURRENT' ? { ...one, state: 'NON_CURRENT' } : one,
    )
  return [...others, { ...next, state: 'CURRENT' }]
}

/** The materials with `one` in the place of the one of its id, or behind the others. */
export function withMaterial(
  materials: readonly MaterialRecord[],
  one: MaterialRecord,
): readonly MaterialRecord[] {
  const isKnown = materials.some(({ id }) => id === one.id)
  return isKnown ? materials.map((old) => (old.id === one.id ? one : old)) : [...materials, one]
}

/** The key with these materials: while any that it has used is away, it waits for the import. */
export function withMaterials(record: KeyRecord, materials: readonly MaterialRecord[]): KeyRecord {
  const changed = { ...record, materials }
  switch (record.state) {
    case 'PendingImport':
      return isComplete(changed) ? { ...changed, state: 'Enabled' } : changed
    case 'Enabled':
    case 'Disabled':
      return isComplete(changed) ? changed : { ...changed, state: 'PendingImport' }
    default:
      return changed
  }
}

/** A material that was imported and is away: its id stays, and the same may come again. */
export function withoutBytes({ bytes: _, validToMs: __, ...rest }: MaterialRecord): MaterialRecord {
  return rest
}

/**
 * A key without a material that was imported. What the key has used keeps its id; what is only
 * pending goes altogether, but for a replica, whose primary still has it.
 */
export function withoutMaterial(record: KeyRecord, id: string): KeyRecord {
  const { primaryRegion = record.region } = record
  const materials = record.materials.flatMap((one): readonly MaterialRecord[] => {
    if (one.id !== id) return [one]
    return isUsed(one) || primaryRegion !== record.region ? [withoutBytes(one)] : []
  })
  return withMaterials(record, materials)
}
