import assert from 'node:assert/strict'
import { derOctetString, derSequence, derUnsigned } from '../../lib/codec/der-writer.ts'
import { Sm2Pair } from '../../lib/crypto/sm2-pair.ts'
import {
  agreeSm2,
  decryptSm2,
  encryptSm2,
  signSm2,
  sm2Digest,
  verifySm2,
} from '../../lib/crypto/sm2.ts'
import { describeWithOpenssl, openssl, pem } from './openssl.ts'

const n = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123'
const digest = Buffer.alloc(32, 3)

/** The key of GB/T 32918.5, appendix A: d, and the public key. */
const standardKey =
  '308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420' +
  '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8' +
  'a144034200' +
  '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
  'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13'

describe('SM2', () => {
  const key = Sm2Pair.generate()

  describe('sm2Digest', () => {
    it('is that of GB/T 32918.5, appendix A.2', () => {
      const known = Sm2Pair.fromPkcs8(Buffer.from(standardKey, 'hex'))
      assert.equal(
        sm2Digest(known, Buffer.from('message digest')).toString('hex'),
        'f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640',
      )
    })
  })

  describe('verifySm2', () => {
    it('takes the signature of GB/T 32918.5, appendix A.2', async () => {
      const known = Sm2Pair.fromPkcs8(Buffer.from(standardKey, 'hex'))
      const e = sm2Digest(known, Buffer.from('message digest'))
      const signature = derSequence(
        number('f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3'),
        number('b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa'),
      )
      assert.equal(await verifySm2(known, e, signature), true)
      assert.equal(await verifySm2(key, e, signature), false)
    })

    it('refuses numbers out of range, and DER that is another', async () => {
      const signature = await signSm2(key, digest)
      assert.equal(await verifySm2(key, digest, signature), true)
      const one = number('01')
      for (const wrong of [
        derSequence(number('00'), one),
        derSequence(one, number('00')),
        derSequence(number(n), one),
        derSequence(one, number(n)),
        derSequence(number(`01${n}`), one),
        derSequence(one),
        derSequence(one, one, one),
        derSequence(Buffer.of(2, 2, 0, 1), one),
        derSequence(Buffer.of(2, 1, 0xff), one),
        derOctetString(signature),
        Buffer.concat([signature, Buffer.alloc(1)]),
        Buffer.alloc(64, 1),
      ]) {
        assert.equal(await verifySm2(key, digest, wrong), false, wrong.toString('hex'))
      }
      // r + s = n
      const nMinusOne = `${n.slice(0, -2)}22`
      assert.equal(await verifySm2(key, digest, derSequence(number(nMinusOne), one)), false)
    })
  })

  describe('agreeSm2', () => {
    it('gives both sides the same 32 bytes, and nothing for a point that is off the curve', async () => {
      const other = Sm2Pair.generate()
      const secret = await agreeSm2(key, other.point)
      assert.equal(secret?.length, 32)
      assert.deepEqual(await agreeSm2(other, key.point), secret)
      const off = Buffer.from(other.point)
      off[63]! ^= 1
      for (const wrong of [off, Buffer.alloc(64), Buffer.alloc(64, 0xff)]) {
        assert.equal(await agreeSm2(key, wrong), null)
      }
    })
  })

  describe('encryptSm2 and decryptSm2', () => {
    it('are each other’s inverse, from one byte to 1024', async () => {
      for (const length of [0, 1, 31, 32, 33, 64, 1024]) {
        const plaintext = Buffer.alloc(length, 5)
        const ciphertext = await encryptSm2(key, plaintext)
        assert.deepEqual(await decryptSm2(key, ciphertext), plaintext)
      }
    })

    it('refuse whatever was changed, and another key', async () => {
      const ciphertext = await encryptSm2(key, Buffer.from('plaintext'))
      assert.equal(await decryptSm2(Sm2Pair.generate(), ciphertext), null)
      for (let at = 0; at < ciphertext.length; at++) {
        const changed = Buffer.from(ciphertext)
        changed[at]! ^= 1
        assert.equal(await decryptSm2(key, changed), null, `byte ${at}`)
        assert.equal(await decryptSm2(key, ciphertext.subarray(0, at)), null)
      }
      assert.equal(await decryptSm2(key, Buffer.concat([ciphertext, Buffer.alloc(1)])), null)
    })

    it('open the ciphertext of GB/T 32918.5, appendix A.4', async () => {
      const known = Sm2Pair.fromPkcs8(Buffer.from(standardKey, 'hex'))
      const ciphertext = derSequence(
        number('04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73'),
        number('e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0'),
        derOctetString(
          Buffer.from('59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766', 'hex'),
        ),
        derOctetString(Buffer.from('21886ca989ca9c7d58087307ca93092d651efa', 'hex')),
      )
      const plaintext = await decryptSm2(known, ciphertext)
      assert.equal(plaintext?.toString(), 'encryption standard')
    })

    describeWithOpenssl('beside openssl', () => {
      const plaintext = Buffer.from('from one to the other')
      const publicPem = pem('PUBLIC KEY', key.spki())
      const privatePem = pem('PRIVATE KEY', key.pkcs8())

      it('open its ciphertexts', async () => {
        const ciphertext = openssl(
          ['pkeyutl', '-encrypt', '-pubin', '-inkey', 'key.pem', '-in', 'plaintext'],
          { 'key.pem': publicPem, plaintext },
        )
        assert.deepEqual(await decryptSm2(key, ciphertext), plaintext)
      })

      it('make ciphertexts that it opens', async () => {
        const opened = openssl(['pkeyutl', '-decrypt', '-inkey', 'key.pem', '-in', 'ciphertext'], {
          'key.pem': privatePem,
          ciphertext: await encryptSm2(key, plaintext),
        })
        assert.deepEqual(opened, plaintext)
      })
    })
  })
})

function number(hex: string): Buffer {
  return derUnsigned(Buffer.from(hex, 'hex'))
}
