import assert from 'node:assert/strict'
import { Fault } from '../../lib/kms/faults.ts'
import { Quotas, requireQuota, type QuotaSettings } from '../../lib/kms/quotas.ts'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { MemoryStore } from '../../lib/store/memory.ts'
import { call, outcome, refused, type Refusal } from '../support/call.ts'
import { newAliasName } from '../support/key-calls.ts'
import { noIdentityPolicy } from '../support/policies.ts'
import { arns, keyIds, parentArn, region, useKms } from '../support/scene.ts'

const throttled: Refusal = [
  'ThrottlingException',
  'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
]

const off: QuotaSettings = { defaults: false, resources: {}, requestRates: {} }
const scope = { account: '111122223333', region: 'us-east-1' }
const store = new MemoryStore()

/** Whether the quotas let the call pass at that time. */
async function passes(
  quotas: Quotas,
  nowMs: number,
  operation: OperationName = 'CreateKey',
  input: object = {},
  where = scope,
): Promise<boolean> {
  try {
    await quotas.admit({ operation, input, scope: where, store }, nowMs)
    return true
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    assert.deepEqual([error.code, error.message], throttled)
    return false
  }
}

/** How many of so many calls at one time pass. */
async function passing(quotas: Quotas, count: number, ...rest: [number, OperationName?, object?]) {
  let passed = 0
  for (let made = 0; made < count; made++) if (await passes(quotas, ...rest)) passed += 1
  return passed
}

describe('Quotas', () => {
  const five = { ...off, requestRates: { CreateKey: 5 } }

  it('let a second’s worth pass at once, and refill by the clock', async () => {
    const quotas = new Quotas(five)
    assert.equal(await passing(quotas, 10, 0), 5)
    assert.equal(await passing(quotas, 10, 199), 0)
    assert.equal(await passing(quotas, 10, 200), 1)
    assert.equal(await passing(quotas, 10, 1000), 4)
    assert.equal(await passing(quotas, 10, 60_000), 5)
  })

  it('go on by a clock that was set back', async () => {
    const quotas = new Quotas(five)
    assert.equal(await passing(quotas, 10, 1_000_000), 5)
    assert.equal(await passing(quotas, 10, 0), 0)
    assert.equal(await passing(quotas, 10, 200), 1)
  })

  it('fill no faster for calls that overtake one another', async () => {
    const quotas = new Quotas(five)
    assert.equal(await passing(quotas, 10, 1000), 5)
    assert.equal(await passing(quotas, 1, 500), 0)
    assert.equal(await passing(quotas, 10, 1100), 0)
    assert.equal(await passing(quotas, 10, 1200), 1)
  })

  it('take rates of less than one request a second', async () => {
    const quotas = new Quotas({ ...off, requestRates: { CreateKey: 0.5 } })
    assert.equal(await passing(quotas, 3, 0), 1)
    assert.equal(await passes(quotas, 1999), false)
    assert.equal(await passes(quotas, 2000), true)
  })

  it('count each account and each Region by itself', async () => {
    const quotas = new Quotas(five)
    await passing(quotas, 5, 0)
    for (const where of [
      { ...scope, account: '444455556666' },
      { ...scope, region: 'eu-west-1' },
    ]) {
      assert.equal(await passes(quotas, 0, 'CreateKey', {}, where), true)
    }
    assert.equal(await passes(quotas, 0), false)
  })

  it('begin anew after a reset', async () => {
    const quotas = new Quotas(five)
    await passing(quotas, 5, 0)
    quotas.reset()
    assert.equal(await passes(quotas, 0), true)
  })

  it('are AWS’s where nothing else is said, only when they are asked for', async () => {
    assert.equal(await passing(new Quotas(off), 30, 0), 30)
    const usual = new Quotas({ ...off, defaults: true, requestRates: { CreateAlias: 2 } })
    assert.equal(await passing(usual, 30, 0), 5)
    assert.equal(await passing(usual, 30, 0, 'CreateAlias'), 2)
    assert.equal(usual.limit('aliasesPerKey'), 50)
    assert.equal(new Quotas(off).limit('aliasesPerKey'), Infinity)
  })

  it('refuse a call that one of its quotas refuses, and count it nowhere', async () => {
    const quotas = new Quotas({ ...off, requestRates: { ReplicateKey: 10, CreateKey: 2 } })
    const input = { ReplicaRegion: 'eu-west-1' }
    assert.equal(await passing(quotas, 9, 0, 'ReplicateKey', input), 1)
    assert.equal(await passing(quotas, 20, 0, 'ReplicateKey', { ReplicaRegion: 'a' }), 1)
    const there = { ...scope, region: 'eu-west-1' }
    assert.equal(await passes(quotas, 0, 'CreateKey', {}, there), false)
    assert.equal(await passes(quotas, 0, 'CreateKey'), true)
  })

  it('let a call pass that counts more than a second’s worth', async () => {
    const quotas = new Quotas({ ...off, requestRates: { CreateKey: 1 } })
    const input = { ReplicaRegion: 'eu-west-1' }
    assert.equal(await passing(quotas, 3, 0, 'ReplicateKey', input), 1)
    assert.equal(await passes(quotas, 1000, 'ReplicateKey', input), false)
    assert.equal(await passes(quotas, 2000, 'ReplicateKey', input), true)
  })
})

describe('requireQuota', () => {
  it('does not count where there is no quota', async () => {
    const count = () => assert.fail('counted')
    await requireQuota({ quotas: undefined }, 'keys', count)
    await requireQuota({ quotas: new Quotas(off) }, 'keys', count)
  })

  it('refuses one more than the quota allows', async () => {
    const quotas = new Quotas({ ...off, resources: { grantsPerKey: 3 } })
    await requireQuota({ quotas }, 'grantsPerKey', () => 2)
    await assert.rejects(
      requireQuota({ quotas }, 'grantsPerKey', () => 4),
      {
        code: 'LimitExceededException',
        message: 'Grants per key quota for this account in this region is 3, current usage is 4.',
      },
    )
  })
})

describe('quotas of a config', () => {
  const exceeded = (name: string, limit: number): Refusal => [
    'LimitExceededException',
    `${name} quota for this account in this region is ${limit}, current usage is ${limit}.`,
  ]

  describe('for things', () => {
    const kms = useKms(['symmetric', 'other'], {
      quotas: { keys: 4, aliasesPerKey: 2, grantsPerKey: 2, customKeyStores: 0 },
    })

    it('limit the aliases of a key, new ones and those that move to it', async () => {
      const name = newAliasName()
      const create = { AliasName: name, TargetKeyId: keyIds.symmetric }
      await call(kms.root, 'CreateAlias', create)
      const words = exceeded('Aliases per key', 2)
      const more = { ...create, AliasName: newAliasName() }
      await refused(kms.root, 'CreateAlias', more, words)
      const move = { AliasName: 'alias/other', TargetKeyId: keyIds.symmetric }
      await refused(kms.root, 'UpdateAlias', move, words)
      // An alias that stays where it is does not add to them.
      await call(kms.root, 'UpdateAlias', create)
      await call(kms.root, 'DeleteAlias', { AliasName: name })
      await call(kms.root, 'UpdateAlias', move)
    })

    it('limit the grants on a key; the same grant again is none more', async () => {
      const grant = (Name: string) => ({
        KeyId: keyIds.symmetric,
        GranteePrincipal: parentArn,
        Operations: ['Decrypt'],
        Name,
      })
      await call(kms.root, 'CreateGrant', grant('a'))
      await call(kms.root, 'CreateGrant', grant('b'))
      await call(kms.root, 'CreateGrant', grant('b'))
      await refused(kms.root, 'CreateGrant', grant('c'), exceeded('Grants per key', 2))
    })

    it('limit the keys of a Region; those that AWS manages do not count', async () => {
      for (const KeyId of ['alias/aws/s3', 'alias/aws/ebs']) {
        await call(kms.root, 'DescribeKey', { KeyId })
      }
      const made = await Promise.all(
        Array.from({ length: 5 }, () => outcome(kms.root, 'CreateKey', {})),
      )
      assert.equal(made.filter(({ status }) => status === 200).length, 2)
      await refused(kms.root, 'CreateKey', {}, exceeded('Key', 4))
      await call(kms.client({ region: 'eu-west-1' }), 'CreateKey')
    })

    it('limit the replicas in a Region like other keys', async () => {
      const elsewhere = kms.client({ region: 'ap-south-1' })
      const { KeyMetadata } = await call(elsewhere, 'CreateKey', { MultiRegion: true })
      const input = { KeyId: KeyMetadata?.KeyId, ReplicaRegion: region }
      await refused(elsewhere, 'ReplicateKey', input, exceeded('Key', 4))
    })

    it('limit the custom key stores', async () => {
      const input = {
        CustomKeyStoreName: 'store',
        CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
        XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
        XksProxyVpcEndpointServiceName: `com.amazonaws.vpce.${region}.vpce-svc-0123456789abcdef0`,
        XksProxyUriEndpoint: 'https://xks.example.com',
        XksProxyUriPath: '/kms/xks/v1',
        XksProxyAuthenticationCredential: {
          AccessKeyId: 'ABCDE234567ABCDEXAMPLE',
          RawSecretAccessKey: 'DXjSUawnel2fr6SKC7G25CNxTyWKE5PF9XX6H/u9pSo=',
        },
      }
      await refused(kms.root, 'CreateCustomKeyStore', input, exceeded('Custom key store', 0))
    })
  })

  describe('for requests', () => {
    // One in a hundred seconds: no test takes as long.
    const kms = useKms(['symmetric', 'rsa'], {
      quotas: {
        requestRates: { cryptographicOperations: { symmetric: 0.01 }, DescribeKey: 0.01 },
      },
    })

    it('refuse by the server’s clock, before anything else is asked', async () => {
      const KeyId = keyIds.symmetric
      const denied = noIdentityPolicy('kms:DescribeKey', arns.symmetric)
      await refused(kms.parent, 'DescribeKey', { KeyId }, denied)
      for (const name of [KeyId, 'none']) {
        await refused(kms.parent, 'DescribeKey', { KeyId: name }, throttled)
      }
      await refused(kms.admin, 'DescribeKey', { KeyId }, throttled)
      await kms.control('PUT', '/_/clock', { advanceSeconds: 100 })
      await call(kms.root, 'DescribeKey', { KeyId })
      await refused(kms.root, 'DescribeKey', { KeyId }, throttled)
    })

    it('are shared by the operations on a kind of key, and leave other kinds alone', async () => {
      const KeyId = keyIds.symmetric
      const Plaintext = Buffer.from('x')
      await call(kms.root, 'Encrypt', { KeyId, Plaintext })
      await refused(kms.root, 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' }, throttled)
      await refused(kms.root, 'GenerateRandom', { NumberOfBytes: 8 }, throttled)
      for (let round = 0; round < 3; round++) {
        await call(kms.root, 'Encrypt', {
          KeyId: keyIds.rsa,
          Plaintext,
          EncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
        })
      }
    })

    it('are full again after a reset', async () => {
      await refused(kms.root, 'GenerateRandom', { NumberOfBytes: 8 }, throttled)
      await kms.control('POST', '/_/reset')
      await call(kms.root, 'GenerateRandom', { NumberOfBytes: 8 })
    })
  })
})
