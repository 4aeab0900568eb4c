import assert from 'node:assert/strict'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import {
  generateMaterial,
  importMaterial,
  keyMaterialId,
  materialFromBytes,
} from '../../lib/crypto/material.ts'
import { derOctetString, derSequence, derUnsigned } from '../../lib/codec/der-writer.ts'
import { specs, type KeySpec } from '../../lib/crypto/specs.ts'
import { describeWithOpenssl, openssl, privatePem } from './openssl.ts'

const names = Object.keys(specs) as KeySpec[]
const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'

describe('generateMaterial', function () {
  this.timeout(60_000)

  for (const spec of names) {
    it(`makes ${spec} material that reads back as itself`, async () => {
      const made = await generateMaterial(spec)
      const read = await importMaterial(spec, made.bytes)
      assert.deepEqual(read.bytes, made.bytes)
      assert.deepEqual(materialFromBytes(spec, made.bytes).bytes, made.bytes)
      if (specs[spec].material.kind !== 'secret') {
        assert.deepEqual(await read.publicKeyInfo(), await made.publicKeyInfo())
      }
    })
  }

  it('takes secrets from the given source', async () => {
    const { bytes } = await generateMaterial('HMAC_384', (length) => Buffer.alloc(length, 7))
    assert.deepEqual(bytes, Buffer.alloc(48, 7))
  })

  it('makes RSA keys with the exponent 65537', async () => {
    const { key } = await generateMaterial('RSA_2048')
    assert.equal(key.asymmetricKeyDetails?.publicExponent, 65537n)
  })
})

describe('Material.publicKeyInfo', () => {
  const beginnings: [KeySpec, string][] = [
    ['RSA_2048', '30820122300d06092a864886f70d01010105000382010f003082010a0282010100'],
    ['ECC_NIST_P256', '3059301306072a8648ce3d020106082a8648ce3d03010703420004'],
    ['ECC_NIST_P384', '3076301006072a8648ce3d020106052b8104002203620004'],
    ['ECC_NIST_P521', '30819b301006072a8648ce3d020106052b810400230381860004'],
    ['ECC_SECG_P256K1', '3056301006072a8648ce3d020106052b8104000a03420004'],
    ['ECC_NIST_EDWARDS25519', '302a300506032b6570032100'],
    ['SM2', '3059301306072a8648ce3d020106082a811ccf5501822d03420004'],
    // RFC 9881 and RFC 9935; as long as AWS's: 1334 bytes of ML_DSA_44 were observed.
    ['ML_DSA_44', '30820532300b060960864801650304031103820521'],
    ['ML_DSA_65', '308207b2300b0609608648016503040312038207a1'],
    ['ML_DSA_87', '30820a32300b060960864801650304031303820a21'],
    ['ML_KEM_512', '30820332300b060960864801650304040103820321'],
    ['ML_KEM_768', '308204b2300b0609608648016503040402038204a1'],
    ['ML_KEM_1024', '30820632300b060960864801650304040303820621'],
  ]
  for (const [spec, hex] of beginnings) {
    it(`names the algorithm of ${spec} as AWS does`, async () => {
      const spki = await (await generateMaterial(spec)).publicKeyInfo()
      assert.equal(spki.toString('hex').slice(0, hex.length), hex)
    })
  }
})

describe('Material', () => {
  it('has a key object or a seed, and never the other', async () => {
    const [ec, kem] = [
      await generateMaterial('ECC_NIST_P256'),
      await generateMaterial('ML_KEM_512'),
    ]
    assert.throws(() => ec.seedPair, { message: 'no seed of ECC_NIST_P256' })
    assert.throws(() => kem.key, { message: 'no key object of ML_KEM_512' })
    assert.throws(() => kem.publicKey, { message: 'no key object of ML_KEM_512' })
  })
})

describe('materialFromBytes', () => {
  const ec = (curve: string) =>
    generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({
      type: 'pkcs8',
      format: 'der',
    })

  it('refuses a secret of another length', () => {
    assert.throws(() => materialFromBytes('SYMMETRIC_DEFAULT', Buffer.alloc(16)), {
      code: 'MATERIAL_LENGTH',
      message: 'key material: want 32 bytes for SYMMETRIC_DEFAULT, got 16',
    })
    for (const got of [27, 129]) {
      assert.throws(() => materialFromBytes('HMAC_224', Buffer.alloc(got)), {
        code: 'MATERIAL_LENGTH',
        message: `key material: want 28 to 128 bytes for HMAC_224, got ${got}`,
      })
    }
  })

  it('takes HMAC keys of up to 1024 bits, as ImportKeyMaterial does', () => {
    for (const bytes of [28, 32, 128]) {
      const given = Buffer.alloc(bytes, 3)
      assert.deepEqual(materialFromBytes('HMAC_224', given).bytes, given)
    }
  })

  const encoding = {
    code: 'MATERIAL_ENCODING',
    message: 'key material: want a private key in PKCS#8 DER',
  }

  it('refuses bytes behind the key', () => {
    const bytes = Buffer.concat([ec('prime256v1'), Buffer.alloc(1)])
    assert.throws(() => materialFromBytes('ECC_NIST_P256', bytes), encoding)
  })

  it('refuses every shortening of a key', () => {
    const bytes = ec('prime256v1')
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => materialFromBytes('ECC_NIST_P256', bytes.subarray(0, length)), encoding)
    }
  })

  it('refuses PEM, SEC1 and a public key', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const others = [
      Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      privateKey.export({ type: 'sec1', format: 'der' }),
      publicKey.export({ type: 'spki', format: 'der' }),
    ]
    for (const bytes of others) {
      assert.throws(() => materialFromBytes('ECC_NIST_P256', bytes), encoding)
    }
  })

  const otherSpec = (spec: KeySpec) => ({
    code: 'MATERIAL_SPEC',
    message: `key material: the private key is not of spec ${spec}`,
  })

  it('refuses a key on another curve', () => {
    for (const curve of ['secp384r1', 'secp256k1', 'prime192v1']) {
      assert.throws(() => materialFromBytes('ECC_NIST_P256', ec(curve)), otherSpec('ECC_NIST_P256'))
    }
  })

  it('refuses a key of another kind', () => {
    assert.throws(() => materialFromBytes('RSA_2048', ec('prime256v1')), otherSpec('RSA_2048'))
    assert.throws(
      () => materialFromBytes('ECC_NIST_EDWARDS25519', ec('prime256v1')),
      otherSpec('ECC_NIST_EDWARDS25519'),
    )
  })

  it('refuses an RSA key of another size, another exponent, or for PSS alone', () => {
    const pkcs8 = { type: 'pkcs8', format: 'der' } as const
    const others = [
      generateKeyPairSync('rsa', { modulusLength: 1024 }),
      generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }),
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
    ]
    for (const { privateKey } of others) {
      assert.throws(
        () => materialFromBytes('RSA_2048', privateKey.export(pkcs8)),
        otherSpec('RSA_2048'),
      )
    }
  })
})

describe('importMaterial', () => {
  const noPair = {
    code: 'MATERIAL_PAIR',
    message: 'key material: the private and public key are not a pair',
  }

  it('refuses an EC key with the public half of another', async () => {
    const [own, other] = [
      await generateMaterial('ECC_NIST_P256'),
      await generateMaterial('ECC_NIST_P256'),
    ]
    const mixed = Buffer.from(own.bytes)
    other.bytes.copy(mixed, mixed.length - 64, mixed.length - 64)
    await assert.rejects(importMaterial('ECC_NIST_P256', mixed), noPair)
  })

  it('refuses an RSA key whose numbers do not belong together', async () => {
    const { key } = await generateMaterial('RSA_2048')
    const jwk = key.export({ format: 'jwk' })
    const modulus = Buffer.from(jwk.n ?? '', 'base64url')
    modulus[100]! ^= 1
    const mixed = createPrivateKey({
      key: { ...jwk, n: modulus.toString('base64url') },
      format: 'jwk',
    })
    const bytes = mixed.export({ type: 'pkcs8', format: 'der' })
    await assert.rejects(importMaterial('RSA_2048', bytes), noPair)
  })

  it('refuses an expanded key that is not of the seed beside it', async () => {
    const { seedPair } = await generateMaterial('ML_DSA_44')
    const other = await generateMaterial('ML_DSA_44')
    const [own, stranger] = [await seedPair.keys(), await other.seedPair.keys()]
    const both = (expanded: Uint8Array) => withExpandedKey(seedPair.pkcs8(), expanded)
    const read = await importMaterial('ML_DSA_44', both(own.secretKey))
    assert.deepEqual(read.bytes, seedPair.pkcs8())
    for (const wrong of [stranger.secretKey, own.secretKey.subarray(1)]) {
      await assert.rejects(importMaterial('ML_DSA_44', both(wrong)), {
        code: 'MATERIAL_PAIR',
        message: 'key material: the expanded key is not of the seed',
      })
    }
  })

  describeWithOpenssl('with keys of openssl', () => {
    it('makes the same SM2 material of a key without its public half, or with it compressed', async () => {
      const made = await generateMaterial('SM2')
      const pem = privatePem(made)
      const compressed = openssl(
        ['ec', '-in', 'k', '-conv_form', 'compressed', '-outform', 'DER'],
        {
          k: pem,
        },
      )
      for (const der of [withoutPublicHalf(pem), compressed]) {
        const pkcs8 = toPkcs8(der)
        assert.ok(pkcs8.length < made.bytes.length)
        assert.deepEqual((await importMaterial('SM2', pkcs8)).bytes, made.bytes)
      }
    })

    it('makes the same material of a key that comes without its public half', async () => {
      const made = await generateMaterial('ECC_NIST_P256')
      const pkcs8 = toPkcs8(withoutPublicHalf(privatePem(made)))
      assert.ok(pkcs8.length < made.bytes.length)
      assert.deepEqual((await importMaterial('ECC_NIST_P256', pkcs8)).bytes, made.bytes)
    })

    it('makes the same material of a key whose curve is spelt out', async () => {
      const made = await generateMaterial('ECC_NIST_P256')
      const explicit = openssl(
        ['pkey', '-in', 'key.pem', '-ec_param_enc', 'explicit', '-outform', 'DER'],
        { 'key.pem': privatePem(made) },
      )
      const pkcs8 = toPkcs8(explicit)
      assert.ok(pkcs8.length > made.bytes.length)
      const read = await importMaterial('ECC_NIST_P256', pkcs8)
      assert.deepEqual(read.bytes, made.bytes)
      assert.deepEqual(read.spki, made.spki)
    })
  })
})

/** The same PKCS#8, whose private key is both: RFC 9881, section 6. */
function withExpandedKey(pkcs8: Buffer, expandedKey: Uint8Array): Buffer {
  const algorithm = pkcs8.subarray(5, 18)
  const seed = pkcs8.subarray(22)
  const both = derSequence(derOctetString(seed), derOctetString(expandedKey))
  return derSequence(derUnsigned(Buffer.of(0)), algorithm, derOctetString(both))
}

function toPkcs8(der: Buffer): Buffer {
  return openssl(
    ['pkcs8', '-topk8', '-nocrypt', '-in', 'key.der', '-inform', 'DER', '-outform', 'DER'],
    { 'key.der': der },
  )
}

function withoutPublicHalf(pem: string): Buffer {
  return openssl(['ec', '-in', 'key.pem', '-no_public', '-outform', 'DER'], { 'key.pem': pem })
}

describe('keyMaterialId', () => {
  it('is 64 hex digits that depend on the key id and the material', () => {
    const one = keyMaterialId(keyId, Buffer.alloc(32, 1))
    assert.match(one, /^[0-9a-f]{64}$/)
    assert.equal(keyMaterialId(keyId, Buffer.alloc(32, 1)), one)
    assert.notEqual(keyMaterialId(keyId, Buffer.alloc(32, 2)), one)
    assert.notEqual(keyMaterialId(keyId.replace('1', '2'), Buffer.alloc(32, 1)), one)
  })

  it('does not take the end of the key id for material', () => {
    assert.notEqual(
      keyMaterialId('mrk-aa', Buffer.from('bb')),
      keyMaterialId('mrk-aab', Buffer.from('b')),
    )
  })
})
