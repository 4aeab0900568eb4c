import assert from 'node:assert/strict'
import { X509Certificate, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { generateP384Keys, identifyKey, signP384 } from '../../lib/attest/p384.ts'
import { simulatedRootCertificate } from '../../lib/attest/simulated-root.ts'
import { DerReader } from '../../lib/codec/der.ts'
import { decodeCertificate, decodePublicKeyInfo, oid } from '../../lib/codec/x509.ts'

describe('generateP384Keys', () => {
  it('gives a P-384 key and its public half, uncompressed', async () => {
    const { privateKey, publicKeyInfo } = await generateP384Keys()
    const { algorithm, curve, key } = decodePublicKeyInfo(publicKeyInfo)
    assert.equal(algorithm, oid.ecPublicKey)
    assert.equal(curve, oid.secp384r1)
    assert.deepEqual([key.length, key[0]], [97, 4])
    const half = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
    assert.deepEqual(publicKeyInfo, half)
  })

  it('gives another key each time', async () => {
    const [one, other] = await Promise.all([generateP384Keys(), generateP384Keys()])
    assert.notDeepEqual(one.publicKeyInfo, other.publicKeyInfo)
  })
})

describe('identifyKey', () => {
  it('gives the identifier that the root says of its key', () => {
    const root = decodeCertificate(simulatedRootCertificate())
    const identifier = identifyKey(root.publicKey.spki)
    assert.equal(identifier.length, 20)
    const extension = Buffer.from('0603551d0e04160414', 'hex')
    assert.ok(Buffer.from(root.tbs).includes(Buffer.concat([extension, identifier])))
  })
})

describe('signP384', () => {
  const message = Buffer.from('what is signed')
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' })

  it('signs in both forms with SHA-384', async () => {
    for (const dsaEncoding of ['der', 'ieee-p1363'] as const) {
      const signature = await signP384(message, privateKey, dsaEncoding)
      assert.ok(verify('sha384', message, { key: publicKey, dsaEncoding }, signature), dsaEncoding)
      assert.ok(!verify('sha384', Buffer.alloc(1), { key: publicKey, dsaEncoding }, signature))
    }
  })

  it('gives an ECDSA-Sig-Value as certificates have it, or 96 bytes as COSE has them', async () => {
    const reader = new DerReader(await signP384(message, privateKey, 'der')).inside(0x30)
    assert.ok(reader.unsigned().length <= 48 && reader.unsigned().length <= 48)
    reader.end()
    assert.equal((await signP384(message, privateKey, 'ieee-p1363')).length, 96)
  })

  it('rejects a key that cannot sign', async () => {
    const { publicKey: half } = new X509Certificate(simulatedRootCertificate())
    await assert.rejects(signP384(message, half, 'der'), {
      code: 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE',
    })
  })
})
