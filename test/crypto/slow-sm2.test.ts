import assert from 'node:assert/strict'
import { offload } from '../../lib/crypto/offload.ts'

/** GB/T 32918.5, appendix A: the key, and the point and the secret of the encryption example. */
const scalar = hex('3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8')
const publicKey = hex(
  '09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
    'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
)
const c1 = hex(
  '04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73' +
    'e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0',
)
const shared = hex(
  '335e18d751e51f040e27d468138b7ab1dc86ad7f981d7d416222fd6ab3ed230d' +
    'ab743ebcfb22d64f7b6ab791f70658f25b48fa93e54064fdbfbed3f0bd847ac9',
)
/** e, r and s of the signature example. */
const digest = hex('f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640')
const signature = hex(
  'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
    'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
)

describe('the slow steps of SM2', () => {
  it('verify the signature of the standard, and no other', async () => {
    assert.equal(await offload('sm2Verify', publicKey, digest, signature), true)
    for (let at = 0; at < signature.length; at += 7) {
      const changed = Buffer.from(signature)
      changed[at]! ^= 1
      assert.equal(await offload('sm2Verify', publicKey, digest, changed), false)
    }
  })

  it('sign otherwise each time', async () => {
    const [one, other] = [
      await offload('sm2Sign', scalar, digest),
      await offload('sm2Sign', scalar, digest),
    ]
    assert.notDeepEqual(one, other)
    for (const made of [one, other]) {
      assert.equal(made.length, 64)
      assert.equal(await offload('sm2Verify', publicKey, digest, made), true)
    }
  })

  it('open the point of the standard', async () => {
    const opened = await offload('sm2Open', scalar, c1)
    assert.deepEqual(opened && Buffer.from(opened), shared)
    const off = Buffer.from(c1)
    off[0]! ^= 1
    assert.equal(await offload('sm2Open', scalar, off), null)
  })

  it('share what the private key opens', async () => {
    const made = await offload('sm2Share', publicKey)
    assert.deepEqual(await offload('sm2Open', scalar, made.point), made.shared)
  })
})

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex')
}
