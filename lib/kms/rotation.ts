/**
 * Rotation: a key gets new current material and keeps the old, so that what was encrypted before
 * opens afterwards. The keys of a multi-Region key are rotated together, by their primary.
 * Source: KMS developer guide, "Rotate AWS KMS keys".
 */
import { keyMaterialId } from '../crypto/material.ts'
import { systemRandom } from '../crypto/random.ts'
import { specs } from '../crypto/specs.ts'
import type { KeyRecord, MaterialRecord, Reader, Writer } from '../store/store.ts'
import { dayMs } from './clock.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'
import { withCurrent, withMaterials, withRotations } from './materials.ts'
import type { OperationName } from './model/types.ts'

/** The period of a key whose owner names none. */
export const usualPeriodDays = 365

/** Refuses a key in a custom key store, whatever state it is in. */
export function refuseInCustomKeyStore(key: Key): void {
  if (key.record.customKeyStore) throw wrongOrigin(key)
}

/** Refuses a key that has one material for good: only symmetric keys of KMS itself are rotated. */
export function requireRotatable(key: Key): void {
  // Recorded without a message.
  if (key.type !== 'symmetric') throw new Fault('UnsupportedOperationException')
  if (key.origin !== 'AWS_KMS' && key.origin !== 'EXTERNAL') throw wrongOrigin(key)
}

/** Refuses a key that KMS does not make material for, by itself: a replica gets its primary's. */
export function requireAutomaticRotation(key: Key, name: OperationName): void {
  requireRotatable(key)
  if (key.origin !== 'AWS_KMS') throw wrongOrigin(key)
  refuseReplica(key, name)
}

/** A replica is rotated with its primary. */
export function refuseReplica(key: Key, name: OperationName): void {
  if (key.multiRegionKeyType !== 'REPLICA') return
  throw new Fault(
    'UnsupportedOperationException',
    `${key.arn} is a multi-region replica key which is not valid for ${name}.`,
  )
}

/** Refuses a key whose material is not imported. */
export function requireImported(key: Key): void {
  if (key.origin !== 'EXTERNAL') throw wrongOrigin(key)
}

function wrongOrigin(key: Key): Fault {
  return new Fault(
    'UnsupportedOperationException',
    `${key.arn} origin is ${key.origin} which is not valid for this operation.`,
  )
}

/** The automatic rotation of a key: a replica has its primary's. */
export async function rotationOf(reader: Reader, key: Key): Promise<KeyRecord['rotation']> {
  if (key.multiRegionKeyType !== 'REPLICA') return key.record.rotation
  const related = await reader.relatedKeys(key.account, key.id)
  return related.find(({ region, primaryRegion }) => region === primaryRegion)?.rotation
}

/** New material of a key whose material KMS makes; only symmetric keys get it a second time. */
export function nextMaterial(
  { id: keyId, spec }: KeyRecord,
  rotation: NonNullable<MaterialRecord['rotation']>,
): MaterialRecord {
  const { material } = specs[spec]
  if (material.kind !== 'secret') throw new Error(`no rotation of ${spec}`)
  const bytes = systemRandom(material.bytes)
  return { id: keyMaterialId(keyId, bytes), bytes, state: 'CURRENT', rotation }
}

/** Makes a material current, in every Region where the key is. */
export async function rotate(
  writer: Writer,
  record: KeyRecord,
  next: MaterialRecord,
): Promise<KeyRecord> {
  const rotated = { ...record, materials: withCurrent(record.materials, next) }
  writer.putKey(rotated)
  for (const other of await relatives(writer, record)) {
    const own = other.materials.find(({ id }) => id === next.id)
    const { rotation } = next
    const material = own && rotation ? { ...own, rotation } : next
    // A replica that has deleted what was pending waits for it now.
    writer.putKey(withMaterials(other, withCurrent(other.materials, material)))
  }
  return rotated
}

/** Every automatic rotation that is due by then, each on its day; the next one is a period later. */
export async function rotateDue(writer: Writer, record: KeyRecord, nowMs: number): Promise<void> {
  const { rotation } = record
  if (!rotation) return
  const { periodDays } = rotation
  const due: MaterialRecord[] = []
  let { nextMs } = rotation
  for (; nextMs <= nowMs; nextMs += periodDays * dayMs) {
    due.push(nextMaterial(record, { type: 'AUTOMATIC', dateMs: nextMs }))
  }
  const materialsOf = ({ materials }: KeyRecord) => withRotations(materials, due)
  writer.putKey({ ...record, rotation: { periodDays, nextMs }, materials: materialsOf(record) })
  for (const other of await relatives(writer, record)) {
    writer.putKey({ ...other, materials: materialsOf(other) })
  }
}

/** The other keys of a multi-Region key. */
export async function relatives(reader: Reader, record: KeyRecord): Promise<readonly KeyRecord[]> {
  if (record.primaryRegion === undefined) return []
  const related = await reader.relatedKeys(record.account, record.id)
  return related.filter(({ region }) => region !== record.region)
}
