import assert from 'node:assert/strict'
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { readImportedMaterial } from '../../lib/crypto/imported-material.ts'
import { generateMaterial } from '../../lib/crypto/material.ts'
import type { KeySpec } from '../../lib/crypto/specs.ts'
import { describeWithOpenssl, openssl } from './openssl.ts'

const region = 'us-east-1'
const china = 'cn-northwest-1'
const pkcs8 = { type: 'pkcs8', format: 'der' } as const

describe('readImportedMaterial', () => {
  const pairs = [
    'RSA_2048',
    'ECC_NIST_P256',
    'ECC_NIST_P384',
    'ECC_NIST_P521',
    'ECC_SECG_P256K1',
    'ECC_NIST_EDWARDS25519',
    'SM2',
  ] as const
  for (const spec of pairs) {
    it(`takes a private key in PKCS#8: ${spec}`, async () => {
      const { bytes } = await generateMaterial(spec)
      assert.deepEqual((await readImportedMaterial(spec, bytes, region)).bytes, bytes)
    })
  }

  /** KMS developer guide, "Requirements for imported key material", in bytes. */
  const lengths: readonly [KeySpec, least: number, most: number][] = [
    ['SYMMETRIC_DEFAULT', 32, 32],
    ['HMAC_224', 28, 128],
    ['HMAC_256', 32, 128],
    ['HMAC_384', 48, 128],
    ['HMAC_512', 64, 128],
  ]
  for (const [spec, least, most] of lengths) {
    it(`takes ${String(least)} to ${String(most)} bytes for ${spec}`, async () => {
      for (const length of [least, most]) {
        const bytes = randomBytes(length)
        assert.deepEqual((await readImportedMaterial(spec, bytes, region)).bytes, bytes)
      }
      for (const length of [0, least - 1, most + 1]) {
        await assert.rejects(readImportedMaterial(spec, randomBytes(length), region), {
          code: 'MATERIAL_LENGTH',
        })
      }
    })
  }

  it('refuses a curve that is spelt out', async () => {
    for (const curve of ['P-256', 'P-384']) {
      const { privateKey } = generateKeyPairSync('ec', {
        namedCurve: curve,
        paramEncoding: 'explicit',
      })
      const bytes = privateKey.export(pkcs8)
      assert.doesNotThrow(() => createPrivateKey({ key: bytes, ...pkcs8 }))
      const spec = `ECC_NIST_${curve.replace('-', '')}` as KeySpec
      await assert.rejects(readImportedMaterial(spec, bytes, region), {
        code: 'MATERIAL_ENCODING',
        message: 'key material: want a private key in PKCS#8 DER that names its curve',
      })
    }
  })

  it('refuses an RSA key that says that it has more than two primes', async () => {
    const { bytes } = await generateMaterial('RSA_2048')
    // The version of RSAPrivateKey: SEQUENCE, INTEGER 0, and the modulus after it.
    const at = bytes.lastIndexOf(Buffer.from('02010002820101', 'hex'))
    const changed = Buffer.from(bytes)
    changed[at + 2] = 1
    await assert.rejects(readImportedMaterial('RSA_2048', changed, region), {
      code: 'MATERIAL_ENCODING',
      message: 'key material: want a private key in PKCS#8 DER with two primes',
    })
  })

  it('refuses another encoding, another curve and what is no key', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const bytes = privateKey.export(pkcs8)
    const sec1 = privateKey.export({ type: 'sec1', format: 'der' })
    const read = (given: Buffer) => readImportedMaterial('ECC_NIST_P256', given, region)
    for (const bad of [sec1, Buffer.alloc(0), randomBytes(32), bytes.subarray(0, -1)]) {
      await assert.rejects(read(bad), { code: 'MATERIAL_ENCODING' })
    }
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export(pkcs8)
    await assert.rejects(read(other), { code: 'MATERIAL_SPEC' })
  })

  it('takes a key of SM4 in the China Regions, always for the same', async () => {
    const bytes = randomBytes(16)
    const read = (given: Buffer) => readImportedMaterial('SYMMETRIC_DEFAULT', given, china)
    const material = await read(bytes)
    assert.equal(material.bytes.length, 32)
    assert.deepEqual((await read(bytes)).bytes, material.bytes)
    assert.notDeepEqual((await read(randomBytes(16))).bytes, material.bytes)
    await assert.rejects(read(randomBytes(32)), {
      code: 'MATERIAL_LENGTH',
      message: 'key material: want 16 bytes in the China Regions, got 32',
    })
  })
})

describeWithOpenssl('readImportedMaterial and openssl', () => {
  it('disagree on RSA keys of three primes', async () => {
    const made = openssl(
      [
        ...['genpkey', '-algorithm', 'rsa', '-outform', 'DER'],
        ...['-pkeyopt', 'rsa_keygen_bits:2048', '-pkeyopt', 'rsa_keygen_primes:3'],
      ],
      {},
    )
    const bytes = openssl(
      ['pkcs8', '-topk8', '-nocrypt', '-inform', 'DER', '-outform', 'DER', '-in', 'made'],
      { made },
    )
    await assert.rejects(readImportedMaterial('RSA_2048', bytes, region), {
      code: 'MATERIAL_ENCODING',
    })
  })

  it('agree on keys whose public half is compressed', async () => {
    const made = openssl(
      [
        ...['genpkey', '-algorithm', 'ec', '-outform', 'DER'],
        ...['-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'point-format:compressed'],
      ],
      {},
    )
    const bytes = openssl(
      ['pkcs8', '-topk8', '-nocrypt', '-inform', 'DER', '-outform', 'DER', '-in', 'made'],
      { made },
    )
    const { spki } = await readImportedMaterial('ECC_NIST_P256', bytes, region)
    const publicOf = ['pkey', '-inform', 'DER', '-in', 'bytes', '-pubout', '-outform', 'DER']
    const want = openssl([...publicOf, '-ec_conv_form', 'uncompressed'], { bytes })
    assert.deepEqual(spki, want)
  })
})
