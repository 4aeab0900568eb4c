/**
 * KeyMetadata, as CreateKey and DescribeKey answer it. Source: API reference, "KeyMetadata", and the
 * recorded answers: an algorithm list is there only for the usage that it belongs to.
 */
import type { KeyMetadata } from '@aws-sdk/client-kms'
import type { KeyUsage } from '../crypto/specs.ts'
import type { Key } from './key.ts'

export function keyMetadata(key: Key): KeyMetadata {
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
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: record.spec as KeyMetadata['CustomerMasterKeySpec'],
    KeySpec: record.spec,
    ...algorithmLists(key),
    MultiRegion: record.multiRegion,
    ...(record.multiRegion && {
      MultiRegionConfiguration: {
        MultiRegionKeyType: 'PRIMARY',
        PrimaryKey: { Arn: key.arn, Region: record.region },
        ReplicaKeys: [],
      },
    }),
    ...(key.type === 'symmetric' &&
      key.currentMaterialId !== undefined && { CurrentKeyMaterialId: key.currentMaterialId }),
  }
}

/** Under which name a key's algorithms stand, by its usage. */
const listNames = {
  ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
  SIGN_VERIFY: 'SigningAlgorithms',
  GENERATE_VERIFY_MAC: 'MacAlgorithms',
  KEY_AGREEMENT: 'KeyAgreementAlgorithms',
} as const satisfies Record<KeyUsage, keyof KeyMetadata>

/** The algorithms of a key, under the name that its usage gives them. */
export function algorithmLists(key: Key): Partial<Pick<KeyMetadata, (typeof listNames)[KeyUsage]>> {
  return { [listNames[key.usage]]: [...key.algorithms] }
}
