import assert from 'node:assert/strict'
import {
  answer,
  call,
  constraint,
  membersOf,
  missing,
  outcome,
  refused,
  type Refusal,
} from '../../support/call.ts'
import { imported } from '../../support/imports.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import {
  allow,
  closedPolicy,
  delegation,
  noIdentityPolicy,
  noKeyPolicy,
  policyOf,
} from '../../support/policies.ts'
import {
  arnIn,
  clientsOf,
  describedIn,
  east,
  ireland,
  newMultiRegionKey,
  west,
  type Clients,
} from '../../support/regions.ts'
import { account, parentArn, useKms } from '../../support/scene.ts'

const name = 'ReplicateKey'
const action = `kms:${name}`

/** A role that may create replicas in Oregon, and put no tags on them. */
const replicator = {
  arn: `arn:aws:iam::${account}:role/replicator`,
  accessKeyId: 'AKIAREPLICATOR0000',
  secretAccessKey: 'replicator-secret',
  sessionName: 'ops',
  policies: [
    {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: action, Resource: '*' },
        {
          Effect: 'Allow',
          Action: 'kms:CreateKey',
          Resource: '*',
          Condition: {
            StringEquals: {
              'aws:RequestedRegion': west,
              'kms:MultiRegionKeyType': 'REPLICA',
              'kms:KeySpec': 'SYMMETRIC_DEFAULT',
            },
            Bool: { 'kms:MultiRegion': 'true' },
          },
        },
      ],
    },
  ],
}
const principal = `arn:aws:sts::${account}:assumed-role/replicator/ops`

const onlyOne: Refusal = [
  'AlreadyExistsException',
  'You can create only one replica of each primary key in each AWS Region.',
]

describe(name, () => {
  const kms = useKms([], { principals: [replicator] })
  let at: Clients
  before(() => (at = clientsOf(kms)))

  const newKey = (...replicas: string[]) => newMultiRegionKey(kms, replicas)

  describe('input', () => {
    it('requires a key and a Region', async () => {
      await refused(kms.root, name, { ReplicaRegion: west }, missing('keyId'))
      await refused(kms.root, name, { KeyId: await newKey() }, missing('replicaRegion'))
    })

    it('refuses what has not the form of a Region', async () => {
      const KeyId = await newKey()
      const words =
        "Value 'Oregon' at 'replicaRegion' failed to satisfy constraint: Member must satisfy regular expression pattern: ^([a-z]+-){2,3}\\d+$"
      await refused(kms.root, name, { KeyId, ReplicaRegion: 'Oregon' }, constraint(words))
    })

    const regions: readonly (readonly [string, region: string, text: string])[] = [
      [
        'the Region of the primary',
        east,
        `${east} cannot have a replica because it contains the primary.`,
      ],
      [
        'a Region of another partition',
        'cn-north-1',
        'The replica key Region must be in the same AWS partition as the primary key Region.',
      ],
      [
        'a Region that there is not',
        'us-invalid-1',
        'Region us-invalid-1 is not a valid Region or multi-Region keys are not supported in Region us-invalid-1.',
      ],
    ]
    for (const [which, ReplicaRegion, text] of regions) {
      it(`refuses ${which}`, async () => {
        const KeyId = await newKey()
        await refused(kms.root, name, { KeyId, ReplicaRegion }, ['ValidationException', text])
      })
    }

    it('refuses a replica and a key of one Region', async () => {
      const KeyId = await newKey(west)
      await refused(at[west], name, { KeyId, ReplicaRegion: ireland }, [
        'UnsupportedOperationException',
        `${arnIn(west, KeyId)} is not a multi-region primary key.`,
      ])
      const single = await newMultiRegionKey(kms, [], { MultiRegion: false })
      await refused(kms.root, name, { KeyId: single, ReplicaRegion: west }, [
        'UnsupportedOperationException',
        `${arnIn(east, single)} is not a multi-region primary key.`,
      ])
    })

    it('refuses a Region that has a replica, whatever state that is in', async () => {
      const KeyId = await newKey(west)
      await refused(kms.root, name, { KeyId, ReplicaRegion: west }, onlyOne)
      await call(at[west], 'ScheduleKeyDeletion', { KeyId })
      await refused(kms.root, name, { KeyId, ReplicaRegion: west }, onlyOne)
    })

    it('refuses tags that no key can have, and makes no replica', async () => {
      const KeyId = await newKey()
      const tag = { TagKey: 'a', TagValue: '' }
      await refused(kms.root, name, { KeyId, ReplicaRegion: west, Tags: [tag, tag] }, [
        'TagException',
        'Duplicate tag keys',
      ])
      assert.deepEqual(
        (await describedIn(kms.root, KeyId)).MultiRegionConfiguration?.ReplicaKeys,
        [],
      )
    })

    it('refuses a policy that locks its caller out, unless told not to look', async () => {
      const input = {
        KeyId: await newKey(),
        ReplicaRegion: west,
        Policy: policyOf(allow('kms:*', parentArn)),
      }
      await refused(kms.root, name, input, [
        'MalformedPolicyDocumentException',
        'The new key policy will not allow you to update the key policy in the future.',
      ])
      await call(kms.root, name, { ...input, BypassPolicyLockoutSafetyCheck: true })
    })

    it('refuses a policy with principals that there are not', async () => {
      const nobody = `arn:aws:iam::${account}:role/nobody`
      const Policy = policyOf(delegation, allow('kms:*', nobody))
      await refused(kms.root, name, { KeyId: await newKey(), ReplicaRegion: west, Policy }, [
        'MalformedPolicyDocumentException',
        'Policy contains a statement with one or more invalid principals.',
      ])
    })
  })

  describe('access', () => {
    // The parent may not create keys: what its key policy allows is not all that it takes.
    it('on the key is not enough without kms:CreateKey in an IAM policy', async () => {
      const KeyId = await newKey()
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy: closedPolicy(allow(action)) })
      const words = noIdentityPolicy('kms:CreateKey', '*')
      await refused(kms.parent, name, { KeyId, ReplicaRegion: west }, words)
    })

    it('asks for kms:CreateKey in the Region of the replica', async () => {
      const KeyId = await newKey()
      const words = noIdentityPolicy('kms:CreateKey', '*', { principal })
      await refused(asReplicator(), name, { KeyId, ReplicaRegion: ireland }, words)
      await call(asReplicator(), name, { KeyId, ReplicaRegion: west })
    })

    it('with tags asks for kms:TagResource as well', async () => {
      const input = {
        KeyId: await newKey(),
        ReplicaRegion: west,
        Tags: [{ TagKey: 'a', TagValue: 'b' }],
      }
      const words = noIdentityPolicy('kms:TagResource', '*', { principal })
      await refused(asReplicator(), name, input, words)
      await call(kms.admin, name, input)
    })

    it('hears of the Region', async () => {
      const KeyId = await newKey()
      const Condition = { StringEquals: { 'kms:ReplicaRegion': [west] } }
      const principalArn = replicator.arn
      const Policy = closedPolicy(allow(action, principalArn, { Condition }))
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
      const words = noKeyPolicy(action, arnIn(east, KeyId), { principal })
      await refused(asReplicator(), name, { KeyId, ReplicaRegion: ireland }, words)
      await call(asReplicator(), name, { KeyId, ReplicaRegion: west })
    })

    function asReplicator() {
      const { accessKeyId, secretAccessKey } = replicator
      return kms.client({ credentials: { accessKeyId, secretAccessKey } })
    }
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ KeyId: await newKey(), ReplicaRegion: west }))
  })

  describe('result', () => {
    it('is a key that is being created, with the default policy and no tags', async () => {
      const KeyId = await newKey(ireland)
      const got = await answer(kms.root, name, { KeyId, ReplicaRegion: west })
      assert.deepEqual(membersOf(got), ['ReplicaKeyMetadata', 'ReplicaPolicy'])
      const { CreationDate: _, ...metadata } = got.output.ReplicaKeyMetadata!
      assert.deepEqual(metadata, {
        AWSAccountId: account,
        KeyId,
        Arn: arnIn(west, KeyId),
        Enabled: false,
        Description: '',
        KeyUsage: 'ENCRYPT_DECRYPT',
        KeyState: 'Creating',
        Origin: 'AWS_KMS',
        KeyManager: 'CUSTOMER',
        CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
        KeySpec: 'SYMMETRIC_DEFAULT',
        EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
        MultiRegion: true,
        MultiRegionConfiguration: {
          MultiRegionKeyType: 'REPLICA',
          PrimaryKey: { Arn: arnIn(east, KeyId), Region: east },
          ReplicaKeys: [
            { Arn: arnIn(ireland, KeyId), Region: ireland },
            { Arn: arnIn(west, KeyId), Region: west },
          ],
        },
      })
      const { Policy } = await call(at[west], 'GetKeyPolicy', { KeyId })
      assert.equal(Policy, got.output.ReplicaPolicy)
      assert.match(Policy!, /"key-default-1"/)
    })

    it('works at once, and every related key names all of them', async () => {
      const KeyId = await newKey(west, ireland)
      const { MultiRegionConfiguration, ...primary } = await describedIn(kms.root, KeyId)
      for (const region of [west, ireland] as const) {
        const found = await describedIn(at[region], KeyId)
        assert.equal(found.KeyState, 'Enabled')
        assert.equal(found.Enabled, true)
        assert.equal(found.CurrentKeyMaterialId, primary.CurrentKeyMaterialId)
        assert.deepEqual(found.MultiRegionConfiguration, {
          ...MultiRegionConfiguration,
          MultiRegionKeyType: 'REPLICA',
        })
      }
    })

    it('has the policy, the tags and the description of the request, and none of the primary’s', async () => {
      const KeyId = await newMultiRegionKey(kms, [], {
        Description: 'primary',
        Tags: [{ TagKey: 'primary', TagValue: '' }],
      })
      await call(kms.root, 'CreateAlias', { AliasName: 'alias/primary', TargetKeyId: KeyId })
      const Operations = ['DescribeKey']
      await call(kms.root, 'CreateGrant', { KeyId, GranteePrincipal: parentArn, Operations })
      const Tags = [{ TagKey: 'replica', TagValue: 'b' }]
      const Policy = policyOf(delegation)
      const given = { Description: 'replica', Tags, Policy }
      const got = await call(kms.root, name, { KeyId, ReplicaRegion: west, ...given })
      assert.equal(got.ReplicaKeyMetadata?.Description, 'replica')
      assert.deepEqual(got.ReplicaTags, Tags)
      assert.equal(got.ReplicaPolicy, Policy)
      assert.deepEqual((await call(at[west], 'ListResourceTags', { KeyId })).Tags, Tags)
      assert.equal((await call(at[west], 'GetKeyPolicy', { KeyId })).Policy, Policy)
      assert.deepEqual((await call(at[west], 'ListAliases', { KeyId })).Aliases, [])
      assert.deepEqual((await call(at[west], 'ListGrants', { KeyId })).Grants, [])
      await call(kms.root, 'DisableKey', { KeyId })
      assert.equal((await describedIn(at[west], KeyId)).KeyState, 'Enabled')
    })

    it('opens in every Region what any of them sealed, also what is older than the replica', async () => {
      const KeyId = await newKey(west)
      const EncryptionContext = { tenant: 'a' }
      const input = { KeyId, EncryptionContext, Plaintext: Buffer.from('secret') }
      const sealed = [
        await call(kms.root, 'Encrypt', input),
        await call(at[west], 'Encrypt', input),
      ]
      await call(kms.root, 'RotateKeyOnDemand', { KeyId })
      sealed.push(await call(at[west], 'Encrypt', input))
      await call(kms.root, name, { KeyId, ReplicaRegion: ireland })
      for (const { CiphertextBlob } of sealed) {
        for (const region of [east, west, ireland] as const) {
          for (const naming of [{}, { KeyId }, { KeyId: arnIn(region, KeyId) }]) {
            const opened = await call(at[region], 'Decrypt', {
              CiphertextBlob,
              EncryptionContext,
              ...naming,
            })
            assert.equal(Buffer.from(opened.Plaintext!).toString(), 'secret')
            assert.equal(opened.KeyId, arnIn(region, KeyId))
          }
        }
      }
    })

    it('is another key than its primary to Decrypt, where the request names that', async () => {
      const KeyId = await newKey(west)
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
      await refused(at[west], 'Decrypt', { CiphertextBlob, KeyId: arnIn(east, KeyId) }, [
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      ])
    })

    it('shares a key pair and an HMAC key as well', async () => {
      const Message = Buffer.from('message')
      const signing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }
      const pair = { KeyId: await newMultiRegionKey(kms, [west], signing), Message }
      const SigningAlgorithm = 'ECDSA_SHA_256'
      const { Signature } = await call(at[west], 'Sign', { ...pair, SigningAlgorithm })
      const verify = { ...pair, SigningAlgorithm, Signature }
      assert.equal((await call(kms.root, 'Verify', verify)).SignatureValid, true)
      const hmac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }
      const secret = { KeyId: await newMultiRegionKey(kms, [west], hmac), Message }
      const MacAlgorithm = 'HMAC_SHA_256'
      const macs = [kms.root, at[west]].map((one) =>
        call(one, 'GenerateMac', { ...secret, MacAlgorithm }),
      )
      const [first, second] = await Promise.all(macs)
      assert.deepEqual(first?.Mac, second?.Mac)
    })

    it('of a key with imported material waits for the same material', async () => {
      const KeyId = await newMultiRegionKey(kms, [], { Origin: 'EXTERNAL' })
      await refused(kms.root, name, { KeyId, ReplicaRegion: west }, [
        'KMSInvalidStateException',
        `${arnIn(east, KeyId)} is pending import.`,
      ])
      const material = Buffer.alloc(32, 7)
      const id = await imported(kms, KeyId, material)
      const { ReplicaKeyMetadata } = await call(kms.root, name, { KeyId, ReplicaRegion: west })
      assert.equal(ReplicaKeyMetadata?.KeyState, 'Creating')
      assert.equal(ReplicaKeyMetadata.ExpirationModel, 'KEY_MATERIAL_DOES_NOT_EXPIRE')
      const waiting = await describedIn(at[west], KeyId)
      assert.equal(waiting.KeyState, 'PendingImport')
      assert.equal(waiting.CurrentKeyMaterialId, id)
      assert.equal('ExpirationModel' in waiting, false)
      assert.equal(await imported({ root: at[west] }, KeyId, material), id)
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
      const { Plaintext } = await call(at[west], 'Decrypt', { CiphertextBlob })
      assert.deepEqual(Buffer.from(Plaintext!), Buffer.of(1))
    })

    it('of several calls for one Region at once is one replica', async () => {
      const KeyId = await newKey()
      const calls = Array.from({ length: 8 }, () =>
        outcome(kms.root, name, { KeyId, ReplicaRegion: west }),
      )
      const codes = (await Promise.all(calls)).map(({ body }) => body.__type ?? 'made')
      assert.deepEqual(codes.sort(), [...Array<string>(7).fill(onlyOne[0]), 'made'])
    })

    it('of several calls for several Regions at once is a replica in each', async () => {
      const KeyId = await newKey()
      const regions = ['ap-east-1', ireland, 'sa-east-1', west]
      await Promise.all(
        regions.map((ReplicaRegion) => call(kms.root, name, { KeyId, ReplicaRegion })),
      )
      const { MultiRegionConfiguration } = await describedIn(at[west], KeyId)
      const named = MultiRegionConfiguration?.ReplicaKeys?.map(({ Region }) => Region)
      assert.deepEqual(named, regions)
    })
  })
})
