/**
 * The IAM actions of KMS, as far as a key policy is concerned: on a key or on none, with a Recipient
 * or never, and the condition keys that only some of them set.
 * Source: service authorization reference, "Actions, resources, and condition keys for AWS KMS".
 */

const onKey = [
  'CancelKeyDeletion',
  'CreateAlias',
  'CreateGrant',
  'Decapsulate',
  'Decrypt',
  'DeleteAlias',
  'DeleteImportedKeyMaterial',
  'DeriveSharedSecret',
  'DescribeKey',
  'DisableKey',
  'DisableKeyRotation',
  'EnableKey',
  'EnableKeyRotation',
  'Encapsulate',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GetKeyLastUsage',
  'GetKeyPolicy',
  'GetKeyRotationStatus',
  'GetParametersForImport',
  'GetPublicKey',
  'ImportKeyMaterial',
  'ListGrants',
  'ListKeyPolicies',
  'ListKeyRotations',
  'ListResourceTags',
  'PutKeyPolicy',
  'ReEncryptFrom',
  'ReEncryptTo',
  'ReplicateKey',
  'RetireGrant',
  'RevokeGrant',
  'RotateKeyOnDemand',
  'ScheduleKeyDeletion',
  'Sign',
  'SynchronizeMultiRegionKey',
  'TagResource',
  'UntagResource',
  'UpdateAlias',
  'UpdateKeyDescription',
  'UpdatePrimaryRegion',
  'Verify',
  'VerifyMac',
]

/** What no key policy decides: there is no key yet, or none in particular. */
const onNoKey = [
  'ConnectCustomKeyStore',
  'CreateCustomKeyStore',
  'CreateKey',
  'DeleteCustomKeyStore',
  'DescribeCustomKeyStores',
  'DisconnectCustomKeyStore',
  'GenerateRandom',
  'ListAliases',
  'ListKeys',
  'ListRetirableGrants',
  'UpdateCustomKeyStore',
]

/** In lower case, with its prefix: `kms:decrypt`. */
type Action = string

export const keyActions: ReadonlyMap<Action, string> = byLowerCase(onKey)
export const keylessActions: ReadonlyMap<Action, string> = byLowerCase(onNoKey)

/**
 * The actions on a key that give a secret in plaintext, unless the request has a Recipient. KMS
 * developer guide, "Cryptographic attestation support in AWS KMS"; GenerateRandom is on no key.
 */
export const recipientActions: readonly Action[] = [
  'kms:decrypt',
  'kms:derivesharedsecret',
  'kms:generatedatakey',
  'kms:generatedatakeypair',
]

/** Of those, the ones that make a new secret and open none that is there. */
export const dataKeyActions: ReadonlySet<Action> = new Set([
  'kms:generatedatakey',
  'kms:generatedatakeypair',
])

/** AWS's spelling of an action in lower case. */
export function actionName(action: Action): string {
  return keyActions.get(action) ?? keylessActions.get(action) ?? action
}

const crypto = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
]
const withContext = [...crypto, 'CreateGrant', 'RetireGrant']

/** The keys that only some actions set; those that every action on a key sets are left out. */
export const actionsOfKey: ReadonlyMap<string, ReadonlySet<Action>> = new Map(
  Object.entries({
    'kms:BypassPolicyLockoutSafetyCheck': ['PutKeyPolicy'],
    'kms:DataKeyPairSpec': ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'],
    'kms:EncryptionAlgorithm': crypto,
    'kms:EncryptionContextKeys': withContext,
    'kms:ExpirationModel': ['ImportKeyMaterial'],
    'kms:GrantConstraintSourceArn': ['CreateGrant'],
    'kms:GrantConstraintType': ['CreateGrant', 'RetireGrant'],
    'kms:GrantIsForAWSResource': ['CreateGrant', 'ListGrants', 'RevokeGrant'],
    'kms:GrantOperations': ['CreateGrant'],
    'kms:GranteePrincipal': ['CreateGrant'],
    'kms:GranteeServicePrincipal': ['CreateGrant'],
    'kms:KeyAgreementAlgorithm': ['DeriveSharedSecret'],
    'kms:MacAlgorithm': ['GenerateMac', 'VerifyMac'],
    'kms:MessageType': ['Sign', 'Verify'],
    'kms:PrimaryRegion': ['UpdatePrimaryRegion'],
    'kms:ReEncryptOnSameKey': ['ReEncryptFrom', 'ReEncryptTo'],
    'kms:ReplicaRegion': ['ReplicateKey'],
    'kms:RetiringPrincipal': ['CreateGrant'],
    'kms:RetiringServicePrincipal': ['CreateGrant'],
    'kms:RotationPeriodInDays': ['EnableKeyRotation'],
    'kms:ScheduleKeyDeletionPendingWindowInDays': ['ScheduleKeyDeletion'],
    'kms:SigningAlgorithm': ['Sign', 'Verify'],
    'kms:TrailingDaysWithoutKeyUsage': ['DisableKey', 'ScheduleKeyDeletion'],
    'kms:ValidTo': ['ImportKeyMaterial'],
    'kms:WrappingAlgorithm': ['GetParametersForImport'],
    'kms:WrappingKeySpec': ['GetParametersForImport'],
  }).map(([key, names]) => [key.toLowerCase(), new Set(byLowerCase(names).keys())]),
)

const contextActions = new Set(byLowerCase(withContext).keys())

/** Those that take tags; of ReplicateKey AWS does not say that its tags are condition keys. */
const taggingActions = new Set(byLowerCase(['ReplicateKey', 'TagResource']).keys())

/** The actions that set a condition key; undefined where every action may. */
export function actionsWithKey(lowerCaseKey: string): ReadonlySet<Action> | undefined {
  if (lowerCaseKey.startsWith('kms:encryptioncontext:')) return contextActions
  if (lowerCaseKey.startsWith('aws:requesttag/')) return taggingActions
  return actionsOfKey.get(lowerCaseKey)
}

function byLowerCase(names: readonly string[]): Map<Action, string> {
  return new Map(names.map((name) => [`kms:${name}`.toLowerCase(), `kms:${name}`]))
}
