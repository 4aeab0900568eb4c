import assert from 'node:assert/strict'
import { createHash, createPrivateKey } from 'node:crypto'
import {
  signingAlgorithms,
  type MessageType,
  type SigningAlgorithm,
} from '../../lib/crypto/algorithms.ts'
import { generateMaterial, Material } from '../../lib/crypto/material.ts'
import { messageRepresentative } from '../../lib/crypto/ml-dsa.ts'
import { offload } from '../../lib/crypto/offload.ts'
import { sign, verify, type Message } from '../../lib/crypto/signature.ts'
import { sm2Digest } from '../../lib/crypto/sm2.ts'
import type { KeySpec } from '../../lib/crypto/specs.ts'
import { describeWithOpenssl, openssl, opensslAgrees, privatePem, publicPem } from './openssl.ts'

/** One pair of key spec and algorithm for each algorithm, and for each curve. */
const pairs: [KeySpec, SigningAlgorithm][] = [
  ['RSA_2048', 'RSASSA_PSS_SHA_256'],
  ['RSA_2048', 'RSASSA_PSS_SHA_384'],
  ['RSA_2048', 'RSASSA_PSS_SHA_512'],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256'],
  ['RSA_3072', 'RSASSA_PKCS1_V1_5_SHA_384'],
  ['RSA_3072', 'RSASSA_PKCS1_V1_5_SHA_512'],
  ['ECC_NIST_P256', 'ECDSA_SHA_256'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384'],
  ['ECC_NIST_P521', 'ECDSA_SHA_512'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256'],
  ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512'],
  ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512'],
  ['SM2', 'SM2DSA'],
  ['ML_DSA_44', 'ML_DSA_SHAKE_256'],
  ['ML_DSA_65', 'ML_DSA_SHAKE_256'],
  ['ML_DSA_87', 'ML_DSA_SHAKE_256'],
]

const text = Buffer.from('a message that is signed')

/** The message, or the digest that the owner of the key makes of it. */
async function messageOf(
  key: Material,
  algorithm: SigningAlgorithm,
  type: MessageType,
): Promise<Message> {
  if (type === 'RAW') return { type, bytes: text }
  const { scheme, hash } = signingAlgorithms[algorithm]
  if (scheme === 'SM2DSA') return { type, bytes: sm2Digest(key.sm2Pair, text) }
  if (scheme === 'ML-DSA') {
    const { publicKey } = await key.seedPair.keys()
    return { type, bytes: messageRepresentative(publicKey, text) }
  }
  return { type, bytes: createHash(hash).update(text).digest() }
}

const keys = new Map<string, Promise<Material>>()

function keyOf(spec: KeySpec, owner: 'own' | 'stranger' = 'own'): Promise<Material> {
  const name = `${owner} ${spec}`
  let key = keys.get(name)
  if (!key) keys.set(name, (key = generateMaterial(spec)))
  return key
}

describe('sign and verify', function () {
  this.timeout(60_000)

  for (const [spec, algorithm] of pairs) {
    const { messageTypes } = signingAlgorithms[algorithm]

    for (const type of messageTypes) {
      it(`verify their own: ${spec}, ${algorithm}, ${type}`, async () => {
        const key = await keyOf(spec)
        const message = await messageOf(key, algorithm, type)
        const signature = await sign(key, algorithm, message)
        assert.equal(await verify(key, algorithm, message, signature), true)
      })

      it(`refuse what is not exactly right: ${spec}, ${algorithm}, ${type}`, async () => {
        const key = await keyOf(spec)
        const message = await messageOf(key, algorithm, type)
        const signature = await sign(key, algorithm, message)
        const other = Buffer.from(message.bytes)
        other[0]! ^= 1
        const check = (bytes: Uint8Array) => verify(key, algorithm, message, bytes)
        assert.equal(await verify(key, algorithm, { type, bytes: other }, signature), false)
        const stranger = await keyOf(spec, 'stranger')
        assert.equal(await verify(stranger, algorithm, message, signature), false)
        assert.equal(await check(Buffer.alloc(0)), false)
        assert.equal(await check(Buffer.alloc(signature.length)), false)
        assert.equal(await check(Buffer.alloc(signature.length, 0xff)), false)
        assert.equal(await check(signature.subarray(0, -1)), false)
        assert.equal(await check(Buffer.concat([signature, Buffer.alloc(1)])), false)
        for (const at of [0, 1, Math.floor(signature.length / 2), signature.length - 1]) {
          const changed = Buffer.from(signature)
          changed[at]! ^= 0x10
          assert.equal(await check(changed), false, `byte ${at}`)
        }
      })
    }

    if (messageTypes.length === 2) {
      it(`take a message and its digest for the same: ${spec}, ${algorithm}`, async () => {
        const key = await keyOf(spec)
        const raw = await messageOf(key, algorithm, 'RAW')
        const digest = await messageOf(key, algorithm, messageTypes[1])
        assert.equal(await verify(key, algorithm, digest, await sign(key, algorithm, raw)), true)
        assert.equal(await verify(key, algorithm, raw, await sign(key, algorithm, digest)), true)
      })
    }
  }

  it('refuse a PSS signature whose salt has another length', async () => {
    const key = await keyOf('RSA_2048')
    const digest = await messageOf(key, 'RSASSA_PSS_SHA_256', 'DIGEST')
    const short = await sign(key, 'RSASSA_PSS_SHA_256', digest, () => Buffer.alloc(20))
    assert.equal(await verify(key, 'RSASSA_PSS_SHA_256', digest, short), false)
    const raw = await messageOf(key, 'RSASSA_PSS_SHA_256', 'RAW')
    assert.equal(await verify(key, 'RSASSA_PSS_SHA_256', raw, short), false)
  })

  it('do not take one RSA scheme for the other, nor one hash', async () => {
    const key = await keyOf('RSA_2048')
    const pss = await sign(
      key,
      'RSASSA_PSS_SHA_256',
      await messageOf(key, 'RSASSA_PSS_SHA_256', 'DIGEST'),
    )
    for (const other of [
      'RSASSA_PKCS1_V1_5_SHA_256',
      'RSASSA_PKCS1_V1_5_SHA_512',
      'RSASSA_PSS_SHA_512',
    ] as const) {
      assert.equal(await verify(key, other, await messageOf(key, other, 'DIGEST'), pss), false)
      assert.equal(await verify(key, other, await messageOf(key, other, 'RAW'), pss), false)
    }
  })

  it('make another ECDSA signature each time', async () => {
    const key = await keyOf('ECC_NIST_P256')
    const message = await messageOf(key, 'ECDSA_SHA_256', 'DIGEST')
    const [one, other] = [
      await sign(key, 'ECDSA_SHA_256', message),
      await sign(key, 'ECDSA_SHA_256', message),
    ]
    assert.notDeepEqual(one, other)
  })

  it('throw on a digest of another length, and on a message type that an algorithm lacks', async () => {
    const short: Message = { type: 'DIGEST', bytes: Buffer.alloc(28) }
    await assert.rejects(sign(await keyOf('ECC_NIST_P256'), 'ECDSA_SHA_256', short), {
      message: 'ECDSA_SHA_256 takes a digest of 32 bytes',
    })
    const key = await keyOf('ECC_NIST_EDWARDS25519')
    const digest: Message = { type: 'DIGEST', bytes: Buffer.alloc(64) }
    await assert.rejects(verify(key, 'ED25519_SHA_512', digest, Buffer.alloc(64)), {
      message: 'ED25519_SHA_512 takes no DIGEST message',
    })
    await assert.rejects(sign(key, 'ED25519_PH_SHA_512', { type: 'RAW', bytes: text }), {
      message: 'ED25519_PH_SHA_512 takes no RAW message',
    })
  })

  it('hash a digest again under Ed25519ph, as KMS does', async () => {
    const key = await keyOf('ECC_NIST_EDWARDS25519')
    const digest = await messageOf(key, 'ED25519_PH_SHA_512', 'DIGEST')
    // Ed25519ph makes one signature of a message, and this is the primitive that hashes it.
    const hashedTwice = await offload('ed25519phSign', key.key, digest.bytes)
    assert.deepEqual(await sign(key, 'ED25519_PH_SHA_512', digest), Buffer.from(hashedTwice))
  })

  it("are RFC 8032's Ed25519: section 7.1, test 2", async () => {
    const key = ed25519Key('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb')
    const message: Message = { type: 'RAW', bytes: Buffer.of(0x72) }
    assert.equal(
      (await sign(key, 'ED25519_SHA_512', message)).toString('hex'),
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    )
  })

  describeWithOpenssl('beside openssl', () => {
    for (const [spec, algorithm] of pairs) {
      for (const type of signingAlgorithms[algorithm].messageTypes) {
        // OpenSSL has Ed25519ph from 3.2 on only; what it says of ML-DSA is in ml-dsa.test.ts.
        if (algorithm === 'ED25519_PH_SHA_512' || algorithm === 'ML_DSA_SHAKE_256') continue
        // Its command signs no SM2 digests.
        if (algorithm === 'SM2DSA' && type === 'DIGEST') continue

        it(`agree: ${spec}, ${algorithm}, ${type}`, async () => {
          const key = await keyOf(spec)
          const message = await messageOf(key, algorithm, type)
          const args = ['pkeyutl', '-in', 'message', ...pkeyutlOptions(algorithm, type)]

          const theirs = openssl([...args, '-sign', '-inkey', 'key.pem'], {
            'key.pem': privatePem(key),
            message: message.bytes,
          })
          assert.equal(await verify(key, algorithm, message, theirs), true)

          const signature = await sign(key, algorithm, message)
          const verifyArgs = [...args, '-verify', '-pubin', '-inkey', 'key.pem', '-sigfile', 'sig']
          const files = { 'key.pem': await publicPem(key), message: message.bytes }
          assert.equal(opensslAgrees(verifyArgs, { ...files, sig: signature }), true)
          const bad = Buffer.from(signature)
          bad[bad.length - 1]! ^= 1
          assert.equal(opensslAgrees(verifyArgs, { ...files, sig: bad }), false)
        })
      }
    }
  })
})

function pkeyutlOptions(algorithm: SigningAlgorithm, type: MessageType): string[] {
  const { scheme, hash } = signingAlgorithms[algorithm]
  if (scheme === 'Ed25519') return ['-rawin']
  if (scheme === 'SM2DSA') {
    return ['-rawin', '-digest', hash, '-pkeyopt', 'distid:1234567812345678']
  }
  const options = type === 'RAW' ? ['-rawin', '-digest', hash] : ['-pkeyopt', `digest:${hash}`]
  if (scheme === 'RSASSA-PSS') {
    options.push('-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt', 'rsa_pss_saltlen:digest')
  }
  return options
}

function ed25519Key(seedHex: string): Material {
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${seedHex}`, 'hex')
  return new Material(
    'ECC_NIST_EDWARDS25519',
    createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
  )
}
