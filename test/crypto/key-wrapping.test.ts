import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  isImportable,
  isWrappingAlgorithm,
  unwrap,
  unwrapPadded,
  wraps,
  type WrappingAlgorithm,
  type WrappingKeySpec,
} from '../../lib/crypto/key-wrapping.ts'
import { encryptAsymmetric } from '../../lib/crypto/cipher.ts'
import { generateMaterial, type Material } from '../../lib/crypto/material.ts'
import { specs, type KeySpec } from '../../lib/crypto/specs.ts'
import { wrapped } from '../support/imports.ts'
import { describeWithOpenssl, openssl } from './openssl.ts'

const algorithms = [
  'RSAES_OAEP_SHA_1',
  'RSAES_OAEP_SHA_256',
  'RSA_AES_KEY_WRAP_SHA_1',
  'RSA_AES_KEY_WRAP_SHA_256',
] as const

describe('isWrappingAlgorithm', () => {
  it('knows those that AWS has, and not the one that it had', () => {
    for (const name of [...algorithms, 'SM2PKE']) assert.equal(isWrappingAlgorithm(name), true)
    for (const name of ['RSAES_PKCS1_V1_5', 'toString', '']) {
      assert.equal(isWrappingAlgorithm(name), false)
    }
  })
})

describe('isImportable', () => {
  it('holds for all specs but the post-quantum ones', () => {
    const others = (Object.keys(specs) as KeySpec[]).filter((spec) => !isImportable(spec))
    assert.deepEqual(
      others,
      Object.keys(specs).filter((spec) => spec.startsWith('ML_')),
    )
  })
})

/** KMS developer guide, "Select a wrapping algorithm", its table. */
describe('wraps', () => {
  const oaep = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const
  const hybrid = ['RSA_AES_KEY_WRAP_SHA_1', 'RSA_AES_KEY_WRAP_SHA_256'] as const
  const rsaKeys = ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const

  function allowed(spec: KeySpec, region: string): string[] {
    return [...algorithms, 'SM2PKE' as const].flatMap((algorithm) =>
      [...rsaKeys, 'SM2' as const].flatMap((key) =>
        wraps(algorithm, key, spec, region) ? `${algorithm} ${key}` : [],
      ),
    )
  }
  const all = (names: readonly WrappingAlgorithm[], keys: readonly WrappingKeySpec[]) =>
    names.flatMap((name) => keys.map((key) => `${name} ${key}`))

  const elsewhere = 'us-east-1'
  const china = 'cn-north-1'
  const sm2 = 'SM2PKE SM2'

  for (const spec of ['SYMMETRIC_DEFAULT', 'HMAC_224', 'HMAC_512'] as const) {
    it(`has RSAES-OAEP alone for ${spec}`, () => {
      assert.deepEqual(allowed(spec, elsewhere), all(oaep, rsaKeys))
      assert.deepEqual(allowed(spec, china), all(oaep, rsaKeys))
    })
  }

  for (const spec of ['RSA_2048', 'RSA_4096'] as const) {
    it(`has an AES key between for ${spec}, and SM2PKE in China`, () => {
      assert.deepEqual(allowed(spec, elsewhere), all(hybrid, rsaKeys))
      assert.deepEqual(allowed(spec, china), [sm2])
    })
  }

  for (const spec of ['ECC_NIST_P256', 'ECC_SECG_P256K1', 'ECC_NIST_EDWARDS25519'] as const) {
    it(`has all for ${spec}`, () => {
      assert.deepEqual(allowed(spec, elsewhere), all([...oaep, ...hybrid], rsaKeys))
      assert.deepEqual(allowed(spec, china), [...all(oaep, rsaKeys), sm2])
    })
  }

  it('has no room for P-521 in RSAES-OAEP with RSA_2048', () => {
    const want = [...all(oaep, ['RSA_3072', 'RSA_4096']), ...all(hybrid, rsaKeys)]
    assert.deepEqual(allowed('ECC_NIST_P521', elsewhere), want)
  })

  it('has RSAES-OAEP and SM2PKE for SM2', () => {
    assert.deepEqual(allowed('SM2', china), [...all(oaep, rsaKeys), sm2])
  })

  it('has none for ML-DSA', () => {
    assert.deepEqual(allowed('ML_DSA_44', elsewhere), [])
  })
})

describe('unwrap', () => {
  let wrappingKey: Material
  before(async () => {
    wrappingKey = await generateMaterial('RSA_2048')
  })

  for (const algorithm of algorithms) {
    it(`opens what was wrapped with ${algorithm}, and nothing else`, async () => {
      const material = randomBytes(32)
      const good = wrapped(algorithm, wrappingKey.spki, material)
      assert.deepEqual(await unwrap(wrappingKey, algorithm, good), material)
      for (const other of algorithms) {
        if (other !== algorithm) assert.equal(await unwrap(wrappingKey, other, good), null)
      }
      const damaged = Buffer.from(good)
      damaged[damaged.length - 1]! ^= 1
      for (const bad of [damaged, good.subarray(1), good.subarray(0, -1), Buffer.alloc(0)]) {
        assert.equal(await unwrap(wrappingKey, algorithm, bad), null)
      }
      assert.equal(await unwrap(wrappingKey, algorithm, Buffer.concat([good, good])), null)
    })
  }

  it('wants the AES key and something that it wraps', async () => {
    const key = await encryptAsymmetric(wrappingKey, 'RSAES_OAEP_SHA_256', randomBytes(32))
    assert.equal(await unwrap(wrappingKey, 'RSA_AES_KEY_WRAP_SHA_256', key), null)
  })

  it('wants an AES key of 256 bits', async () => {
    const key = await encryptAsymmetric(wrappingKey, 'RSAES_OAEP_SHA_256', randomBytes(16))
    const bytes = Buffer.concat([key, randomBytes(40)])
    assert.equal(await unwrap(wrappingKey, 'RSA_AES_KEY_WRAP_SHA_256', bytes), null)
  })

  it('opens what was wrapped with SM2PKE, an RSA private key too', async () => {
    const sm2 = await generateMaterial('SM2')
    const material = wrappingKey.bytes
    const bytes = await encryptAsymmetric(sm2, 'SM2PKE', material)
    assert.deepEqual(await unwrap(sm2, 'SM2PKE', bytes), material)
    bytes[bytes.length - 1]! ^= 1
    assert.equal(await unwrap(sm2, 'SM2PKE', bytes), null)
  })
})

describeWithOpenssl('unwrap and openssl', () => {
  /** The commands of the KMS developer guide, "Encrypt the key material". */
  const encrypt = (hash: string, plaintext: Buffer, spki: Buffer) =>
    openssl(
      [
        ...['pkeyutl', '-encrypt', '-pubin', '-keyform', 'DER', '-inkey', 'public'],
        ...['-in', 'plaintext', '-pkeyopt', 'rsa_padding_mode:oaep'],
        ...['-pkeyopt', `rsa_oaep_md:${hash}`, '-pkeyopt', `rsa_mgf1_md:${hash}`],
      ],
      { public: spki, plaintext },
    )
  const wrapInAes = (aesKey: Buffer, material: Buffer) =>
    openssl(
      [
        ...['enc', '-id-aes256-wrap-pad', '-K', aesKey.toString('hex'), '-iv', 'A65959A6'],
        ...['-in', 'material'],
      ],
      { material },
    )

  for (const hash of ['1', '256'] as const) {
    it(`agree on what is wrapped with SHA-${hash}`, async () => {
      const wrappingKey = await generateMaterial('RSA_2048')
      const { spki } = wrappingKey
      const [material, aesKey] = [randomBytes(45), randomBytes(32)]
      const direct = encrypt(`sha${hash}`, material, spki)
      assert.deepEqual(await unwrap(wrappingKey, `RSAES_OAEP_SHA_${hash}`, direct), material)
      const key = encrypt(`sha${hash}`, aesKey, spki)
      const both = Buffer.concat([key, wrapInAes(aesKey, material)])
      assert.deepEqual(await unwrap(wrappingKey, `RSA_AES_KEY_WRAP_SHA_${hash}`, both), material)
    })
  }
})

/** C2SP/wycheproof, testvectors_v1/aes_kwp_test.json, by tcId. */
describe('unwrapPadded', () => {
  const small = '1abf4b7fa2bb62a78f09ddab04625dcacdd9e551d1a69b6b162baa53d2700093'
  const modified = '4f710eb6b5e28703becfc3dc52fa8bc1dd44a4a6d38a84b4f94e89ac32d987e7'
  const vectors: readonly [id: number, key: string, wrapped: string, message: string | null][] = [
    [
      161,
      'fce0429c610658ef8e7cfb0154c51de2239a8a317f5af5b6714f985fb5c4d75c',
      'e3eab96d9a2fda12f9e252053aff15e753e5ea6f5172c92b',
      '287326b5ed0078e7ca0164d748f667e7',
    ],
    [
      167,
      '38e1b1d075d9d852b9a6c01c8ff6965af01bac457a4e339ae3e1d7b2ffacc0cd',
      'b63b7e0fec7e315816233db6758fd3e744b9f6a40862bdf866487e53bcb950d8b2649269e51b4475',
      '80ad6820f1c90981e2ca42b817a345c1179d0a11d8e23a8adc0505e13d87295a',
    ],
    [171, small, '06c1e65ac0f385b4e8c400d229f39422', 'ae'],
    [178, small, '3a6746052a1744cfe7e2f36dafc4042d', 'e43f5e4e123a03c4'],
    [
      185,
      small,
      'de497acf18a177a3a9b3d8da46d74dfa58dcc537a3a95323',
      '72aaee126a822184806c7d22eed66b',
    ],
    [186, modified, '98428fb83dc207033c1585e0242e699be98e0001f1ee15ba', null],
    [189, modified, 'c23f1fdbe6c021a04bfc386b55c8fe911481f82edf308d79', null],
    [192, modified, '18e77b855e322457a4942209f97acaed1fe6af0aea80c454', null],
  ]
  for (const [id, key, bytes, message] of vectors) {
    it(`${message === null ? 'refuses' : 'opens'} vector ${String(id)}`, () => {
      const opened = unwrapPadded(Buffer.from(key, 'hex'), Buffer.from(bytes, 'hex'))
      assert.equal(opened?.toString('hex') ?? null, message)
    })
  }

  it('refuses lengths that nothing wrapped has', () => {
    for (const length of [0, 8, 15, 17, 20]) {
      assert.equal(unwrapPadded(Buffer.alloc(32), Buffer.alloc(length)), null)
    }
  })
})
