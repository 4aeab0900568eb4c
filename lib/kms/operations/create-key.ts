/**
 * CreateKey: a KMS key with its policy, its tags and, unless it is to be imported, its material.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { generateMaterial, keyMaterialId } from '../../crypto/material.ts'
import type { KeySpec, KeyUsage } from '../../crypto/specs.ts'
import type { KeyRecord, Origin } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { Key } from '../key.ts'
import { keyMetadata } from '../metadata.ts'
import { readOrigin, readSpec } from '../new-key.ts'
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
    const draft: KeyRecord = {
      ...call.scope,
      id,
      spec,
      usage,
      origin,
      state: 'PendingImport',
      description: input.Description ?? '',
      createdMs: call.nowMs,
      policy: input.Policy ?? defaultPolicy(call.scope),
      tags,
      multiRegion,
      materials: [],
    }
    // Before the material: making it is slow.
    if (input.Policy !== undefined) await checkPolicy(call, Key.of(draft), input.Policy)
    const record = origin === 'AWS_KMS' ? await withNewMaterial(draft) : draft
    await call.store.transact((writer) => {
      writer.putKey(record)
    })
    return { KeyMetadata: keyMetadata(Key.of(record)) }
  },
})

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

async function withNewMaterial(draft: KeyRecord): Promise<KeyRecord> {
  const { bytes } = await generateMaterial(draft.spec)
  return { ...draft, state: 'Enabled', materials: [{ id: keyMaterialId(draft.id, bytes), bytes }] }
}

async function checkPolicy(call: Call<'CreateKey'>, key: Key, text: string): Promise<void> {
  const policy = readKeyPolicy(text)
  checkPrincipals(call, policy)
  if (!call.input.BypassPolicyLockoutSafetyCheck) await checkLockout(call, key, policy)
}
