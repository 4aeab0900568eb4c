import assert from 'node:assert/strict'
import { constants, createHash, createPublicKey, verify, type KeyObject } from 'node:crypto'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, membersOf, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, closedPolicy, noKeyPolicy } from '../../support/policies.ts'
import { aliasOf, arns, keyIds, parentArn, useKms, type KeyName } from '../../support/scene.ts'

const name = 'Sign'
const Message = Buffer.from('message')
const SigningAlgorithm = 'ECDSA_SHA_256'
const KeyId = keyIds.signing
const mlDsaId = '00000000-0000-4000-8000-0000000000d0'

describe(name, () => {
  const kms = useKms(['signing', 'rsaSigning', 'edwards', 'symmetric'], {
    keys: [{ id: mlDsaId, spec: 'ML_DSA_44' }],
  })

  async function publicKeyOf(key: KeyName): Promise<KeyObject> {
    const { PublicKey } = await call(kms.root, 'GetPublicKey', { KeyId: keyIds[key] })
    return createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' })
  }

  describe('input', () => {
    const input = { KeyId, Message, SigningAlgorithm }

    it('requires its three members', async () => {
      for (const member of ['KeyId', 'Message', 'SigningAlgorithm'] as const) {
        const path = member.charAt(0).toLowerCase() + member.slice(1)
        await refused(kms.root, name, { ...input, [member]: undefined }, missing(path))
      }
    })

    it('refuses a message of no byte and of 4097', async () => {
      for (const [bytes, text] of [
        [0, 'greater than or equal to 1'],
        [4097, 'less than or equal to 4096'],
      ] as const) {
        const words = `Value at 'message' failed to satisfy constraint: Member must have length ${text}`
        const given = { ...input, Message: Buffer.alloc(bytes) }
        await refused(kms.root, name, given, constraint(words))
      }
    })

    it('refuses a digest of another length', async () => {
      for (const bytes of [31, 33, 48]) {
        const given = { ...input, Message: Buffer.alloc(bytes), MessageType: 'DIGEST' }
        await refused(kms.root, name, given, [
          'ValidationException',
          'Digest is invalid length for algorithm ECDSA_SHA_256.',
        ])
      }
    })

    it('refuses an algorithm that the key does not have', async () => {
      await refused(kms.root, name, { ...input, SigningAlgorithm: 'RSASSA_PSS_SHA_256' }, [
        'InvalidKeyUsageException',
        'Algorithm RSASSA_PSS_SHA_256 is incompatible with key spec ECC_NIST_P256.',
      ])
    })

    it('refuses a key of another usage, before the algorithm', async () => {
      await refused(kms.root, name, { ...input, KeyId: keyIds.symmetric }, [
        'InvalidKeyUsageException',
        `${arns.symmetric} key usage is ENCRYPT_DECRYPT which is not valid for Sign.`,
      ])
    })

    it('refuses a kind of message that the algorithm does not take', async () => {
      for (const [algorithm, MessageType] of [
        ['ED25519_SHA_512', 'DIGEST'],
        ['ED25519_PH_SHA_512', 'RAW'],
      ] as const) {
        const given = { KeyId: keyIds.edwards, Message: Buffer.alloc(64) }
        const more = { SigningAlgorithm: algorithm, MessageType }
        await refused(kms.root, name, { ...given, ...more }, [
          'ValidationException',
          `Message type ${MessageType} is incompatible with algorithm ${algorithm}.`,
        ])
      }
    })

    it('refuses a kind of message that no algorithm of the key takes', async () => {
      const external = { Message: Buffer.alloc(64), MessageType: 'EXTERNAL_MU' }
      for (const [key, SigningAlgorithm, spec] of [
        ['signing', 'ECDSA_SHA_256', 'ECC_NIST_P256'],
        ['rsaSigning', 'RSASSA_PSS_SHA_512', 'RSA_2048'],
        ['edwards', 'ED25519_SHA_512', 'ECC_NIST_EDWARDS25519'],
      ] as const) {
        const given = { KeyId: keyIds[key], SigningAlgorithm, ...external }
        await refused(kms.root, name, given, [
          'ValidationException',
          `Message type EXTERNAL_MU is incompatible with key spec ${spec}.`,
        ])
      }
      for (const MessageType of ['DIGEST', 'EXTERNAL_MU']) {
        const given = { KeyId: mlDsaId, SigningAlgorithm: 'ML_DSA_SHAKE_256', MessageType }
        await refused(kms.root, name, { ...given, Message: Buffer.alloc(32) }, [
          'ValidationException',
          MessageType === 'DIGEST'
            ? 'Message type DIGEST is incompatible with key spec ML_DSA_44.'
            : 'External Mu is invalid length for algorithm ML_DSA_SHAKE_256.',
        ])
      }
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: (keyId) => ({ KeyId: keyId, Message, SigningAlgorithm }),
    })

    it('hears of the algorithm and the kind of message, also of the one that is not said', async () => {
      const Condition = {
        StringEquals: { 'kms:SigningAlgorithm': SigningAlgorithm, 'kms:MessageType': 'RAW' },
      }
      const Policy = closedPolicy(allow('kms:Sign', parentArn, { Condition }))
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
      await call(kms.parent, name, { KeyId, Message, SigningAlgorithm })
      const digest = { Message: Buffer.alloc(32), MessageType: 'DIGEST' }
      await refused(
        kms.parent,
        name,
        { KeyId, SigningAlgorithm, ...digest },
        noKeyPolicy('kms:Sign', arns.signing),
      )
      await kms.control('POST', '/_/reset')
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId, Message: 'AA==', SigningAlgorithm }))
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const input = { KeyId: aliasOf('signing'), Message, SigningAlgorithm }
      const got = await answer(kms.root, name, input)
      assert.deepEqual(membersOf(got), ['KeyId', 'Signature', 'SigningAlgorithm'])
      assert.equal(got.output.KeyId, arns.signing)
      assert.equal(got.output.SigningAlgorithm, SigningAlgorithm)
    })

    it('of ECDSA is DER that the public key verifies, for a message and for its digest', async () => {
      const publicKey = await publicKeyOf('signing')
      const digest = createHash('sha256').update(Message).digest()
      for (const given of [{ Message }, { Message: digest, MessageType: 'DIGEST' }]) {
        const { Signature } = await call(kms.root, name, { KeyId, SigningAlgorithm, ...given })
        assert.ok(verify('sha256', Message, publicKey, Signature!))
      }
    })

    for (const hash of ['256', '384', '512']) {
      it(`of RSA verifies as PSS and as PKCS #1 v1.5 with SHA-${hash}`, async () => {
        const key = await publicKeyOf('rsaSigning')
        const paddings = {
          PSS: constants.RSA_PKCS1_PSS_PADDING,
          PKCS1_V1_5: constants.RSA_PKCS1_PADDING,
        }
        for (const [scheme, padding] of Object.entries(paddings)) {
          const algorithm = `RSASSA_${scheme}_SHA_${hash}`
          const input = { KeyId: keyIds.rsaSigning, Message, SigningAlgorithm: algorithm }
          const { Signature } = await call(kms.root, name, input)
          const saltLength = Number(hash) / 8
          const how = scheme === 'PSS' ? { key, padding, saltLength } : { key, padding }
          assert.ok(verify(`sha${hash}`, Message, how, Signature!), algorithm)
        }
      })
    }

    it('of ML-DSA is the same for a message and for its representative μ', async () => {
      const input = { KeyId: mlDsaId, SigningAlgorithm: 'ML_DSA_SHAKE_256' }
      const { PublicKey } = await call(kms.root, 'GetPublicKey', { KeyId: mlDsaId })
      // FIPS 204, section 6.2, with an empty context; the key begins behind the 22 bytes of SPKI.
      const shake = (bytes: Uint8Array) =>
        createHash('shake256', { outputLength: 64 }).update(bytes).digest()
      const [tr, prefix] = [shake(PublicKey!.subarray(22)), Buffer.of(0, 0)]
      const mu = shake(Buffer.concat([tr, prefix, Message]))
      const kinds = [{ Message }, { Message: mu, MessageType: 'EXTERNAL_MU' }]
      for (const signed of kinds) {
        const { Signature } = await call(kms.root, name, { ...input, ...signed })
        assert.equal(Signature!.length, 2420)
        for (const given of kinds) await call(kms.root, 'Verify', { ...input, ...given, Signature })
      }
    })

    it('of Ed25519 verifies', async () => {
      const input = { KeyId: keyIds.edwards, Message, SigningAlgorithm: 'ED25519_SHA_512' }
      const { Signature } = await call(kms.root, name, input)
      assert.ok(verify(null, Message, await publicKeyOf('edwards'), Signature!))
    })
  })
})
