import assert from 'node:assert/strict'
import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'
import { deriveSharedSecret } from '../../lib/crypto/agreement.ts'
import { generateMaterial, type Material } from '../../lib/crypto/material.ts'
import type { KeySpec } from '../../lib/crypto/specs.ts'
import { describeWithOpenssl, openssl, privatePem, publicPem } from './openssl.ts'

const secretBytes: [KeySpec, number][] = [
  ['ECC_NIST_P256', 32],
  ['ECC_NIST_P384', 48],
  ['ECC_NIST_P521', 66],
  ['SM2', 32],
]

describe('deriveSharedSecret', () => {
  for (const [spec, bytes] of secretBytes) {
    it(`gives both sides of ${spec} the same ${bytes} bytes`, async () => {
      const [one, other] = [await generateMaterial(spec), await generateMaterial(spec)]
      const secret = await deriveSharedSecret(one, await other.publicKeyInfo())
      assert.equal(secret.length, bytes)
      assert.deepEqual(await deriveSharedSecret(other, await one.publicKeyInfo()), secret)
    })
  }

  it('keeps the zeros at the beginning of a secret', async () => {
    const material = await generateMaterial('ECC_NIST_P256')
    const peer = peerWithShortSecret(material)
    const secret = await deriveSharedSecret(material, peer.spki)
    assert.equal(secret.length, 32)
    assert.equal(secret[0], 0)
    assert.deepEqual(secret, peer.secret)
  })

  describe('refuses as a peer key', () => {
    let material: Material
    let peer: Material
    before(async () => {
      material = await generateMaterial('ECC_NIST_P256')
      peer = await generateMaterial('ECC_NIST_P256')
    })

    const form = {
      code: 'PEER_KEY',
      message: 'peer public key: want an uncompressed point on the same curve, in SPKI DER',
    }
    const refuse = (spki: Uint8Array, error: object) =>
      assert.rejects(deriveSharedSecret(material, spki), error)

    it('a point that is not on the curve', async () => {
      const bad = Buffer.from(peer.spki)
      bad[bad.length - 1]! ^= 1
      await refuse(bad, {
        code: 'PEER_KEY',
        message: 'peer public key: the point is not on the curve',
      })
    })

    it('a key on another curve, and of another kind', async () => {
      for (const spec of [
        'ECC_SECG_P256K1',
        'ECC_NIST_P384',
        'ECC_NIST_EDWARDS25519',
        'SM2',
        'ML_KEM_512',
      ] as const) {
        await refuse(await (await generateMaterial(spec)).publicKeyInfo(), form)
      }
    })

    it('of SM2 the same', async () => {
      const [own, other] = [await generateMaterial('SM2'), await generateMaterial('SM2')]
      const spki = await other.publicKeyInfo()
      await assert.rejects(deriveSharedSecret(own, peer.spki), form)
      await assert.rejects(deriveSharedSecret(own, spki.subarray(1)), form)
      spki[spki.length - 1]! ^= 1
      await assert.rejects(deriveSharedSecret(own, spki), {
        code: 'PEER_KEY',
        message: 'peer public key: the point is not on the curve',
      })
    })

    it('every shortening, and bytes behind the key', async () => {
      for (let length = 0; length < peer.spki.length; length++) {
        await refuse(peer.spki.subarray(0, length), form)
      }
      await refuse(Buffer.concat([peer.spki, Buffer.alloc(1)]), form)
    })

    it('a private key and PEM', async () => {
      await refuse(peer.bytes, form)
      await refuse(Buffer.from(await publicPem(peer)), form)
    })

    it('a compressed point', async () => {
      const header = peer.spki.subarray(0, 26)
      const x = peer.spki.subarray(27, 59)
      const compressed = Buffer.concat([header, Buffer.of(2), x])
      compressed[1] = compressed.length - 2
      compressed[24] = 34
      createPublicKey({ key: compressed, format: 'der', type: 'spki' })
      await refuse(compressed, form)
    })
  })

  describeWithOpenssl('beside openssl', () => {
    for (const [spec] of secretBytes) {
      // Its command agrees to no SM2 keys.
      if (spec === 'SM2') continue
      it(`derives the same secret on ${spec}`, async () => {
        const [own, peer] = [await generateMaterial(spec), await generateMaterial(spec)]
        const secret = openssl(
          ['pkeyutl', '-derive', '-inkey', 'peer.pem', '-peerkey', 'own.pem'],
          { 'peer.pem': privatePem(peer), 'own.pem': await publicPem(own) },
        )
        assert.deepEqual(await deriveSharedSecret(own, await peer.publicKeyInfo()), secret)
      })
    }
  })
})

/** One peer in 256 gives a secret that begins with a zero. */
function peerWithShortSecret({ key }: Material): { spki: Buffer; secret: Buffer } {
  for (let tries = 0; tries < 10_000; tries++) {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const secret = diffieHellman({ privateKey: key, publicKey })
    if (secret[0] === 0) return { spki: publicKey.export({ type: 'spki', format: 'der' }), secret }
  }
  return assert.fail('no such peer')
}
