/**
 * Which kind of key a CreateKey request asks for: spec, usage and origin. Refuses combinations that
 * AWS refuses, and kinds that are not built yet.
 */
import { specs, type KeySpec, type KeyUsage } from '../crypto/specs.ts'
import type { Origin } from '../store/store.ts'
import { Fault } from './faults.ts'
import type { Input } from './types.ts'

export function readSpec(input: Input<'CreateKey'>): { spec: KeySpec; usage: KeyUsage } {
  const { KeySpec, CustomerMasterKeySpec } = input
  if (KeySpec !== undefined && CustomerMasterKeySpec !== undefined) {
    throw new Fault(
      'ValidationException',
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    )
  }
  const spec = KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
  if (!Object.hasOwn(specs, spec)) {
    throw new Fault('UnsupportedOperationException', `enclave-kms does not have ${spec} keys yet`)
  }
  const row = specs[spec as KeySpec]
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
  return { spec: spec as KeySpec, usage: usage as KeyUsage }
}

export function readOrigin({
  Origin = 'AWS_KMS',
  CustomKeyStoreId,
  XksKeyId,
}: Input<'CreateKey'>): Origin {
  const inCustomStore = CustomKeyStoreId ?? XksKeyId
  if (inCustomStore !== undefined || Origin === 'AWS_CLOUDHSM' || Origin === 'EXTERNAL_KEY_STORE') {
    throw new Fault(
      'UnsupportedOperationException',
      'enclave-kms does not have custom key stores yet',
    )
  }
  return Origin
}
