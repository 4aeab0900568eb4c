import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import type { MacAlgorithm } from '../../lib/crypto/algorithms.ts'
import { generateMac, verifyMac } from '../../lib/crypto/mac.ts'
import { Material, generateMaterial } from '../../lib/crypto/material.ts'

/** RFC 4231, test case 1. */
const vectors: Record<MacAlgorithm, string> = {
  HMAC_SHA_224: '896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22',
  HMAC_SHA_256: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  HMAC_SHA_384:
    'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
  HMAC_SHA_512:
    '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
}

describe('generateMac', () => {
  for (const [algorithm, mac] of Object.entries(vectors)) {
    it(`is RFC 4231's for ${algorithm}`, () => {
      const material = new Material('HMAC_256', createSecretKey(Buffer.alloc(20, 0x0b)))
      const made = generateMac(material, algorithm as MacAlgorithm, Buffer.from('Hi There'))
      assert.equal(made.toString('hex'), mac)
    })
  }
})

describe('verifyMac', () => {
  const message = Buffer.from('message')

  it('accepts the tag, and refuses a changed, shortened or lengthened one', async () => {
    const material = await generateMaterial('HMAC_256')
    const check = (mac: Buffer) => verifyMac(material, 'HMAC_SHA_256', message, mac)
    const mac = generateMac(material, 'HMAC_SHA_256', message)
    assert.equal(check(mac), true)
    for (let at = 0; at < mac.length; at++) {
      const changed = Buffer.from(mac)
      changed[at]! ^= 1
      assert.equal(check(changed), false)
      assert.equal(check(mac.subarray(0, at)), false)
    }
    assert.equal(check(Buffer.concat([mac, Buffer.alloc(1)])), false)
  })

  it('refuses the tag of another message or key', async () => {
    const [material, other] = [
      await generateMaterial('HMAC_512'),
      await generateMaterial('HMAC_512'),
    ]
    const mac = generateMac(material, 'HMAC_SHA_512', message)
    assert.equal(verifyMac(material, 'HMAC_SHA_512', Buffer.from('Message'), mac), false)
    assert.equal(verifyMac(other, 'HMAC_SHA_512', message, mac), false)
  })
})
