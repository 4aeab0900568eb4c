import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, missing, outcome, refused } from '../../support/call.ts'
import { importParameters, newExternalKey } from '../../support/imports.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, closedPolicy, noKeyPolicy } from '../../support/policies.ts'
import { account, arnOf, arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'GetParametersForImport'
const day = 86_400_000
const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }

describe(name, function () {
  // RSA keys of 4096 bits.
  this.timeout(60_000)
  const kms = useKms(['symmetric'])

  describe('input', () => {
    it('requires a key, an algorithm and a spec', async () => {
      const KeyId = await newExternalKey(kms)
      const { WrappingAlgorithm, WrappingKeySpec } = wrapping
      await refused(kms.root, name, wrapping, missing('keyId'))
      await refused(kms.root, name, { KeyId, WrappingKeySpec }, missing('wrappingAlgorithm'))
      await refused(kms.root, name, { KeyId, WrappingAlgorithm }, missing('wrappingKeySpec'))
    })

    it('refuses what AWS does not know', async () => {
      const KeyId = await newExternalKey(kms)
      for (const wrong of [{ WrappingAlgorithm: 'RSA' }, { WrappingKeySpec: 'RSA_1024' }]) {
        const { body } = await outcome(kms.root, name, { KeyId, ...wrapping, ...wrong })
        assert.equal(body.__type, 'ValidationException')
        assert.match(String(body.message), /failed to satisfy constraint: Member must satisfy/)
      }
    })

    it('refuses a key whose material is KMS’s own', async () => {
      await refused(kms.root, name, { KeyId: keyIds.symmetric, ...wrapping }, [
        'UnsupportedOperationException',
        `${arns.symmetric} origin is AWS_KMS which is not valid for this operation.`,
      ])
    })

    const unsupported = (algorithm: string, spec: string, keySpec: string) =>
      [
        'ValidationException',
        `Wrapping algorithm ${algorithm} and wrapping key spec ${spec} cannot be used to import a ${keySpec} key.`,
      ] as const
    const combinations = [
      ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'RSAES_PKCS1_V1_5', 'RSA_2048'],
      ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'RSA_AES_KEY_WRAP_SHA_256', 'RSA_4096'],
      ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'SM2PKE', 'SM2'],
      ['RSA_2048', 'SIGN_VERIFY', 'RSAES_OAEP_SHA_256', 'RSA_4096'],
      ['ECC_NIST_P521', 'SIGN_VERIFY', 'RSAES_OAEP_SHA_1', 'RSA_2048'],
    ] as const
    for (const [KeySpec, KeyUsage, WrappingAlgorithm, WrappingKeySpec] of combinations) {
      it(`refuses ${WrappingAlgorithm} and ${WrappingKeySpec} for ${KeySpec}`, async () => {
        const KeyId = await newExternalKey(kms, { KeySpec, KeyUsage })
        const input = { KeyId, WrappingAlgorithm, WrappingKeySpec }
        const words = unsupported(WrappingAlgorithm, WrappingKeySpec, KeySpec)
        await refused(kms.root, name, input, words)
      })
    }
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => newExternalKey(kms),
      input: (KeyId) => ({ KeyId, ...wrapping }),
    })

    it('hears of the algorithm and of the spec', async () => {
      const KeyId = await newExternalKey(kms)
      const Condition = {
        StringEquals: {
          'kms:WrappingAlgorithm': 'RSAES_OAEP_SHA_256',
          'kms:WrappingKeySpec': 'RSA_2048',
        },
      }
      const Policy = closedPolicy(allow(`kms:${name}`, parentArn, { Condition }))
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
      const words = noKeyPolicy(`kms:${name}`, arnOf(KeyId))
      for (const other of [
        { WrappingAlgorithm: 'RSAES_OAEP_SHA_1' },
        { WrappingKeySpec: 'RSA_3072' },
      ]) {
        await refused(kms.parent, name, { KeyId, ...wrapping, ...other }, words)
      }
      await call(kms.parent, name, { KeyId, ...wrapping })
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({
      KeyId: await newExternalKey(kms),
      ...wrapping,
    }))
  })

  describe('result', () => {
    for (const bits of [2048, 3072, 4096]) {
      it(`is a wrapping key of ${String(bits)} bits and its token, for a day`, async () => {
        const KeyId = await newExternalKey(kms)
        const input = { KeyId, ...wrapping, WrappingKeySpec: `RSA_${String(bits)}` }
        const before = Date.now()
        const given = await answer(kms.root, name, input)
        const members = ['ImportToken', 'KeyId', 'ParametersValidTo', 'PublicKey']
        assert.deepEqual(membersOf(given), members)
        assert.equal(given.body.KeyId, arnOf(KeyId))
        const validTo = Number(given.body.ParametersValidTo) * 1000
        assert.ok(validTo >= before + day && validTo <= Date.now() + day)
        const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({
          key: Buffer.from(given.output.PublicKey!),
          format: 'der',
          type: 'spki',
        })
        assert.equal(asymmetricKeyType, 'rsa')
        assert.equal(asymmetricKeyDetails?.modulusLength, bits)
      })
    }

    it('is another one each time', async () => {
      const KeyId = await newExternalKey(kms)
      const [one, two] = [await importParameters(kms, KeyId), await importParameters(kms, KeyId)]
      assert.notDeepEqual(one.PublicKey, two.PublicKey)
      assert.notDeepEqual(one.ImportToken, two.ImportToken)
    })

    it('is an SM2 wrapping key in a China Region', async () => {
      const client = kms.client({ region: 'cn-north-1' })
      const keySpec = { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }
      const KeyId = await newExternalKey({ root: client }, keySpec)
      const { PublicKey, KeyId: arn } = await importParameters(
        { root: client },
        KeyId,
        'SM2PKE',
        'SM2',
      )
      assert.match(arn, new RegExp(`^arn:aws(-cn)?:kms:cn-north-1:${account}:key/`))
      // 1.2.156.10197.1.301, GM/T 0006.
      assert.ok(Buffer.from(PublicKey).includes(Buffer.from('2a811ccf5501822d', 'hex')))
    })
  })
})
