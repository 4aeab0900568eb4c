import assert from 'node:assert/strict'
import { Key } from '../../lib/kms/key.ts'
import { algorithmLists, keyMetadata } from '../../lib/kms/metadata.ts'
import type { KeyRecord } from '../../lib/store/store.ts'

const record: KeyRecord = {
  account: '111122223333',
  region: 'us-east-1',
  id: '1234abcd-12ab-34cd-56ef-1234567890ab',
  spec: 'HMAC_256',
  usage: 'GENERATE_VERIFY_MAC',
  origin: 'AWS_KMS',
  state: 'Enabled',
  description: 'text',
  createdMs: 1_700_000_000_123,
  policy: '',
  tags: { a: 'b' },
  materials: [{ id: 'f'.repeat(64), bytes: Buffer.alloc(32), state: 'CURRENT' }],
}

function metadataOf(more: Partial<KeyRecord>, related: readonly KeyRecord[] = []) {
  return keyMetadata(Key.of({ ...record, ...more }), related)
}

describe('keyMetadata', () => {
  it('is everything about a key but its material, its policy and its tags', () => {
    const arn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
    assert.deepEqual(metadataOf({}), {
      AWSAccountId: '111122223333',
      KeyId: record.id,
      Arn: arn,
      CreationDate: new Date(record.createdMs),
      Enabled: true,
      Description: 'text',
      KeyUsage: 'GENERATE_VERIFY_MAC',
      KeyState: 'Enabled',
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      CustomerMasterKeySpec: 'HMAC_256',
      KeySpec: 'HMAC_256',
      MacAlgorithms: ['HMAC_SHA_256'],
      MultiRegion: false,
    })
  })

  it('says Enabled of that state alone', () => {
    for (const state of ['Disabled', 'PendingDeletion', 'PendingImport', 'Unavailable'] as const) {
      assert.equal(metadataOf({ state }).Enabled, false, state)
    }
  })

  it('has a deletion date where there is one', () => {
    assert.equal('DeletionDate' in metadataOf({}), false)
    assert.deepEqual(metadataOf({ deletionMs: 5 }).DeletionDate, new Date(5))
  })

  it('names the key material of a symmetric encryption key alone', () => {
    assert.equal('CurrentKeyMaterialId' in metadataOf({}), false)
    const symmetric = { spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT' } as const
    assert.equal(metadataOf(symmetric).CurrentKeyMaterialId, 'f'.repeat(64))
    assert.equal('CurrentKeyMaterialId' in metadataOf({ ...symmetric, materials: [] }), false)
  })
})

describe('keyMetadata of a multi-Region key', () => {
  const id = 'mrk-1234abcd12ab34cd56ef1234567890ab'
  const primary = { ...record, id, primaryRegion: 'us-east-1' }
  const replica = { ...primary, region: 'eu-west-1' }
  const named = ({ region }: KeyRecord) => ({
    Arn: `arn:aws:kms:${region}:111122223333:key/${id}`,
    Region: region,
  })

  it('names the primary and the replicas', () => {
    for (const [one, type] of [
      [primary, 'PRIMARY'],
      [replica, 'REPLICA'],
    ] as const) {
      const { MultiRegion, MultiRegionConfiguration } = metadataOf(one, [replica, primary])
      assert.equal(MultiRegion, true)
      assert.deepEqual(MultiRegionConfiguration, {
        MultiRegionKeyType: type,
        PrimaryKey: named(primary),
        ReplicaKeys: [named(replica)],
      })
    }
  })

  it('has the waiting period of a primary that waits for its replicas', () => {
    const waiting = { ...primary, state: 'PendingReplicaDeletion', pendingWindowDays: 9 } as const
    assert.equal(metadataOf(waiting, [waiting]).PendingDeletionWindowInDays, 9)
    assert.equal('PendingDeletionWindowInDays' in metadataOf(primary, [primary]), false)
  })
})

describe('keyMetadata of imported material', () => {
  const bytes = Buffer.alloc(32)
  const material = (validToMs?: number) => ({
    id: 'a'.repeat(64),
    bytes,
    state: 'CURRENT' as const,
    ...(validToMs !== undefined && { validToMs }),
  })
  const expirationOf = (materials: KeyRecord['materials'], origin: KeyRecord['origin']) => {
    const { ExpirationModel, ValidTo } = metadataOf({ origin, materials })
    return { ExpirationModel, ValidTo }
  }

  it('says when the first of them expires', () => {
    assert.deepEqual(expirationOf([material(9), material(5), material()], 'EXTERNAL'), {
      ExpirationModel: 'KEY_MATERIAL_EXPIRES',
      ValidTo: new Date(5),
    })
  })

  it('says that none expires, and nothing where there is none or KMS made it', () => {
    const nothing = { ExpirationModel: undefined, ValidTo: undefined }
    assert.deepEqual(expirationOf([material()], 'EXTERNAL'), {
      ...nothing,
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    })
    assert.deepEqual(expirationOf([], 'EXTERNAL'), nothing)
    assert.deepEqual(expirationOf([material()], 'AWS_KMS'), nothing)
  })
})

describe('algorithmLists', () => {
  it('has the list of the key’s usage alone', () => {
    for (const [spec, usage, list] of [
      ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'EncryptionAlgorithms'],
      ['RSA_2048', 'ENCRYPT_DECRYPT', 'EncryptionAlgorithms'],
      ['RSA_2048', 'SIGN_VERIFY', 'SigningAlgorithms'],
      ['HMAC_512', 'GENERATE_VERIFY_MAC', 'MacAlgorithms'],
      ['ECC_NIST_P521', 'KEY_AGREEMENT', 'KeyAgreementAlgorithms'],
    ] as const) {
      assert.deepEqual(Object.keys(algorithmLists(Key.of({ ...record, spec, usage }))), [list])
    }
  })
})
