import assert from 'node:assert/strict'
import { answer, call, constraint, membersOf, refused, type Refusal } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, delegation, noIdentityPolicy, policyOf } from '../../support/policies.ts'
import { account, arnOf, parentArn, useKms } from '../../support/scene.ts'

const name = 'CreateKey'

/** A role that may create HMAC keys in this Region, and no tags on them. */
const creator = {
  arn: `arn:aws:iam::${account}:role/creator`,
  accessKeyId: 'AKIACREATOR0000000',
  secretAccessKey: 'creator-secret',
  sessionName: 'ops',
  policies: [
    {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'kms:CreateKey',
          Resource: '*',
          Condition: {
            StringLike: { 'kms:KeySpec': 'HMAC_*' },
            StringEquals: { 'kms:KeyUsage': 'GENERATE_VERIFY_MAC', 'kms:KeyOrigin': 'AWS_KMS' },
            Bool: { 'kms:MultiRegion': 'false' },
          },
        },
      ],
    },
  ],
}
const principal = `arn:aws:sts::${account}:assumed-role/creator/ops`

const common = [
  'AWSAccountId',
  'Arn',
  'CreationDate',
  'CustomerMasterKeySpec',
  'Description',
  'Enabled',
  'KeyId',
  'KeyManager',
  'KeySpec',
  'KeyState',
  'KeyUsage',
  'MultiRegion',
  'Origin',
]

describe(name, () => {
  const kms = useKms([], { principals: [creator] })

  function creatorClient() {
    const { accessKeyId, secretAccessKey } = creator
    return kms.client({ credentials: { accessKeyId, secretAccessKey } })
  }

  describe('input', () => {
    it('refuses KeySpec beside its old name', async () => {
      const KeySpec = 'SYMMETRIC_DEFAULT'
      await refused(kms.root, name, { KeySpec, CustomerMasterKeySpec: KeySpec }, [
        'ValidationException',
        'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
      ])
      const { KeyMetadata } = await call(kms.root, name, { CustomerMasterKeySpec: KeySpec })
      assert.equal(KeyMetadata?.KeySpec, KeySpec)
    })

    it('requires a usage of every key that is not symmetric', async () => {
      for (const KeySpec of ['RSA_2048', 'ECC_NIST_P256', 'HMAC_256']) {
        await refused(kms.root, name, { KeySpec }, [
          'ValidationException',
          'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
        ])
      }
    })

    it('refuses a usage that the spec does not have', async () => {
      for (const [KeySpec, KeyUsage] of [
        ['RSA_2048', 'KEY_AGREEMENT'],
        ['SYMMETRIC_DEFAULT', 'SIGN_VERIFY'],
        ['HMAC_256', 'ENCRYPT_DECRYPT'],
        ['ECC_SECG_P256K1', 'KEY_AGREEMENT'],
      ]) {
        await refused(kms.root, name, { KeySpec, KeyUsage }, [
          'ValidationException',
          `KeyUsage ${String(KeyUsage)} is not compatible with KeySpec ${String(KeySpec)}`,
        ])
      }
    })

    it('refuses a key for imported material of a spec that none is imported of', async () => {
      for (const [KeySpec, KeyUsage] of [
        ['ML_DSA_44', 'SIGN_VERIFY'],
        ['ML_KEM_768', 'ENCAPSULATE_DECAPSULATE'],
      ]) {
        await refused(kms.root, name, { KeySpec, KeyUsage, Origin: 'EXTERNAL' }, [
          'ValidationException',
          `KeySpec ${String(KeySpec)} is not supported for Origin EXTERNAL`,
        ])
      }
    })

    it('refuses a spec that the Region does not have', async () => {
      await refused(kms.root, name, { KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' }, [
        'UnsupportedOperationException',
        'KeySpec SM2 is not supported in this Region',
      ])
    })

    it('refuses a description of 8193 characters', async () => {
      const Description = 'x'.repeat(8193)
      const words = `Value '${Description}' at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192`
      await refused(kms.root, name, { Description }, constraint(words))
    })

    it('refuses tags that no key can have, and makes no key', async () => {
      const before = await call(kms.root, 'ListKeys')
      const tag = { TagKey: 'a', TagValue: '' }
      await refused(kms.root, name, { Tags: [tag, tag] }, ['TagException', 'Duplicate tag keys'])
      const reserved = { Tags: [{ TagKey: 'Aws:a', TagValue: '' }] }
      const words: Refusal = ['TagException', 'Tags beginning with aws: are reserved']
      await refused(kms.root, name, reserved, words)
      assert.deepEqual((await call(kms.root, 'ListKeys')).Keys, before.Keys)
    })

    it('refuses a policy that locks its caller out, unless told not to look', async () => {
      const Policy = policyOf(allow('kms:*', parentArn))
      await refused(kms.root, name, { Policy }, [
        'MalformedPolicyDocumentException',
        'The new key policy will not allow you to update the key policy in the future.',
      ])
      await call(kms.root, name, { Policy, BypassPolicyLockoutSafetyCheck: true })
    })

    it('refuses a policy with principals that there are not', async () => {
      const Policy = policyOf(delegation, allow('kms:*', `arn:aws:iam::${account}:role/nobody`))
      await refused(kms.root, name, { Policy }, [
        'MalformedPolicyDocumentException',
        'Policy contains a statement with one or more invalid principals.',
      ])
    })
  })

  describe('access', () => {
    it('refuses a role whose identity policies do not allow it', async () => {
      await refused(kms.parent, name, {}, noIdentityPolicy(`kms:${name}`, '*'))
    })

    it('is allowed by an identity policy', async () => {
      await call(kms.admin, name)
    })

    it('hears of the key that is asked for, defaults included', async () => {
      const client = creatorClient()
      const allowed = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }
      await call(client, name, allowed)
      const words = noIdentityPolicy(`kms:${name}`, '*', { principal })
      for (const input of [
        {},
        { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
        { ...allowed, MultiRegion: true },
        { ...allowed, Origin: 'EXTERNAL' },
      ]) {
        await refused(client, name, input, words)
      }
    })

    it('with tags asks for kms:TagResource as well', async () => {
      const input = {
        KeySpec: 'HMAC_256',
        KeyUsage: 'GENERATE_VERIFY_MAC',
        Tags: [{ TagKey: 'a', TagValue: 'b' }],
      }
      const words = noIdentityPolicy('kms:TagResource', '*', { principal })
      await refused(creatorClient(), name, input, words)
      await call(kms.admin, name, input)
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({}))
  })

  describe('result', () => {
    /** The member that only such keys have, and what is in it. */
    const kinds: readonly (readonly [string, string, string, readonly string[]])[] = [
      ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'EncryptionAlgorithms', ['SYMMETRIC_DEFAULT']],
      ['HMAC_224', 'GENERATE_VERIFY_MAC', 'MacAlgorithms', ['HMAC_SHA_224']],
      ['HMAC_512', 'GENERATE_VERIFY_MAC', 'MacAlgorithms', ['HMAC_SHA_512']],
      ['ECC_NIST_P256', 'SIGN_VERIFY', 'SigningAlgorithms', ['ECDSA_SHA_256']],
      ['ECC_NIST_P384', 'KEY_AGREEMENT', 'KeyAgreementAlgorithms', ['ECDH']],
      ['ECC_SECG_P256K1', 'SIGN_VERIFY', 'SigningAlgorithms', ['ECDSA_SHA_256']],
      [
        'RSA_2048',
        'ENCRYPT_DECRYPT',
        'EncryptionAlgorithms',
        ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
      ],
    ]
    for (const [KeySpec, KeyUsage, list, algorithms] of kinds) {
      it(`has AWS’s members and no other: ${KeySpec} for ${KeyUsage}`, async () => {
        const got = await answer(kms.root, name, { KeySpec, KeyUsage })
        assert.deepEqual(membersOf(got), ['KeyMetadata'])
        const metadata = got.body.KeyMetadata as Record<string, unknown>
        const material = KeySpec === 'SYMMETRIC_DEFAULT' ? ['CurrentKeyMaterialId'] : []
        assert.deepEqual(Object.keys(metadata).sort(), [...common, list, ...material].sort())
        assert.deepEqual(metadata[list], algorithms)
        assert.equal(metadata.KeySpec, KeySpec)
        assert.equal(metadata.CustomerMasterKeySpec, KeySpec)
        assert.equal(metadata.KeyUsage, KeyUsage)
        assert.equal(metadata.KeyState, 'Enabled')
        assert.equal(metadata.Arn, arnOf(String(metadata.KeyId)))
      })
    }

    it('is a symmetric encryption key unless told', async () => {
      const { KeyMetadata } = await call(kms.root, name)
      assert.equal(KeyMetadata?.KeySpec, 'SYMMETRIC_DEFAULT')
      assert.equal(KeyMetadata.KeyUsage, 'ENCRYPT_DECRYPT')
      assert.match(KeyMetadata.KeyId!, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    })

    it('has the tags, the description and the policy that were given', async () => {
      const Tags = [{ TagKey: 'a', TagValue: 'b' }]
      const Policy = policyOf(delegation)
      const { KeyMetadata } = await call(kms.root, name, { Tags, Description: 'text', Policy })
      const { KeyId } = KeyMetadata!
      assert.equal(KeyMetadata?.Description, 'text')
      assert.deepEqual((await call(kms.root, 'ListResourceTags', { KeyId })).Tags, Tags)
      assert.equal((await call(kms.root, 'GetKeyPolicy', { KeyId })).Policy, Policy)
    })

    it('waits for its material when that comes from elsewhere', async () => {
      const got = await answer(kms.root, name, { Origin: 'EXTERNAL' })
      const { KeyMetadata } = got.output
      assert.equal(KeyMetadata?.KeyState, 'PendingImport')
      assert.equal(KeyMetadata.Enabled, false)
      assert.equal(KeyMetadata.Origin, 'EXTERNAL')
      assert.equal('CurrentKeyMaterialId' in KeyMetadata, false)
    })

    it('of a multi-Region key says that it is the primary', async () => {
      const { KeyMetadata } = await call(kms.root, name, { MultiRegion: true })
      assert.match(KeyMetadata!.KeyId!, /^mrk-[0-9a-f]{32}$/)
      assert.equal(KeyMetadata?.MultiRegion, true)
      assert.deepEqual(KeyMetadata.MultiRegionConfiguration, {
        MultiRegionKeyType: 'PRIMARY',
        PrimaryKey: { Arn: KeyMetadata.Arn, Region: 'us-east-1' },
        ReplicaKeys: [],
      })
    })
  })
})
