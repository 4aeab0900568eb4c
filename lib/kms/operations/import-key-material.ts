/**
 * ImportKeyMaterial: a key with the origin EXTERNAL gets material that was wrapped for it, or gets
 * again what it had. Refuses what is not of the key's spec, and what the key does not expect.
 */
import { readImportedMaterial } from '../../crypto/imported-material.ts'
import { unwrap } from '../../crypto/key-wrapping.ts'
import { keyMaterialId, type Material } from '../../crypto/material.ts'
import { DecodeError } from '../../errors.ts'
import { requireThere } from '../change.ts'
import { dayMs, wholeSeconds } from '../clock.ts'
import { Fault } from '../faults.ts'
import { readImportToken } from '../import-token.ts'
import { addMaterial } from '../imports.ts'
import { Key } from '../key.ts'
import { keyOperation } from '../operation.ts'
import { requireImported } from '../rotation.ts'
import { requireState } from '../state.ts'
import type { Input } from '../model/types.ts'

export const ImportKeyMaterial = keyOperation('ImportKeyMaterial', {
  states: 'importMaterial',

  conditions: ({ ExpirationModel, ValidTo }) => ({
    'kms:ExpirationModel': ExpirationModel,
    'kms:ValidTo': ValidTo && String(ValidTo.getTime() / 1000),
  }),

  match: (_input, key) => requireImported(key),

  async run(call, key) {
    const { input, nowMs } = call
    checkMembers(input, key)
    const validToMs = readExpiry(input, nowMs)
    const { algorithm, wrappingKey } = readImportToken(input.ImportToken, key, nowMs)
    const unwrapped = await unwrap(wrappingKey, algorithm, input.EncryptedKeyMaterial)
    if (!unwrapped) throw new Fault('InvalidCiphertextException')
    const { bytes } = await readMaterial(unwrapped, key)
    const id = keyMaterialId(key.id, bytes)
    await call.store.transact(async (writer) => {
      const record = await requireThere(writer, key)
      requireState(Key.of(record), 'importMaterial')
      await addMaterial(writer, record, {
        id,
        bytes,
        type: input.ImportType,
        expectedId: input.KeyMaterialId,
        description: input.KeyMaterialDescription,
        validToMs,
      })
    })
    return { KeyId: key.arn, ...(key.type === 'symmetric' && { KeyMaterialId: id }) }
  },
})

/** Other keys have one material for good, without a name. */
function checkMembers(input: Input<'ImportKeyMaterial'>, key: Key): void {
  const { ImportType, KeyMaterialDescription, KeyMaterialId } = input
  const given = Object.entries({ ImportType, KeyMaterialDescription, KeyMaterialId })
  const [name] = given.find(([, value]) => value !== undefined) ?? []
  if (key.type === 'symmetric' || name === undefined) return
  const parameter = name.charAt(0).toLowerCase() + name.slice(1)
  throw new Fault(
    'ValidationException',
    `Input parameter ${parameter} cannot be used with ${key.spec} imported keys.`,
  )
}

/** API_ImportKeyMaterial, ValidTo. */
const mostDays = 365

/** When the material expires, in whole seconds; undefined for never. */
function readExpiry(
  { ExpirationModel = 'KEY_MATERIAL_EXPIRES', ValidTo }: Input<'ImportKeyMaterial'>,
  nowMs: number,
): number | undefined {
  if (ExpirationModel === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    if (ValidTo === undefined) return undefined
    throw new Fault(
      'ValidationException',
      'A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE',
    )
  }
  if (ValidTo === undefined) {
    throw new Fault(
      'ValidationException',
      'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
    )
  }
  const validToMs = ValidTo.getTime()
  if (validToMs <= nowMs) throw new Fault('ValidationException', 'ValidTo must be in the future')
  if (validToMs > nowMs + mostDays * dayMs) {
    throw new Fault(
      'ValidationException',
      `ValidTo must be less than ${mostDays} days in the future`,
    )
  }
  return wholeSeconds(validToMs)
}

/** AWS says no more of material that is not the key's kind than of what cannot be unwrapped. */
async function readMaterial(bytes: Buffer, { spec, record }: Key): Promise<Material> {
  try {
    return await readImportedMaterial(spec, bytes, record.region)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new Fault('InvalidCiphertextException', undefined, { cause: error })
  }
}
