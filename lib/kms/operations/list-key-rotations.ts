/**
 * ListKeyRotations: the materials of a key that a rotation made current; with ALL_KEY_MATERIAL the
 * first one too, and those that were imported for a rotation to come.
 */
import type { RotationsListEntry } from '@aws-sdk/client-kms'
import type { MaterialRecord } from '../../store/store.ts'
import { Fault } from '../faults.ts'
import type { Key } from '../key.ts'
import { keyOperation } from '../operation.ts'
import { listPage } from '../paging.ts'
import { refuseInCustomKeyStore } from '../rotation.ts'

export const ListKeyRotations = keyOperation('ListKeyRotations', {
  match({ IncludeKeyMaterial }, key) {
    refuseInCustomKeyStore(key)
    if (IncludeKeyMaterial === undefined || key.type === 'symmetric') return
    throw new Fault(
      'ValidationException',
      'Input parameter includeKeyMaterial can only be used with symmetric keys.',
    )
  },

  async run(call, key) {
    const { IncludeKeyMaterial = 'ROTATIONS_ONLY' } = call.input
    const listed = key.record.materials.filter(
      ({ rotation }) => rotation !== undefined || IncludeKeyMaterial === 'ALL_KEY_MATERIAL',
    )
    const { items, rest } = await listPage(
      call,
      `ListKeyRotations ${IncludeKeyMaterial} ${key.arn}`,
      { usual: 100, most: 1000 },
      ({ after, limit }) => {
        const start = after === undefined ? 0 : listed.findIndex(({ id }) => id === after) + 1
        return listed.slice(start, start + limit)
      },
      ({ id }) => id,
    )
    return { Rotations: items.map((material) => entryOf(key, material)), ...rest }
  },
})

function entryOf(key: Key, material: MaterialRecord): RotationsListEntry {
  const { id, state, rotation } = material
  return {
    KeyId: key.arn,
    KeyMaterialId: id,
    KeyMaterialState: state,
    ...(key.origin === 'EXTERNAL' && importedMembers(material)),
    ...(rotation && {
      RotationDate: new Date(rotation.dateMs),
      RotationType: rotation.type,
    }),
  }
}

function importedMembers({ bytes, description, validToMs }: MaterialRecord) {
  return {
    ImportState: bytes ? 'IMPORTED' : 'PENDING_IMPORT',
    ...(description !== undefined && { KeyMaterialDescription: description }),
    ...(bytes &&
      (validToMs === undefined
        ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
        : { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: new Date(validToMs) })),
  } satisfies RotationsListEntry
}
