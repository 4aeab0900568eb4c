import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, missing, refused, type Refusal } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { aliasOf, arns, keyIds, useKms } from '../../support/scene.ts'

const name = 'Verify'
const Message = Buffer.from('message')
const SigningAlgorithm = 'ECDSA_SHA_256'
const KeyId = keyIds.signing
const invalidSignature: Refusal = ['KMSInvalidSignatureException', null]

describe(name, () => {
  const kms = useKms(['signing', 'rsaSigning', 'edwards', 'symmetric'])

  async function signed(input: object = {}): Promise<Buffer> {
    const given = { KeyId, Message, SigningAlgorithm, ...input }
    const { Signature } = await call(kms.root, 'Sign', given)
    return Buffer.from(Signature!)
  }

  describe('input', () => {
    it('requires its four members', async () => {
      const input = { KeyId, Message, SigningAlgorithm, Signature: Buffer.alloc(70) }
      for (const member of ['KeyId', 'Message', 'SigningAlgorithm', 'Signature'] as const) {
        const path = member.charAt(0).toLowerCase() + member.slice(1)
        await refused(kms.root, name, { ...input, [member]: undefined }, missing(path))
      }
    })

    it('refuses a signature that is damaged, cut, longer or none', async () => {
      const Signature = await signed()
      const damaged = Buffer.from(Signature)
      damaged[damaged.length - 1]! ^= 1
      for (const wrong of [
        damaged,
        Signature.subarray(1),
        Buffer.concat([Signature, Buffer.of(0)]),
        Buffer.from('no signature'),
      ]) {
        const input = { KeyId, Message, SigningAlgorithm, Signature: wrong }
        await refused(kms.root, name, input, invalidSignature)
      }
    })

    it('refuses a signature of another message, key or algorithm', async () => {
      const input = { KeyId, Message, SigningAlgorithm, Signature: await signed() }
      await refused(kms.root, name, { ...input, Message: Buffer.from('other') }, invalidSignature)
      const { KeyMetadata } = await call(kms.root, 'CreateKey', {
        KeySpec: 'ECC_NIST_P256',
        KeyUsage: 'SIGN_VERIFY',
      })
      await refused(kms.root, name, { ...input, KeyId: KeyMetadata?.KeyId }, invalidSignature)
      const rsa = { KeyId: keyIds.rsaSigning, SigningAlgorithm: 'RSASSA_PSS_SHA_256' }
      const Signature = await signed(rsa)
      const other = { ...rsa, Message, Signature, SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256' }
      await refused(kms.root, name, other, invalidSignature)
    })

    it('refuses a digest of another length', async () => {
      const input = { KeyId, Message, SigningAlgorithm, Signature: await signed() }
      await refused(kms.root, name, { ...input, MessageType: 'DIGEST' }, [
        'ValidationException',
        'Digest is invalid length for algorithm ECDSA_SHA_256.',
      ])
    })

    it('refuses a key of another usage, before the algorithm', async () => {
      const input = { KeyId: keyIds.symmetric, Message, SigningAlgorithm }
      await refused(kms.root, name, { ...input, Signature: Buffer.alloc(70) }, [
        'InvalidKeyUsageException',
        `${arns.symmetric} key usage is ENCRYPT_DECRYPT which is not valid for Verify.`,
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: async (keyId) => ({
        KeyId: keyId,
        Message,
        SigningAlgorithm,
        Signature: await signed(),
      }),
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({
      KeyId,
      Message: Message.toString('base64'),
      SigningAlgorithm,
      Signature: (await signed()).toString('base64'),
    }))
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const Signature = await signed()
      const got = await answer(kms.root, name, {
        KeyId: aliasOf('signing'),
        Message,
        SigningAlgorithm,
        Signature,
      })
      assert.deepEqual(membersOf(got), ['KeyId', 'SignatureValid', 'SigningAlgorithm'])
      assert.deepEqual(got.body, { KeyId: arns.signing, SignatureValid: true, SigningAlgorithm })
    })

    it('takes the digest for the message, and the other way round', async () => {
      const digest = {
        Message: createHash('sha256').update(Message).digest(),
        MessageType: 'DIGEST',
      }
      const common = { KeyId, SigningAlgorithm }
      const ofMessage = await signed()
      await call(kms.root, name, { ...common, ...digest, Signature: ofMessage })
      const ofDigest = await signed(digest)
      await call(kms.root, name, { ...common, Message, Signature: ofDigest })
    })

    for (const [SigningAlgorithm, key, MessageType] of [
      ['RSASSA_PSS_SHA_512', 'rsaSigning', 'RAW'],
      ['RSASSA_PKCS1_V1_5_SHA_384', 'rsaSigning', 'RAW'],
      ['ED25519_SHA_512', 'edwards', 'RAW'],
      ['ED25519_PH_SHA_512', 'edwards', 'DIGEST'],
    ] as const) {
      it(`knows the signatures of Sign: ${SigningAlgorithm}`, async () => {
        const input = {
          KeyId: keyIds[key],
          Message: Buffer.alloc(64, 1),
          MessageType,
          SigningAlgorithm,
        }
        await call(kms.root, name, { ...input, Signature: await signed(input) })
      })
    }
  })
})
