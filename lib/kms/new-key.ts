/**
 * Which kind of key a CreateKey request asks for: spec and usage, and whether its origin can have it.
 * Refuses combinations that AWS refuses.
 */
import { isImportable } from '../crypto/key-wrapping.ts'
import { specs, type KeySpec, type KeyUsage } from '../crypto/specs.ts'
import type { Origin } from '../store/store.ts'
import { Fault } from './faults.ts'
import type { Input } from './model/types.ts'

export function readSpec(input: Input<'CreateKey'>): { spec: KeySpec; usage: KeyUsage } {
  const { KeySpec, CustomerMasterKeySpec } = input
  if (KeySpec !== undefined && CustomerMasterKeySpec !== undefined) {
    throw new Fault(
      'ValidationException',
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    )
  }
  const spec: KeySpec = KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
  const row = specs[spec]
  const usage = input.KeyUsage ?? row.defaultUsage
  if (usage === undefined) {
    throw new Fault(
      'ValidationException',
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    )
  }
  if (!Object.hasOwn(row.usages, usage)) {
    throw new Fault(
      'ValidationException',
      `KeyUsage ${usage} is not compatible with KeySpec ${spec}`,
    )
  }
  return { spec, usage: usage }
}

/** Refuses a key for imported material of a spec that no material is imported of. */
export function checkImportable(origin: Origin, spec: KeySpec): void {
  if (origin !== 'EXTERNAL' || isImportable(spec)) return
  throw new Fault('ValidationException', `KeySpec ${spec} is not supported for Origin EXTERNAL`)
}
