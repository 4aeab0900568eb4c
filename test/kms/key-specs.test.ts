import assert from 'node:assert/strict'
import { requireOffered } from '../../lib/kms/key-specs.ts'

describe('requireOffered', () => {
  it('refuses what the Region lacks, in AWS’s words', () => {
    for (const [spec, region] of [
      ['SM2', 'us-east-1'],
      ['ML_KEM_768', 'cn-north-1'],
      ['ML_KEM_768', 'cn-northwest-1'],
    ] as const) {
      assert.throws(() => requireOffered(spec, region), {
        code: 'UnsupportedOperationException',
        message: `KeySpec ${spec} is not supported in this Region`,
      })
    }
    requireOffered('SM2', 'cn-north-1')
    requireOffered('ML_DSA_44', 'cn-north-1')
    requireOffered('ML_KEM_768', 'us-east-1')
  })
})
