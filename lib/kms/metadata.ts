/**
 * KeyMetadata, as CreateKey and DescribeKey answer it. Source: API reference, "KeyMetadata", and the
 * recorded answers: an algorithm list is there only for the usage that it belongs to.
 */
import type { KeyMetadata, MultiRegionConfiguration } from '@aws-sdk/client-kms'
import type { KeyUsage } from '../crypto/specs.ts'
import type { KeyRecord } from '../store/store.ts'
import { keyArn } from './arn.ts'
import type { Key } from './key.ts'
import { isComplete, isUsed } from './materials.ts'

/** `related`: the keys of a multi-Region key, this one among them; of another key none. */
export function keyMetadata(key: Key, related: readonly KeyRecord[]): KeyMetadata {
  const { record } = key
  return {
    AWSAccountId: record.account,
    KeyId: record.id,
    Arn: key.arn,
    CreationDate: new Date(record.createdMs),
    Enabled: record.state === 'Enabled',
    Description: record.description,
    KeyUsage: record.usage,
    KeyState: record.state,
    ...(record.deletionMs !== undefined && { DeletionDate: new Date(record.deletionMs) }),
    Origin: record.origin,
    ...placeOf(record),
    KeyManager: record.manager ?? 'CUSTOMER',
    CustomerMasterKeySpec: record.spec as KeyMetadata['CustomerMasterKeySpec'],
    KeySpec: record.spec,
    ...algorithmLists(key),
    MultiRegion: key.multiRegion,
    ...(key.multiRegion && { MultiRegionConfiguration: multiRegionConfiguration(key, related) }),
    ...(record.state === 'PendingReplicaDeletion' && {
      PendingDeletionWindowInDays: record.pendingWindowDays,
    }),
    ...expiration(record),
    ...(isRotatable(key) &&
      key.currentMaterialId !== undefined && { CurrentKeyMaterialId: key.currentMaterialId }),
  }
}

function multiRegionConfiguration(
  { multiRegionKeyType }: Key,
  related: readonly KeyRecord[],
): MultiRegionConfiguration {
  const named = ({ id, ...scope }: KeyRecord) => ({ Arn: keyArn(scope, id), Region: scope.region })
  const primary = related.find(({ region, primaryRegion }) => region === primaryRegion)
  return {
    MultiRegionKeyType: multiRegionKeyType,
    PrimaryKey: primary && named(primary),
    ReplicaKeys: related.filter((one) => one !== primary).map(named),
  }
}

function placeOf({ customKeyStore }: KeyRecord) {
  if (!customKeyStore) return {}
  const { id, cloudHsmClusterId, xksKeyId } = customKeyStore
  return {
    CustomKeyStoreId: id,
    ...(cloudHsmClusterId !== undefined && { CloudHsmClusterId: cloudHsmClusterId }),
    ...(xksKeyId !== undefined && { XksKeyConfiguration: { Id: xksKeyId } }),
  }
}

/** Of other keys AWS tells no current material: they have one for good. */
function isRotatable({ type, record }: Key): boolean {
  return type === 'symmetric' && !record.customKeyStore
}

/** Of a key that has all its imported material: the first to expire counts. */
function expiration(record: KeyRecord) {
  if (record.origin !== 'EXTERNAL' || !isComplete(record)) return {}
  const used = record.materials.filter(isUsed)
  const validToMs = Math.min(...used.map(({ validToMs = Infinity }) => validToMs))
  return validToMs === Infinity
    ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const }
    : { ExpirationModel: 'KEY_MATERIAL_EXPIRES' as const, ValidTo: new Date(validToMs) }
}

/** Under which name a key's algorithms stand, by its usage. */
const listNames = {
  ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
  SIGN_VERIFY: 'SigningAlgorithms',
  GENERATE_VERIFY_MAC: 'MacAlgorithms',
  KEY_AGREEMENT: 'KeyAgreementAlgorithms',
  ENCAPSULATE_DECAPSULATE: 'EncapsulationAlgorithms',
} as const satisfies Record<KeyUsage, keyof KeyMetadata>

/** The algorithms of a key, under the name that its usage gives them. */
export function algorithmLists(key: Key): Partial<Pick<KeyMetadata, (typeof listNames)[KeyUsage]>> {
  return { [listNames[key.usage]]: [...key.algorithms] }
}
