/**
 * What the import and the removal of key material do to a key, and to the other keys of a
 * multi-Region key. Refuses material that the key does not expect. Source: KMS developer guide,
 * "Import the key material" and "Delete imported key material"; API_RotationsListEntry.
 */
import type { ImportType } from '@aws-sdk/client-kms'
import type { KeyRecord, MaterialRecord, Writer } from '../store/store.ts'
import { Fault } from './faults.ts'
import { Key } from './key.ts'
import { isUsed, withMaterial, withMaterials, withoutBytes, withoutMaterial } from './materials.ts'
import { relatives } from './rotation.ts'

/** Material that is to become a key's, and what the request says of it. */
export interface Import {
  readonly id: string
  /** `Material.bytes` */
  readonly bytes: Buffer
  readonly type?: ImportType | undefined
  /** The id that the request says. */
  readonly expectedId?: string | undefined
  readonly description?: string | undefined
  readonly validToMs?: number | undefined
}

/** Gives material to a key, for the first time or again. */
export async function addMaterial(writer: Writer, record: KeyRecord, given: Import): Promise<void> {
  const key = Key.of(record)
  checkExpected(key, given)
  const others = await relatives(writer, record)
  const material = imported(record, given, others.length > 0)
  // An import enables a key that was disabled.
  const { state } = record
  const waiting: KeyRecord = state === 'Disabled' ? { ...record, state: 'PendingImport' } : record
  const changed = withMaterials(waiting, withMaterial(record.materials, material))
  const isPrimary = key.multiRegionKeyType !== 'REPLICA'
  const all = [changed, ...(isPrimary ? others.map((one) => withNews(one, material)) : others)]
  for (const one of withPendingStates(all)) writer.putKey(one)
}

/** Takes materials away from a key. What a primary had pending goes from its replicas too. */
export async function removeMaterials(
  writer: Writer,
  record: KeyRecord,
  ids: readonly string[],
): Promise<void> {
  const left = ids.reduce(withoutMaterial, record)
  writer.putKey(left)
  const gone = record.materials.filter(({ id }) => !left.materials.some((one) => one.id === id))
  if (gone.length === 0) return
  for (const other of await relatives(writer, record)) {
    const materials = other.materials.filter(({ id }) => !gone.some((one) => one.id === id))
    writer.putKey({ ...other, materials })
  }
}

/** The keys of a multi-Region key: what has come to all of them can be rotated to. */
export function withPendingStates(related: readonly KeyRecord[]): readonly KeyRecord[] {
  const isEverywhere = (id: string) =>
    related.every(({ materials }) => materials.find((one) => one.id === id)?.bytes)
  const settled = (one: MaterialRecord): MaterialRecord =>
    one.state === 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION' && isEverywhere(one.id)
      ? { ...one, state: 'PENDING_ROTATION' }
      : one
  return related.map((record) => ({ ...record, materials: record.materials.map(settled) }))
}

function checkExpected(key: Key, { id, type, expectedId, description }: Import): void {
  const { materials } = key.record
  if (description !== undefined && key.multiRegionKeyType === 'REPLICA') {
    throw new Fault(
      'ValidationException',
      'Key material description can only be specified on primary Multi-Region keys',
    )
  }
  const known = materials.some((one) => one.id === id)
  if ((type ?? usualType(materials)) === 'NEW_KEY_MATERIAL') checkNew(key, id, known, expectedId)
  else if (!known || (expectedId !== undefined && expectedId !== id)) {
    const expected = expectedId ?? key.currentMaterialId
    throw new Fault(
      'IncorrectKeyMaterialException',
      expected === undefined
        ? `the key material was not imported into ${key.arn} before`
        : `Imported key material does not have the expected identifier (${expected}).`,
    )
  }
}

/** What an ImportType that is left out means. */
function usualType(materials: readonly MaterialRecord[]): ImportType {
  return materials.length === 0 ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL'
}

function checkNew(key: Key, id: string, known: boolean, expectedId: string | undefined): void {
  if (expectedId !== undefined) {
    throw new Fault(
      'ValidationException',
      'Input parameter keyMaterialId cannot be used with NEW_KEY_MATERIAL importType.',
    )
  }
  if (key.multiRegionKeyType === 'REPLICA') {
    throw new Fault(
      'ValidationException',
      'Input parameter ImportType NEW_KEY_MATERIAL cannot be used on replica Multi-Region keys',
    )
  }
  if (known) {
    throw new Fault(
      'IncorrectKeyMaterialException',
      `Key material (id: ${id}) being imported as NEW_KEY_MATERIAL is already associated with KMS key ${key.arn}.`,
    )
  }
  const pending = key.record.materials.find((one) => !isUsed(one))
  if (pending) {
    throw new Fault(
      'KMSInvalidStateException',
      `New key material (id: ${id}) cannot be imported into KMS key ${key.arn}, because another key material (id: ${pending.id}) is pending rotation.`,
    )
  }
}

/** The material's record: an expiry is of one import, a description stays until there is another. */
function imported(
  { materials }: KeyRecord,
  { id, bytes, description, validToMs }: Import,
  hasRelatives: boolean,
): MaterialRecord {
  const first = materials.length === 0
  const pending = hasRelatives ? 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION' : 'PENDING_ROTATION'
  const known = materials.find((one) => one.id === id)
  return {
    ...(known ? withoutBytes(known) : { id, state: first ? 'CURRENT' : pending }),
    bytes,
    ...(description !== undefined && { description }),
    ...(validToMs !== undefined && { validToMs }),
  }
}

/** A replica that hears of its primary's material: which it is, and its description. */
function withNews(replica: KeyRecord, material: MaterialRecord): KeyRecord {
  const own = replica.materials.find(({ id }) => id === material.id)
  const materials = withMaterial(replica.materials, { ...own, ...withoutBytes(material) })
  return withMaterials(replica, materials)
}
