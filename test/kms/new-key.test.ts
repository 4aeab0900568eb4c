import assert from 'node:assert/strict'
import { specs } from '../../lib/crypto/specs.ts'
import { checkImportable, readSpec } from '../../lib/kms/new-key.ts'

const usages = ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT'] as const

describe('readSpec', () => {
  for (const [spec, row] of Object.entries(specs)) {
    it(`takes the usages of the spec, and no other: ${spec}`, () => {
      const KeySpec = spec as keyof typeof specs
      for (const KeyUsage of usages) {
        if (KeyUsage in row.usages) {
          assert.deepEqual(readSpec({ KeySpec, KeyUsage }), { spec, usage: KeyUsage })
        } else {
          assert.throws(() => readSpec({ KeySpec, KeyUsage }), {
            code: 'ValidationException',
            message: `KeyUsage ${KeyUsage} is not compatible with KeySpec ${spec}`,
          })
        }
      }
    })
  }

  it('knows the usage of a symmetric encryption key alone without being told', () => {
    assert.deepEqual(readSpec({}), { spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT' })
    assert.throws(() => readSpec({ KeySpec: 'HMAC_256' }), { code: 'ValidationException' })
  })
})

describe('checkImportable', () => {
  it('refuses keys for imported material of the specs that none is imported of', () => {
    for (const spec of Object.keys(specs) as (keyof typeof specs)[]) {
      checkImportable('AWS_KMS', spec)
      if (!spec.startsWith('ML_')) checkImportable('EXTERNAL', spec)
      else {
        assert.throws(() => checkImportable('EXTERNAL', spec), {
          code: 'ValidationException',
          message: `KeySpec ${spec} is not supported for Origin EXTERNAL`,
        })
      }
    }
  })
})
