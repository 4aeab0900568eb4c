import assert from 'node:assert/strict'
import { chargesOf, rateNames, usualRate } from '../../lib/kms/request-rates.ts'
import { sealBlob } from '../../lib/kms/blob.ts'
import { Key } from '../../lib/kms/key.ts'
import { firstMaterial } from '../../lib/kms/materials.ts'
import { operations } from '../../lib/kms/operations/index.ts'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { MemoryStore } from '../../lib/store/memory.ts'
import type { KeyRecord } from '../../lib/store/store.ts'

const scope = { account: '111122223333', region: 'us-east-1' }
const store = new MemoryStore()
const specs = [
  'SYMMETRIC_DEFAULT',
  'HMAC_256',
  'RSA_2048',
  'ECC_NIST_P256',
  'SM2',
  'ML_DSA_44',
  'ML_KEM_768',
] as const

const idOf = (index: number) => `00000000-0000-4000-8000-00000000000${String(index)}`

function keyOf(index: number): KeyRecord {
  const spec = specs[index]!
  return {
    ...scope,
    id: idOf(index),
    spec: spec,
    usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    state: 'Enabled',
    description: '',
    createdMs: 0,
    policy: '',
    tags: {},
    materials: index === 0 ? firstMaterial(idOf(0), Buffer.alloc(32)) : [],
  }
}

before(() =>
  store.transact((writer) => {
    specs.forEach((_, index) => writer.putKey(keyOf(index)))
    const times = { createdMs: 0, updatedMs: 0 }
    writer.putAlias({ ...scope, name: 'alias/rsa', keyId: idOf(2), ...times })
    writer.putKey({ ...keyOf(0), id: idOf(9), customKeyStore: { id: 'cks-1' } })
  }),
)

/** The quotas that a call counts towards, in the caller's account and Region where nothing is said. */
async function counted(operation: OperationName, input: object) {
  const charges = await chargesOf({ operation, input, scope, store })
  return charges.map(({ name, region, holder, count }) =>
    [
      name,
      ...(region === scope.region ? [] : [region]),
      ...(holder === scope.account ? [] : [holder]),
      ...(count === 1 ? [] : [count]),
    ].join(' '),
  )
}

const shared = (kind: string) => `cryptographicOperations.${kind}`

describe('chargesOf', () => {
  it('counts every operation towards a quota', async () => {
    for (const name of operations.keys()) {
      const input = { KeyPairSpec: 'RSA_2048', ReplicaRegion: 'a', PrimaryRegion: 'b' }
      assert.ok((await counted(name as OperationName, input)).length > 0, name)
    }
  })

  it('counts a management operation towards its own', async () => {
    for (const name of ['CreateKey', 'DescribeKey', 'GetPublicKey', 'ListAliases'] as const) {
      assert.deepEqual(await counted(name, { KeyId: idOf(2) }), [name])
    }
  })

  it('counts a cryptographic operation towards that of the kind of key', async () => {
    const kinds = ['symmetric', 'symmetric', 'RSA', 'ECC_SM2', 'ECC_SM2', 'ML_DSA']
    for (const [index, kind] of kinds.entries()) {
      for (const KeyId of [idOf(index), `arn:aws:kms:us-east-1:111122223333:key/${idOf(index)}`]) {
        assert.deepEqual(await counted('Sign', { KeyId }), ['Sign', shared(kind)])
      }
    }
    assert.deepEqual(await counted('Encrypt', { KeyId: 'alias/rsa' }), ['Encrypt', shared('RSA')])
  })

  it('counts ML-KEM keys towards none that AWS has', async () => {
    assert.deepEqual(await counted('Encapsulate', { KeyId: idOf(6) }), ['Encapsulate'])
  })

  it('counts a key that nobody knows, and none, as a symmetric one', async () => {
    for (const KeyId of [undefined, 'x', 'alias/nobody', idOf(8)]) {
      assert.deepEqual(await counted('Decrypt', { KeyId }), ['Decrypt', shared('symmetric')])
    }
    assert.deepEqual(await counted('GenerateRandom', { NumberOfBytes: 1 }), [
      'GenerateRandom',
      shared('symmetric'),
    ])
  })

  it('counts both kinds of a re-encryption, and one kind once', async () => {
    const { id: materialId, material } = Key.of(keyOf(0)).currentVersion
    const seal = { keyId: idOf(0), materialId, material }
    const CiphertextBlob = sealBlob(seal, Buffer.from('x'), {})
    assert.deepEqual(await counted('ReEncrypt', { CiphertextBlob, DestinationKeyId: idOf(2) }), [
      'ReEncrypt',
      shared('symmetric'),
      shared('RSA'),
    ])
    const input = { SourceKeyId: idOf(2), DestinationKeyId: 'alias/rsa' }
    assert.deepEqual(await counted('ReEncrypt', input), ['ReEncrypt', shared('RSA')])
  })

  it('counts a key of a custom key store there as well, whoever asks', async () => {
    const both = [shared('symmetric'), 'customKeyStore cks-1']
    assert.deepEqual(await counted('Encrypt', { KeyId: idOf(9) }), ['Encrypt', ...both])
    assert.deepEqual(await counted('GenerateRandom', { CustomKeyStoreId: 'cks-1' }), [
      'GenerateRandom',
      ...both,
    ])
  })

  it('counts pairs by their spec', async () => {
    for (const name of ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'] as const) {
      const input = { KeyId: idOf(0), KeyPairSpec: 'RSA_4096' }
      assert.deepEqual(await counted(name, input), ['GenerateDataKeyPair.RSA_4096'])
    }
  })

  it('counts what touches two Regions in both', async () => {
    assert.deepEqual(await counted('ReplicateKey', { ReplicaRegion: 'eu-west-1' }), [
      'ReplicateKey',
      'CreateKey eu-west-1 2',
    ])
    assert.deepEqual(await counted('UpdatePrimaryRegion', { PrimaryRegion: 'eu-west-1' }), [
      'UpdatePrimaryRegion',
      'UpdatePrimaryRegion eu-west-1',
    ])
  })
})

describe('usualRate', () => {
  it('is AWS’s, by Region where AWS says so', () => {
    const symmetric = 'cryptographicOperations.symmetric'
    const of = (name: (typeof rateNames)[number]) => (region: string) => usualRate(name, region)
    assert.deepEqual(
      ['us-east-1', 'eu-west-2', 'eu-north-1'].map(of(symmetric)),
      [100_000, 20_000, 10_000],
    )
    assert.deepEqual(['us-east-1', 'cn-north-1'].map(of('GenerateDataKeyPair.RSA_4096')), [1, 0.1])
    assert.equal(usualRate('Decrypt', 'us-east-1'), Infinity)
  })
})
