/**
 * KMS's condition keys that describe the key, the caller or the request's way here, one row each.
 * Those that a request parameter sets are stated by the operation that has the parameter.
 * Source: KMS developer guide, "AWS KMS condition keys"; service authorization reference for KMS.
 */
import { namesOf, type Rows } from './facts.ts'
import { accountOf } from './global-keys.ts'

/** The actions on no key and no custom key store, which have next to no key of KMS's. */
const onNothing: ReadonlySet<string> = new Set([
  'kms:GenerateRandom',
  'kms:ListAliases',
  'kms:ListKeys',
  'kms:ListRetirableGrants',
])

const onCustomKeyStores: ReadonlySet<string> = new Set([
  'kms:ConnectCustomKeyStore',
  'kms:CreateCustomKeyStore',
  'kms:DeleteCustomKeyStore',
  'kms:DescribeCustomKeyStores',
  'kms:DisconnectCustomKeyStore',
  'kms:UpdateCustomKeyStore',
])

/** The actions that services ask for when they make grants for resources of theirs. */
const onGrants: ReadonlySet<string> = new Set([
  'kms:CreateGrant',
  'kms:ListGrants',
  'kms:RevokeGrant',
])

export const kmsRows: Rows = {
  'kms:CallerAccount': (facts) => (isOnSomething(facts.action) ? accountOf(facts) : undefined),
  'kms:CustomerMasterKeySpec': ({ key }) => key?.spec,
  'kms:CustomerMasterKeyUsage': ({ key }) => key?.usage,
  'kms:EncryptionContextKeys': ({ conditions }) => namesOf(conditions.encryptionContext),
  'kms:GrantIsForAWSResource': ({ action, connection }) =>
    onGrants.has(action) ? String(connection.via !== undefined) : undefined,
  'kms:KeyOrigin': ({ key }) => key?.origin,
  'kms:KeySpec': ({ key }) => key?.spec,
  'kms:KeyUsage': ({ key }) => key?.usage,
  'kms:MultiRegion': ({ key }) => (key ? String(key.multiRegion) : undefined),
  'kms:MultiRegionKeyType': ({ key }) => key?.multiRegionKeyType,
  'kms:RecipientAttestation:ImageSha384': ({ attestation }) =>
    attestation?.platform === 'nitro-enclave' ? attestation.pcrs.get(0) : undefined,
  'kms:RequestAlias': ({ requestAlias }) => requestAlias,
  'kms:ResourceAliases': ({ resourceAliases }) => resourceAliases,
  'kms:ViaService': ({ action, connection }) =>
    isOnSomething(action) && !onCustomKeyStores.has(action)
      ? connection.via?.at(-1)?.regional
      : undefined,
}

/** An action of another service has no key of KMS's at all. */
function isOnSomething(action: string): boolean {
  return action.startsWith('kms:') && !onNothing.has(action)
}
