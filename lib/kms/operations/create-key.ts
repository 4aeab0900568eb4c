/**
 * CreateKey: a KMS key with its policy, its tags and, unless it is to be imported, its material.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { generateMaterial, keyMaterialId } from '../../crypto/material.ts'
import { specs, type KeySpec, type KeyUsage } from '../../crypto/specs.ts'
import type { KeyRecord, MaterialRecord, Origin } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { Fault } from '../faults.ts'
import { Key } from '../key.ts'
import { keyMetadata } from '../metadata.ts'
import { operation } from '../operation.ts'
import { checkLockout, checkPrincipals, defaultPolicy, readKeyPolicy } from '../policy.ts'
import { tagMap, withTags } from '../tags.ts'
import type { Input } from '../types.ts'

export const CreateKey = operation('CreateKey', {
  async run(call) {
    const { input } = call
    const { spec, usage } = readSpec(input)
    const origin = readOrigin(input)
    const conditions = keyConditions(input, spec, usage, origin)
    await call.authorize({ action: 'kms:CreateKey', key: null, conditions })
    if (input.Tags && input.Tags.length > 0) {
      await call.authorize({ action: 'kms:TagResource', key: null, conditions })
    }
    const tags = withTags({}, input.Tags ?? [])
    const multiRegion = input.MultiRegion ?? false
    const id = multiRegion ? `mrk-${randomBytes(16).toString('hex')}` : randomUUID()
    const materials = origin === 'AWS_KMS' ? [await makeMaterial(id, spec)] : []
    const record: KeyRecord = {
      ...call.scope,
      id,
      spec,
      usage,
      origin,
      state: materials.length > 0 ? 'Enabled' : 'PendingImport',
      description: input.Description ?? '',
      createdMs: call.nowMs,
      policy: input.Policy ?? defaultPolicy(call.scope),
      tags,
      multiRegion,
      materials,
    }
    const key = Key.of(record)
    if (input.Policy !== undefined) await checkPolicy(call, key, input.Policy)
    await call.store.transact((writer) => {
      writer.putKey(record)
    })
    return { KeyMetadata: keyMetadata(key) }
  },
})

function readSpec(input: Input<'CreateKey'>): { spec: KeySpec; usage: KeyUsage } {
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

function readOrigin({
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

function keyConditions(input: Input<'CreateKey'>, spec: KeySpec, usage: KeyUsage, origin: Origin) {
  const { BypassPolicyLockoutSafetyCheck, MultiRegion = false, Tags } = input
  return {
    requestTags: tagMap(Tags),
    'kms:BypassPolicyLockoutSafetyCheck':
      BypassPolicyLockoutSafetyCheck === undefined
        ? undefined
        : String(BypassPolicyLockoutSafetyCheck),
    'kms:CustomerMasterKeySpec': spec,
    'kms:CustomerMasterKeyUsage': usage,
    'kms:KeyOrigin': origin,
    'kms:KeySpec': spec,
    'kms:KeyUsage': usage,
    'kms:MultiRegion': String(MultiRegion),
    'kms:MultiRegionKeyType': MultiRegion ? 'PRIMARY' : undefined,
  }
}

async function makeMaterial(keyId: string, spec: KeySpec): Promise<MaterialRecord> {
  const { bytes } = await generateMaterial(spec)
  return { id: keyMaterialId(keyId, bytes), bytes }
}

async function checkPolicy(call: Call<'CreateKey'>, key: Key, text: string): Promise<void> {
  const policy = readKeyPolicy(text)
  checkPrincipals(call, policy)
  if (!call.input.BypassPolicyLockoutSafetyCheck) await checkLockout(call, key, policy)
}
