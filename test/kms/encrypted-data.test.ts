import assert from 'node:assert/strict'
import { encryptedDataPrefix, readEncryptedData } from '../../lib/kms/encrypted-data.ts'
import { describeWithOpenssl, openssl } from '../crypto/openssl.ts'

const nonce = Buffer.from('0102030405060708090a0b0c', 'hex')

function encode(sealedBytes: number): Buffer {
  return Buffer.concat([encryptedDataPrefix(nonce, sealedBytes), Buffer.alloc(sealedBytes, 0xee)])
}

describe('encryptedDataPrefix', () => {
  it("is what AWS's blobs are seen to begin with, for content of 59 bytes", () => {
    assert.equal(
      encode(59).toString('base64'),
      'MHwGCSqGSIb3DQEHBqBvMG0CAQAwaAYJKoZIhvcNAQcBMB4GCWCGSAFlAwQBLjARBAwBAgMEBQYHCAkKCwwCARCAO' +
        Buffer.concat([Buffer.of(0x0b), Buffer.alloc(59, 0xee)])
          .toString('base64')
          .slice(1),
    )
  })
})

describe('readEncryptedData', () => {
  it('reads every length', () => {
    for (let sealedBytes = 0; sealedBytes <= 4300; sealedBytes++) {
      const read = readEncryptedData(encode(sealedBytes))
      assert.ok(read, `${sealedBytes} bytes`)
      assert.deepEqual(read.nonce, nonce)
      assert.equal(read.sealed.length, sealedBytes)
    }
  })

  it('refuses another byte anywhere before the content, but in the nonce', () => {
    for (const sealedBytes of [16, 48, 100, 200, 300]) {
      const der = encode(sealedBytes)
      const inNonce = der.indexOf(nonce)
      for (let at = 0; at < der.length - sealedBytes; at++) {
        if (at >= inNonce && at < inNonce + nonce.length) continue
        const changed = Buffer.from(der)
        changed[at]! ^= 0x01
        assert.equal(readEncryptedData(changed), null, `byte ${at}`)
      }
    }
  })

  it('refuses every shortening, and bytes behind the end', () => {
    const der = encode(48)
    for (let length = 0; length < der.length; length++) {
      assert.equal(readEncryptedData(der.subarray(0, length)), null)
    }
    assert.equal(readEncryptedData(Buffer.concat([der, Buffer.alloc(1)])), null)
  })

  describeWithOpenssl('beside openssl', () => {
    for (const sealedBytes of [16, 48, 60, 120, 130, 200, 300, 4112]) {
      it(`reads DER that openssl reads as CMS, with ${sealedBytes} bytes of content`, () => {
        const printed = openssl(['asn1parse', '-inform', 'DER', '-in', 'der'], {
          der: encode(sealedBytes),
        }).toString()
        for (const name of ['pkcs7-encryptedData', 'pkcs7-data', 'aes-256-gcm']) {
          assert.match(printed, new RegExp(`OBJECT +:${name}\n`))
        }
        assert.match(printed, new RegExp(`l= *${sealedBytes} prim: cont \\[ 0 \\] *\n$`))
      })
    }
  })
})
