import assert from 'node:assert/strict'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { outcome, refused } from '../support/call.ts'
import { allow, closedPolicy, noKeyPolicy } from '../support/policies.ts'
import { call } from '../support/call.ts'
import { arnOf, arns, keyIds, parentArn, useKms } from '../support/scene.ts'

const operations: readonly (readonly [OperationName, object])[] = [
  ['GenerateDataKey', { KeySpec: 'AES_256' }],
  ['GenerateDataKeyWithoutPlaintext', { KeySpec: 'AES_256' }],
  ['GenerateDataKeyPair', { KeyPairSpec: 'ECC_NIST_P256' }],
  ['GenerateDataKeyPairWithoutPlaintext', { KeyPairSpec: 'ECC_NIST_P256' }],
]

describe('data keys', () => {
  const kms = useKms(['symmetric', 'rsa', 'hmac'])

  for (const [operation, rest] of operations) {
    it(`hear of the algorithm and the encryption context: ${operation}`, async () => {
      const { KeyMetadata } = await call(kms.root, 'CreateKey')
      const KeyId = KeyMetadata!.KeyId!
      const Condition = {
        StringEquals: {
          'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
          'kms:EncryptionContext:tenant': 'a',
        },
      }
      const Policy = closedPolicy(allow(`kms:${operation}`, parentArn, { Condition }))
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
      const input = { KeyId, ...rest }
      await call(kms.parent, operation, { ...input, EncryptionContext: { tenant: 'a' } })
      const words = noKeyPolicy(`kms:${operation}`, arnOf(KeyId))
      await refused(kms.parent, operation, input, words)
    })

    it(`are made under a symmetric encryption key only: ${operation}`, async () => {
      await refused(kms.root, operation, { KeyId: keyIds.hmac, ...rest }, [
        'InvalidKeyUsageException',
        `${arns.hmac} key usage is GENERATE_VERIFY_MAC which is not valid for ${operation}.`,
      ])
      await refused(kms.root, operation, { KeyId: keyIds.rsa, ...rest }, [
        'InvalidKeyUsageException',
        operation.startsWith('GenerateDataKeyPair')
          ? 'You cannot generate a data key pair with an asymmetric CMK'
          : 'Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.',
      ])
    })

    it(`are never answered beside a refusal: ${operation}`, async () => {
      const input = { KeyId: keyIds.symmetric, ...rest }
      const { body } = await outcome(kms.parent, operation, input)
      assert.deepEqual(Object.keys(body), ['__type', 'Message'])
    })
  }
})
