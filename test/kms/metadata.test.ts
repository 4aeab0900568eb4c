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
  multiRegion: false,
  materials: [{ id: 'f'.repeat(64), bytes: Buffer.alloc(32) }],
}

function metadataOf(more: Partial<KeyRecord>) {
  return keyMetadata(Key.of({ ...record, ...more }))
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
