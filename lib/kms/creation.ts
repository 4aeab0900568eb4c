/**
 * What CreateKey and ReplicateKey ask before there is a new key: whether the caller may create it,
 * with its tags, and whether its key policy is one that KMS keeps. Refuses in the order of the
 * questions. Source: API reference, CreateKey and ReplicateKey.
 */
import type { Call } from './call.ts'
import type { Key } from './key.ts'
import { acceptKeyPolicy } from './policy.ts'
import { tagMap } from './tags.ts'

type CreationCall = Call<'CreateKey' | 'ReplicateKey'>

/** What condition keys ask of a key that there is not yet. */
export type Planned = Pick<Key, 'spec' | 'usage' | 'origin' | 'multiRegionKeyType'>

/** IAM policies alone decide. `region`: where the key is to be, the request's unless said. */
export async function authorizeCreation(
  call: CreationCall,
  planned: Planned,
  region?: string,
): Promise<void> {
  const { BypassPolicyLockoutSafetyCheck: bypass, Tags } = call.input
  const { spec, usage, origin, multiRegionKeyType } = planned
  const tags = tagMap(Tags)
  const conditions = {
    requestTags: tags,
    newKeyTags: tags,
    'kms:BypassPolicyLockoutSafetyCheck': bypass === undefined ? undefined : String(bypass),
    'kms:CustomerMasterKeySpec': spec,
    'kms:CustomerMasterKeyUsage': usage,
    'kms:KeyOrigin': origin,
    'kms:KeySpec': spec,
    'kms:KeyUsage': usage,
    'kms:MultiRegion': String(multiRegionKeyType !== undefined),
    'kms:MultiRegionKeyType': multiRegionKeyType,
  }
  await call.authorize({ action: 'kms:CreateKey', key: null, region, conditions })
  if (!Tags || Tags.length === 0) return
  await call.authorize({ action: 'kms:TagResource', key: null, region, conditions })
}

/**
 * Checks the policy that the request has for the new key; a default policy needs no check.
 * `resource`: what the call itself is on, the primary's ARN or `*`.
 */
export async function checkNewPolicy(
  call: CreationCall,
  key: Key,
  resource: string,
): Promise<void> {
  const { Policy: text, BypassPolicyLockoutSafetyCheck: bypass } = call.input
  if (text !== undefined) await acceptKeyPolicy(call, key, { text, bypass, resource })
}
