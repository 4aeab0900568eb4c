/**
 * DeleteImportedKeyMaterial: the key forgets material that was imported, the current one unless the
 * request names another, and waits until the same is imported again.
 */
import { requireThere } from '../change.ts'
import { Fault } from '../faults.ts'
import { removeMaterials } from '../imports.ts'
import { Key } from '../key.ts'
import { keyOperation } from '../operation.ts'
import { requireImported } from '../rotation.ts'
import { requireState } from '../state.ts'

export const DeleteImportedKeyMaterial = keyOperation('DeleteImportedKeyMaterial', {
  states: 'deleteMaterial',

  match: (_input, key) => requireImported(key),

  async run(call, key) {
    const { KeyMaterialId } = call.input
    const id = await call.store.transact(async (writer) => {
      const current = Key.of(await requireThere(writer, key))
      requireState(current, 'deleteMaterial')
      const found = KeyMaterialId ?? current.currentMaterialId
      if (found === undefined) return undefined
      if (!current.record.materials.some((one) => one.id === found)) {
        throw new Fault(
          'ValidationException',
          `Key material (id: ${found}) has never been imported into KMS key ${key.arn}.`,
        )
      }
      await removeMaterials(writer, current.record, [found])
      return found
    })
    return {
      KeyId: key.arn,
      ...(key.type === 'symmetric' && id !== undefined && { KeyMaterialId: id }),
    }
  },
})
