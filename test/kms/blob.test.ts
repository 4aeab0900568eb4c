import assert from 'node:assert/strict'
import fc from 'fast-check'
import { generateMaterial, keyMaterialId, type Material } from '../../lib/crypto/material.ts'
import { decodeBlob, openBlob, sealBlob, type BlobKey } from '../../lib/kms/blob.ts'

const uuid = '1234abcd-12ab-34cd-56ef-1234567890ab'
const multiRegionId = 'mrk-1234abcd12ab34cd56ef1234567890ab'
const plaintext = Buffer.from('0123456789abcdef0123456789abcdef')
const context = { tenant: 'a', purpose: 'test' }

describe('ciphertext blobs', () => {
  let key: BlobKey
  let other: Material
  before(async () => {
    const material = await generateMaterial('SYMMETRIC_DEFAULT')
    key = { keyId: uuid, materialId: keyMaterialId(uuid, material.bytes), material }
    other = await generateMaterial('SYMMETRIC_DEFAULT')
  })

  function open(blob: Uint8Array, material: Material, given: Record<string, string>) {
    const decoded = decodeBlob(blob)
    return decoded && openBlob(decoded, material, given)
  }

  it('have the layout of AWS', () => {
    const random = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, at) => at))
    const blob = sealBlob(key, plaintext, context, random)
    const header =
      '0102020078' +
      '1234abcd12ab34cd56ef1234567890ab' +
      `00${key.materialId.slice(0, 30)}` +
      '01' +
      '000102030405060708090a0b0c0d0e0f' +
      '00000073'
    assert.equal(blob.toString('hex', 0, 58), header)
    assert.equal(blob.toString('hex', 58, 61), '307106')
    assert.equal(blob.length, 58 + 0x73)
    assert.match(blob.toString('base64'), /^AQICAH/)
  })

  it('name their key and the version of its material', () => {
    for (const keyId of [uuid, multiRegionId]) {
      const decoded = decodeBlob(sealBlob({ ...key, keyId }, plaintext, context))
      assert.equal(decoded?.keyId, keyId)
      assert.equal(decoded.materialIdPrefix, key.materialId.slice(0, 30))
    }
  })

  it('open to what was sealed, for every length and context', () => {
    const contexts = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), {
      maxKeys: 5,
    })
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4096 }), contexts, (bytes, given) => {
        const reordered = Object.fromEntries(Object.entries(given).reverse())
        const blob = sealBlob(key, bytes, given)
        assert.deepEqual(open(blob, key.material, reordered), Buffer.from(bytes))
      }),
    )
  })

  it('are within the limit for the longest plaintext', () => {
    const blob = sealBlob(key, Buffer.alloc(4096), context)
    assert.ok(blob.length <= 6144)
    assert.equal(open(blob, key.material, context)?.length, 4096)
  })

  it('do not open with another material', () => {
    assert.equal(open(sealBlob(key, plaintext, context), other, context), null)
  })

  it('do not open with another encryption context', () => {
    const refused = (sealedWith: Record<string, string>, given: Record<string, string>) =>
      assert.equal(open(sealBlob(key, plaintext, sealedWith), key.material, given), null)
    refused({ a: 'bc' }, { ab: 'c' })
    refused({ a: 'b' }, {})
    refused({}, { a: 'b' })
    refused({ a: 'b' }, { a: 'b', c: 'd' })
    refused({ a: 'b', c: 'd' }, { a: 'b' })
    refused({ a: 'b' }, { A: 'b' })
    refused({ a: 'b', c: 'd' }, { a: 'd', c: 'b' })
  })

  it('do not open when any byte of them is another', () => {
    const blob = sealBlob(key, plaintext, context)
    for (let at = 0; at < blob.length; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const changed = Buffer.from(blob)
        changed[at]! ^= mask
        assert.equal(open(changed, key.material, context), null, `byte ${at}`)
      }
    }
  })

  it('do not open when they are shortened or lengthened', () => {
    const blob = sealBlob(key, plaintext, context)
    for (let length = 0; length < blob.length; length++) {
      assert.equal(open(blob.subarray(0, length), key.material, context), null)
      assert.equal(open(blob.subarray(blob.length - length), key.material, context), null)
    }
    const lengthened = Buffer.concat([blob, Buffer.from('bad_data')])
    assert.equal(open(lengthened, key.material, context), null)
  })

  it('do not open under the name of another key or version', () => {
    const blob = sealBlob(key, plaintext, context)
    const renamed = [
      sealBlob({ ...key, keyId: uuid.replace('1', '2') }, plaintext, context),
      sealBlob({ ...key, keyId: multiRegionId }, plaintext, context),
      sealBlob({ ...key, materialId: 'f'.repeat(64) }, plaintext, context),
    ]
    for (const one of renamed) {
      const mixed = Buffer.concat([one.subarray(0, 37), blob.subarray(37)])
      assert.notDeepEqual(mixed, blob)
      assert.ok(decodeBlob(mixed))
      assert.equal(open(mixed, key.material, context), null)
    }
  })

  it('never have the same nonce', () => {
    const nonces = Array.from({ length: 500 }, () =>
      decodeBlob(sealBlob(key, plaintext, context))?.nonce.toString('hex'),
    )
    assert.equal(new Set(nonces).size, nonces.length)
  })
})

describe('decodeBlob', () => {
  it('refuses any bytes that are no blob, whatever their length', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => decodeBlob(bytes) === null))
    for (const length of [0, 57, 58, 59, 6144, 6145, 1 << 20]) {
      assert.equal(decodeBlob(Buffer.alloc(length)), null)
      const withHeader = Buffer.alloc(length)
      Buffer.from('0102020078', 'hex').copy(withHeader)
      if (length > 58) {
        withHeader[37] = 1
        withHeader.writeUInt32BE(length - 58, 54)
      }
      assert.equal(decodeBlob(withHeader), null)
    }
  })
})

describe('sealBlob', () => {
  it('refuses names that a blob cannot carry', async () => {
    const material = await generateMaterial('SYMMETRIC_DEFAULT')
    const materialId = 'a'.repeat(64)
    for (const keyId of ['', 'alias/a', uuid.toUpperCase(), `${uuid}0`, 'mrk-12']) {
      assert.throws(() => sealBlob({ keyId, materialId, material }, plaintext, {}), {
        message: `no key id: ${keyId}`,
      })
    }
    assert.throws(() => sealBlob({ keyId: uuid, materialId: 'zz', material }, plaintext, {}), {
      message: 'no key material id',
    })
  })

  it('refuses a plaintext that makes a blob over the limit', async () => {
    const material = await generateMaterial('SYMMETRIC_DEFAULT')
    const key = { keyId: uuid, materialId: 'a'.repeat(64), material }
    for (const length of [6100, 70_000]) {
      assert.throws(() => sealBlob(key, Buffer.alloc(length), {}), {
        message: /^no blob of \d+ bytes$/,
      })
    }
  })
})
