import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import {
  derBitString,
  derElement,
  derOctetString,
  derOid,
  derSequence,
  derUnsigned,
} from '../../lib/codec/der-writer.ts'
import { encodePkcs8 } from '../../lib/crypto/pkcs8.ts'
import { Sm2Pair } from '../../lib/crypto/sm2-pair.ts'
import { describeWithOpenssl, openssl, pem } from './openssl.ts'

const curve = derOid('1.2.156.10197.1.301')
const algorithm = derSequence(derOid('1.2.840.10045.2.1'), curve)
const encoding = {
  code: 'MATERIAL_ENCODING',
  message: 'key material: want a private key in PKCS#8 DER',
}

/** PKCS#8 of a scalar, and what may stand behind it in ECPrivateKey. */
function pkcs8Of(scalar: Buffer, ...more: Buffer[]): Buffer {
  const version = derUnsigned(Buffer.of(1))
  return encodePkcs8(algorithm, derSequence(version, derOctetString(scalar), ...more))
}

const publicKeyOf = (point: Uint8Array) => derElement(0xa1, derBitString(point))

describe('Sm2Pair', () => {
  it('reads what it wrote, and node:crypto has the same public key', () => {
    for (let round = 0; round < 50; round++) {
      const pair = Sm2Pair.generate()
      assert.equal(pair.scalar.length, 32)
      const read = Sm2Pair.fromPkcs8(pair.pkcs8())
      assert.deepEqual(read.pkcs8(), pair.pkcs8())
      assert.deepEqual(read.spki(), pair.spki())
      const key = createPrivateKey({ key: pair.pkcs8(), format: 'der', type: 'pkcs8' })
      const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
      assert.deepEqual(spki, pair.spki())
    }
  })

  it('makes the same pair of a key without its public half, and with the curve named twice', () => {
    const { scalar, point } = Sm2Pair.generate()
    const [x, y] = [point.subarray(0, 32), point.subarray(32)]
    const compressed = Buffer.concat([Buffer.of(2 + (y[31]! & 1)), x])
    const want = Sm2Pair.fromPkcs8(pkcs8Of(scalar)).pkcs8()
    const named = derElement(0xa0, curve)
    for (const more of [
      [publicKeyOf(Buffer.concat([Buffer.of(4), point]))],
      [publicKeyOf(compressed)],
      [named],
      [named, publicKeyOf(compressed)],
    ]) {
      assert.deepEqual(Sm2Pair.fromPkcs8(pkcs8Of(scalar, ...more)).pkcs8(), want)
    }
  })

  it('refuses the public half of another, and what is no point', () => {
    const [{ scalar, point }, other] = [Sm2Pair.generate(), Sm2Pair.generate()]
    const off = Buffer.concat([Buffer.of(4), point])
    off[64]! ^= 1
    for (const wrong of [Buffer.concat([Buffer.of(4), other.point]), off, Buffer.alloc(0)]) {
      assert.throws(() => Sm2Pair.fromPkcs8(pkcs8Of(scalar, publicKeyOf(wrong))), {
        code: 'MATERIAL_PAIR',
        message: 'key material: the private and public key are not a pair',
      })
    }
  })

  it('refuses scalars that are out of range or of another length', () => {
    const order = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123'
    const last = order.replace(/23$/, '21')
    Sm2Pair.fromPkcs8(pkcs8Of(Buffer.from(last, 'hex')))
    for (const hex of [
      '00'.repeat(32),
      order,
      order.replace(/23$/, '22'),
      'ff'.repeat(32),
      '01',
      `00${last}`,
    ]) {
      assert.throws(() => Sm2Pair.fromPkcs8(pkcs8Of(Buffer.from(hex, 'hex'))), encoding)
    }
  })

  it('refuses another curve, one that is spelt out, and members that RFC 5915 lacks', () => {
    const { scalar } = Sm2Pair.generate()
    const onP256 = derSequence(derOid('1.2.840.10045.2.1'), derOid('1.2.840.10045.3.1.7'))
    const key = derSequence(derUnsigned(Buffer.of(1)), derOctetString(scalar))
    const spec = { code: 'MATERIAL_SPEC', message: 'key material: the private key is not of SM2' }
    for (const other of [onP256, derSequence(derOid('1.2.840.10045.2.1'), derSequence())]) {
      assert.throws(() => Sm2Pair.fromPkcs8(encodePkcs8(other, key)), spec)
    }
    const elsewhere = derElement(0xa0, derOid('1.2.840.10045.3.1.7'))
    for (const more of [elsewhere, Buffer.of(0xa2, 0), Buffer.of(5, 0)]) {
      assert.throws(() => Sm2Pair.fromPkcs8(pkcs8Of(scalar, more)), encoding)
    }
  })

  describeWithOpenssl('beside openssl', () => {
    it('has the numbers that openssl prints', () => {
      const pair = Sm2Pair.generate()
      const text = openssl(['pkey', '-in', 'key.pem', '-noout', '-text'], {
        'key.pem': pem('PRIVATE KEY', pair.pkcs8()),
      }).toString()
      const [, scalar, point] = /priv:([^]*)pub:([^]*)ASN1/.exec(text) ?? []
      const hex = (printed = '') => printed.replace(/[\s:]/g, '')
      assert.equal(hex(scalar).padStart(64, '0').slice(-64), pair.scalar.toString('hex'))
      assert.equal(hex(point), `04${pair.point.toString('hex')}`)
    })

    it('reads the keys that openssl makes', () => {
      const key = openssl(['genpkey', '-algorithm', 'SM2'], {})
      const args = ['pkcs8', '-topk8', '-nocrypt', '-in', 'key.pem', '-outform', 'DER']
      const pkcs8 = openssl(args, { 'key.pem': key })
      const spki = openssl(['pkey', '-inform', 'DER', '-pubout', '-outform', 'DER', '-in', 'k'], {
        k: pkcs8,
      })
      assert.deepEqual(Sm2Pair.fromPkcs8(pkcs8).spki(), spki)
    })
  })
})
