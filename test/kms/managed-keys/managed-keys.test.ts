import assert from 'node:assert/strict'
import { Key } from '../../../lib/kms/key.ts'
import { managedKeyRows } from '../../../lib/kms/managed-keys/managed-key-rows.ts'
import { managedAlias, withPredefined } from '../../../lib/kms/managed-keys/managed-keys.ts'
import type { OperationName } from '../../../lib/kms/model/types.ts'
import { MemoryStore } from '../../../lib/store/memory.ts'
import { call, refused } from '../../support/call.ts'
import { keyCalls } from '../../support/key-calls.ts'
import { accountRoot, noKeyPolicy } from '../../support/policies.ts'
import { account, aliasArnOf, keyIds, region, useKms } from '../../support/scene.ts'

const dayMs = 86_400_000
const scope = { account, region }
const services = Object.keys(managedKeyRows)

/** What the key policies leave to the account: looking at the key. */
const metadataOperations: readonly OperationName[] = [
  'DescribeKey',
  'GetKeyLastUsage',
  'GetKeyPolicy',
  'GetKeyRotationStatus',
  'GetParametersForImport',
  'GetPublicKey',
  'ListGrants',
  'ListKeyPolicies',
  'ListKeyRotations',
  'ListResourceTags',
]

describe('an AWS managed key', () => {
  const kms = useKms(['symmetric', 'other', 'hmac', 'signing', 'agreement'])
  const principal = accountRoot

  async function managed(alias: string) {
    const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId: alias })
    return KeyMetadata!
  }

  it('is made when its alias is described, and stays the same', async () => {
    const alias = 'alias/aws/s3'
    assert.deepEqual(
      (await call(kms.root, 'ListAliases', { Limit: 100 })).Aliases?.find(
        ({ AliasName }) => AliasName === alias,
      ),
      { AliasName: alias, AliasArn: aliasArnOf(alias) },
    )
    const key = await managed(alias)
    assert.deepEqual(
      [key.KeyManager, key.KeyState, key.Origin, key.KeySpec, key.KeyUsage, key.MultiRegion],
      ['AWS', 'Enabled', 'AWS_KMS', 'SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', false],
    )
    assert.equal(
      key.Description,
      'Default key that protects my S3 objects when no other key is defined',
    )
    for (const KeyId of [alias, aliasArnOf(alias), key.Arn!, key.KeyId!]) {
      assert.equal((await managed(KeyId)).Arn, key.Arn)
    }
    const { Aliases } = await call(kms.root, 'ListAliases', { KeyId: key.KeyId })
    assert.deepEqual(
      Aliases?.map(({ AliasName, TargetKeyId }) => [AliasName, TargetKeyId]),
      [[alias, key.KeyId]],
    )
    const { Keys } = await call(kms.root, 'ListKeys')
    assert.ok(Keys?.some(({ KeyId }) => KeyId === key.KeyId))
  })

  it('is one key, however many ask for it first', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => managed('alias/aws/rds')))
    assert.equal(new Set(answers.map(({ Arn }) => Arn)).size, 1)
  })

  it('is another one in each account and Region', async () => {
    const KeyId = 'alias/aws/ebs'
    const credentials = { accessKeyId: '444455556666', secretAccessKey: 'any' }
    const clients = [kms.root, kms.client({ region: 'eu-west-1' }), kms.client({ credentials })]
    const arns = await Promise.all(
      clients.map(
        async (client) => (await call(client, 'DescribeKey', { KeyId })).KeyMetadata!.Arn,
      ),
    )
    assert.equal(new Set(arns).size, 3)
  })

  it('is not made by another account', async () => {
    const KeyId = aliasArnOf('alias/aws/sns').replace(account, '444455556666')
    await assert.rejects(call(kms.admin, 'DescribeKey', { KeyId }), /AccessDeniedException/)
    const credentials = { accessKeyId: '444455556666', secretAccessKey: 'any' }
    const { Aliases } = await call(kms.client({ credentials }), 'ListAliases', { Limit: 100 })
    const alias = Aliases?.find(({ AliasName }) => AliasName === 'alias/aws/sns')
    assert.ok(alias)
    assert.equal(alias.TargetKeyId, undefined)
  })

  it('is made for AWS’s own names alone', async () => {
    for (const KeyId of ['alias/aws/foo', 'alias/aws/', 'alias/aws/S3', 'alias/aws/s3/x']) {
      await refused(kms.root, 'DescribeKey', { KeyId }, [
        'NotFoundException',
        `Alias ${aliasArnOf(KeyId)} is not found.`,
      ])
    }
  })

  it('is made by cryptographic operations too, which only the service may do', async () => {
    for (const [alias, operation, rest] of [
      ['alias/aws/ssm', 'Encrypt', { Plaintext: Buffer.from('x') }],
      ['alias/aws/sqs', 'GenerateDataKey', { KeySpec: 'AES_256' }],
    ] as const) {
      await assert.rejects(
        call(kms.root, operation, { KeyId: alias, ...rest }),
        /no resource-based policy allows/,
      )
      const { Arn } = await managed(alias)
      const words = noKeyPolicy(`kms:${operation}`, Arn!, { principal })
      await refused(kms.root, operation, { KeyId: alias, ...rest }, words)
    }
  })

  it('is refused by every operation that is more than a look at it', async () => {
    const { KeyId, Arn } = await managed('alias/aws/lambda')
    const others = Object.entries(keyCalls).filter(
      ([name]) => !metadataOperations.includes(name as OperationName),
    )
    assert.ok(others.length > 25)
    for (const [name, row] of others as [OperationName, NonNullable<(typeof others)[0][1]>][]) {
      // ListAliases asks for no permission on the key; the other two begin with the grant or alias.
      if (['ListAliases', 'RetireGrant', 'RevokeGrant', 'DeleteAlias'].includes(name)) continue
      const rest = await row.rest(kms, keyIds[row.kind])
      const action = name === 'ReEncrypt' ? 'kms:ReEncryptTo' : `kms:${name}`
      const words = noKeyPolicy(action, Arn!, { principal })
      await refused(kms.root, name, { ...rest, [row.member!]: KeyId }, words)
    }
  })

  it('is rotated every year, from a year after it was made', async () => {
    const { KeyId, CreationDate, CurrentKeyMaterialId } = await managed('alias/aws/glue')
    const status = await call(kms.root, 'GetKeyRotationStatus', { KeyId })
    assert.deepEqual(status, {
      ...status,
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
      NextRotationDate: new Date(Number(CreationDate) + 365 * dayMs),
    })
    await kms.control('PUT', '/_/clock', { advanceSeconds: (366 * dayMs) / 1000 })
    assert.notEqual((await managed('alias/aws/glue')).CurrentKeyMaterialId, CurrentKeyMaterialId)
    await kms.control('PUT', '/_/clock', { reset: true })
  })

  it('has the key policy that AWS gives it, laid out as AWS does', async () => {
    const { KeyId } = await managed('alias/aws/secretsmanager')
    const { Policy } = await call(kms.admin, 'GetKeyPolicy', { KeyId })
    assert.equal(Policy, secretsManagerPolicy)
  })

  it('keeps its alias from being changed or deleted', async () => {
    const AliasName = 'alias/aws/kinesis'
    await managed(AliasName)
    const input = { AliasName, TargetKeyId: keyIds.symmetric }
    for (const name of ['CreateAlias', 'UpdateAlias', 'DeleteAlias'] as const) {
      await refused(kms.root, name, input, ['NotAuthorizedException', null])
    }
  })

  it('is gone after a reset, and made anew', async () => {
    const { Arn } = await managed('alias/aws/xray')
    await kms.control('POST', '/_/reset')
    assert.notEqual((await managed('alias/aws/xray')).Arn, Arn)
  })
})

describe('managedAlias', () => {
  it('makes a key with a policy that can be read, for every service', async () => {
    const store = new MemoryStore()
    for (const service of services) {
      const alias = await managedAlias(store, scope, `alias/aws/${service}`, 0)
      const record = store.key(scope, alias!.keyId)
      assert.ok(record)
      assert.equal(record.manager, 'AWS')
      const { statements } = Key.of(record).policy
      assert.equal(statements.length, managedKeyRows[service]!.statements.length)
      assert.match(record.policy, /^\{\n {2}"Version" : "2012-10-17",\n {2}"Id" : "auto-/)
    }
    assert.equal(store.keys(scope, { limit: 100 }).length, 39)
  })

  it('lets nobody put another policy in place of any', async () => {
    const store = new MemoryStore()
    for (const service of services) {
      const alias = await managedAlias(store, scope, `alias/aws/${service}`, 0)
      const { policy } = store.key(scope, alias!.keyId)!
      assert.doesNotMatch(policy, /"kms:(?:\*|Put|Schedule|Disable|Enable|Tag|Update)/)
    }
  })

  it('gives the key that is there', async () => {
    const store = new MemoryStore()
    const [one, other] = await Promise.all(
      [1, 2].map((nowMs) => managedAlias(store, scope, 'alias/aws/acm', nowMs)),
    )
    assert.deepEqual(one, other)
    assert.equal(store.keys(scope, { limit: 100 }).length, 1)
  })
})

describe('withPredefined', () => {
  const own = ['alias/a', 'alias/aws/s3', 'alias/z'].map((name) => ({
    ...scope,
    name,
    keyId: 'key',
    createdMs: 0,
    updatedMs: 0,
  }))
  const namesOf = async (after: string | undefined, limit: number) => {
    const page = await withPredefined(scope, { after, limit }, (asked) =>
      own.filter(({ name }) => name > (asked.after ?? '')).slice(0, asked.limit),
    )
    return page.map(({ name }) => name)
  }

  it('has each name once, in their order, in pages of any size', async () => {
    const whole = await namesOf(undefined, 100)
    assert.equal(whole.length, 39 + 2)
    assert.deepEqual(whole, [...new Set(whole)].sort())
    for (const limit of [1, 2, 10, 40]) {
      const seen: string[] = []
      for (;;) {
        const page = await namesOf(seen.at(-1), limit)
        if (page.length === 0) break
        seen.push(...page)
      }
      assert.deepEqual(seen, whole)
    }
  })
})

/** Secrets Manager user guide, "Key policy of the AWS managed key (aws/secretsmanager)". */
const secretsManagerPolicy = `{
  "Version" : "2012-10-17",
  "Id" : "auto-secretsmanager-2",
  "Statement" : [ {
    "Sid" : "Allow access through AWS Secrets Manager for all principals in the account that are authorized to use AWS Secrets Manager",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "*"
    },
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:CreateGrant", "kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {
      "StringEquals" : {
        "kms:CallerAccount" : "${account}",
        "kms:ViaService" : "secretsmanager.us-east-1.amazonaws.com"
      }
    }
  }, {
    "Sid" : "Allow access through AWS Secrets Manager for all principals in the account that are authorized to use AWS Secrets Manager",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "*"
    },
    "Action" : "kms:GenerateDataKey*",
    "Resource" : "*",
    "Condition" : {
      "StringEquals" : {
        "kms:CallerAccount" : "${account}"
      },
      "StringLike" : {
        "kms:ViaService" : "secretsmanager.*.amazonaws.com"
      }
    }
  }, {
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "${accountRoot}"
    },
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant" ],
    "Resource" : "*"
  } ]
}`
