import assert from 'node:assert/strict'
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { offload } from '../../lib/crypto/offload.ts'

describe('ecdsaVerify', () => {
  // RFC 6979, appendix A.2.5.
  const publicKey = createPublicKey({
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: base64url('60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6'),
      y: base64url('7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299'),
    },
    format: 'jwk',
  })

  it('accepts a signature that is not in low-S form', async () => {
    const signature = der(
      'EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716',
      'F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8',
    )
    assert.equal(await offload('ecdsaVerify', publicKey, digest('sha256'), signature), true)
    assert.equal(await offload('ecdsaVerify', publicKey, digest('sha384'), signature), false)
  })

  it('shortens a digest that is longer than the order of the curve', async () => {
    const signature = der(
      '8496A60B5E9B47C825488827E0495B0E3FA109EC4568FD3F8D1097678EB97F00',
      '2362AB1ADBE2B8ADF9CB9EDAB740EA6049C028114F2460F96554F61FAE3302FE',
    )
    assert.equal(await offload('ecdsaVerify', publicKey, digest('sha512'), signature), true)
  })

  it('refuses a signature in another encoding than DER', async () => {
    const raw = Buffer.from(
      'EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716' +
        'F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8',
      'hex',
    )
    assert.equal(await offload('ecdsaVerify', publicKey, digest('sha256'), raw), false)
  })

  function digest(hash: string): Buffer {
    return createHash(hash).update('sample').digest()
  }

  function der(r: string, s: string): Buffer {
    const integer = (hex: string) => {
      const bytes = Buffer.from(hex, 'hex')
      const positive = bytes[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
      return Buffer.concat([Buffer.of(2, positive.length), positive])
    }
    const content = Buffer.concat([integer(r), integer(s)])
    return Buffer.concat([Buffer.of(0x30, content.length), content])
  }
})

describe('ed25519phSign and ed25519phVerify', () => {
  // RFC 8032, section 7.3.
  const seed = '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42'
  const signature = Buffer.from(
    '98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41' +
      '31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406',
    'hex',
  )
  const message = Buffer.from('abc')
  const key: KeyObject = createPrivateKey({
    key: Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'),
    format: 'der',
    type: 'pkcs8',
  })

  it("are RFC 8032's", async () => {
    assert.deepEqual(Buffer.from(await offload('ed25519phSign', key, message)), signature)
    assert.equal(await offload('ed25519phVerify', createPublicKey(key), message, signature), true)
  })

  it('refuse a signature of another length', async () => {
    const publicKey = createPublicKey(key)
    assert.equal(await offload('ed25519phVerify', publicKey, message, signature.subarray(1)), false)
    assert.equal(await offload('ed25519phVerify', publicKey, message, Buffer.alloc(65)), false)
  })
})

function base64url(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64url')
}
