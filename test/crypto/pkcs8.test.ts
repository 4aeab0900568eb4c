import assert from 'node:assert/strict'
import { derOid, derSequence } from '../../lib/codec/der-writer.ts'
import { decodePkcs8, encodePkcs8, readSecret } from '../../lib/crypto/pkcs8.ts'

const algorithm = derSequence(derOid('1.2.3.4'))
const privateKey = Buffer.from('a private key')
const encoding = {
  code: 'MATERIAL_ENCODING',
  message: 'key material: want a private key in PKCS#8 DER',
}

describe('decodePkcs8', () => {
  const pkcs8 = encodePkcs8(algorithm, privateKey)
  const read = (bytes: Uint8Array) => decodePkcs8(bytes, algorithm, 'NAME')

  it('reads what encodePkcs8 wrote', () => {
    assert.deepEqual(Buffer.from(read(pkcs8)), privateKey)
  })

  it('refuses every shortening, and bytes behind it', () => {
    for (let length = 0; length < pkcs8.length; length++) {
      assert.throws(() => read(pkcs8.subarray(0, length)), encoding)
    }
    assert.throws(() => read(Buffer.concat([pkcs8, Buffer.alloc(1)])), encoding)
  })

  it('refuses another version, and attributes', () => {
    const info = (version: number, ...more: Buffer[]) =>
      derSequence(Buffer.of(2, 1, version), algorithm, Buffer.of(4, 1, 0), ...more)
    assert.deepEqual(Buffer.from(read(info(0))), Buffer.of(0))
    assert.throws(() => read(info(1)), encoding)
    assert.throws(() => read(info(0, Buffer.of(0xa0, 0))), encoding)
  })

  it('refuses another algorithm, and parameters', () => {
    const error = {
      code: 'MATERIAL_SPEC',
      message: 'key material: the private key is not of NAME',
    }
    const withNull = derSequence(derOid('1.2.3.4'), Buffer.of(5, 0))
    for (const other of [derSequence(derOid('1.2.3.5')), withNull]) {
      assert.throws(() => read(encodePkcs8(other, privateKey)), error)
    }
  })
})

describe('readSecret', () => {
  it('says nothing of what it read', () => {
    const fail = () => {
      throw new Error('the secret is 7')
    }
    assert.throws(() => readSecret(Buffer.alloc(0), fail), encoding)
  })
})
