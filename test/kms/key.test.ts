import assert from 'node:assert/strict'
import { generateMaterial } from '../../lib/crypto/material.ts'
import { Key } from '../../lib/kms/key.ts'
import type { KeyRecord } from '../../lib/store/store.ts'

const record: KeyRecord = {
  account: '111122223333',
  region: 'us-east-1',
  id: '1234abcd-12ab-34cd-56ef-1234567890ab',
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  state: 'Enabled',
  description: '',
  createdMs: 0,
  policy: '{"Version":"2012-10-17","Statement":[]}',
  tags: {},
  materials: [],
}

describe('Key', () => {
  it('is made once of a record, and anew of another', () => {
    assert.equal(Key.of(record), Key.of(record))
    assert.notEqual(Key.of(record), Key.of({ ...record }))
  })

  it('has the type that AWS says of its spec', () => {
    const typeOf = (spec: KeyRecord['spec']) => Key.of({ ...record, spec }).type
    assert.equal(typeOf('SYMMETRIC_DEFAULT'), 'symmetric')
    assert.equal(typeOf('HMAC_512'), 'HMAC')
    assert.equal(typeOf('RSA_2048'), 'asymmetric')
    assert.equal(typeOf('ECC_NIST_EDWARDS25519'), 'asymmetric')
  })

  it('has the algorithms of its usage alone', () => {
    const spec = 'ECC_NIST_P256'
    assert.deepEqual(Key.of({ ...record, spec, usage: 'SIGN_VERIFY' }).algorithms, [
      'ECDSA_SHA_256',
    ])
    assert.deepEqual(Key.of({ ...record, spec, usage: 'KEY_AGREEMENT' }).algorithms, ['ECDH'])
  })

  it('parses its policy once', () => {
    const key = Key.of({ ...record })
    assert.equal(key.policy, key.policy)
  })

  it('uses the current one of its materials, and finds each by the beginning of its id', async () => {
    const materials = await Promise.all(
      (['NON_CURRENT', 'CURRENT', 'PENDING_ROTATION'] as const).map(async (state, index) => ({
        id: 'abd'.charAt(index).repeat(64),
        bytes: (await generateMaterial('SYMMETRIC_DEFAULT')).bytes,
        state,
      })),
    )
    const key = Key.of({ ...record, materials })
    assert.equal(key.currentMaterialId, 'b'.repeat(64))
    assert.equal(key.current, key.version('b'.repeat(30))?.material)
    assert.equal(key.version('a'.repeat(30))?.id, 'a'.repeat(64))
    assert.equal(key.version('c'), undefined)
  })

  it('without material has none to use', () => {
    const key = Key.of({ ...record })
    assert.equal(key.currentMaterialId, undefined)
    assert.throws(() => key.current, { message: `key without material in use: ${key.arn}` })
  })

  it('whose material is gone has none to use either', () => {
    const key = Key.of({ ...record, materials: [{ id: 'a'.repeat(64), state: 'CURRENT' }] })
    assert.equal(key.hasMaterial, false)
    assert.equal(key.currentMaterialId, 'a'.repeat(64))
    assert.equal(key.version('a'.repeat(30)), undefined)
    assert.throws(() => key.current, { message: `key without material in use: ${key.arn}` })
  })

  it('says what it is of a multi-Region key', () => {
    const typeOf = (primaryRegion: string) => Key.of({ ...record, primaryRegion })
    assert.equal(Key.of(record).multiRegionKeyType, undefined)
    assert.equal(typeOf('us-east-1').multiRegionKeyType, 'PRIMARY')
    assert.equal(typeOf('eu-west-1').multiRegionKeyType, 'REPLICA')
  })
})
