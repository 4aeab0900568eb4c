import assert from 'node:assert/strict'
import { encapsulateTo } from '../../../lib/crypto/kem.ts'
import { systemRandom } from '../../../lib/crypto/random.ts'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, membersOf, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { aliasOf, arns, keyIds, useKms } from '../../support/scene.ts'

const name = 'Decapsulate'
const EncapsulationAlgorithm = 'ML_KEM'
const KeyId = keyIds.encapsulation
const anyCiphertext = Buffer.alloc(768, 1)

describe(name, () => {
  const kms = useKms(['encapsulation', 'symmetric', 'signing'])

  /** A ciphertext and its secret. */
  async function encapsulated() {
    const made = await call(kms.root, 'Encapsulate', { KeyId, EncapsulationAlgorithm })
    return {
      ciphertext: Buffer.from(made.SharedSecretCiphertextBlob!),
      secret: Buffer.from(made.SharedSecret!),
    }
  }

  async function decapsulated(SharedSecretCiphertextBlob: Uint8Array): Promise<Buffer> {
    const input = { KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob }
    const { SharedSecret } = await call(kms.root, name, input)
    return Buffer.from(SharedSecret!)
  }

  describe('input', () => {
    const input = { KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob: anyCiphertext }

    it('requires its three members', async () => {
      for (const member of [
        'KeyId',
        'EncapsulationAlgorithm',
        'SharedSecretCiphertextBlob',
      ] as const) {
        const path = member.charAt(0).toLowerCase() + member.slice(1)
        await refused(kms.root, name, { ...input, [member]: undefined }, missing(path))
      }
    })

    it('refuses a ciphertext of no byte and of 6145', async () => {
      for (const [bytes, text] of [
        [0, 'greater than or equal to 1'],
        [6145, 'less than or equal to 6144'],
      ] as const) {
        const words = `Value at 'sharedSecretCiphertextBlob' failed to satisfy constraint: Member must have length ${text}`
        const given = { ...input, SharedSecretCiphertextBlob: Buffer.alloc(bytes) }
        await refused(kms.root, name, given, constraint(words))
      }
    })

    it('refuses a ciphertext as long as that of another spec, without a text', async () => {
      for (const bytes of [1, 767, 769, 1088, 1568]) {
        const given = { ...input, SharedSecretCiphertextBlob: Buffer.alloc(bytes) }
        await refused(kms.root, name, given, ['InvalidCiphertextException', null])
        const dry = { ...given, DryRun: true }
        await refused(kms.root, name, dry, ['InvalidCiphertextException', null])
      }
    })

    it('refuses a key of another usage', async () => {
      await refused(kms.root, name, { ...input, KeyId: keyIds.signing }, [
        'InvalidKeyUsageException',
        `${arns.signing} key usage is SIGN_VERIFY which is not valid for Decapsulate.`,
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: (keyId) => ({
        KeyId: keyId,
        EncapsulationAlgorithm,
        SharedSecretCiphertextBlob: anyCiphertext,
      }),
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({
      KeyId,
      EncapsulationAlgorithm,
      SharedSecretCiphertextBlob: anyCiphertext.toString('base64'),
    }))
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const { ciphertext, secret } = await encapsulated()
      const got = await answer(kms.root, name, {
        KeyId: aliasOf('encapsulation'),
        EncapsulationAlgorithm,
        SharedSecretCiphertextBlob: ciphertext,
      })
      assert.deepEqual(membersOf(got), ['EncapsulationAlgorithm', 'KeyId', 'SharedSecret'])
      assert.equal(got.output.KeyId, arns.encapsulation)
      assert.equal(got.output.EncapsulationAlgorithm, EncapsulationAlgorithm)
      assert.deepEqual(Buffer.from(got.output.SharedSecret!), secret)
    })

    it('is the secret of whoever has the public key', async () => {
      const { PublicKey } = await call(kms.root, 'GetPublicKey', { KeyId })
      const publicKey = PublicKey!.subarray(-800)
      const { ciphertext, sharedSecret } = await encapsulateTo(
        'ML-KEM-512',
        publicKey,
        systemRandom,
      )
      assert.deepEqual(await decapsulated(ciphertext), sharedSecret)
    })

    it('of a damaged ciphertext is a secret that nobody else has, always the same', async () => {
      const { ciphertext, secret } = await encapsulated()
      ciphertext[0]! ^= 1
      const rejected = await decapsulated(ciphertext)
      assert.equal(rejected.length, 32)
      assert.notDeepEqual(rejected, secret)
      assert.deepEqual(await decapsulated(ciphertext), rejected)
    })
  })
})
