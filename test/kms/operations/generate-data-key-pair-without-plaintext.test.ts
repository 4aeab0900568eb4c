import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { arns, keyIds, useKms } from '../../support/scene.ts'

const name = 'GenerateDataKeyPairWithoutPlaintext'
const KeyId = keyIds.symmetric
const KeyPairSpec = 'ECC_NIST_P256'

describe(name, () => {
  const kms = useKms(['symmetric', 'hmac'])

  describe('input', () => {
    it('refuses a pair that the Region does not have', async () => {
      await refused(kms.root, name, { KeyId, KeyPairSpec: 'SM2' }, [
        'UnsupportedOperationException',
        'KeySpec SM2 is not supported in this Region',
      ])
    })

    it('refuses a key of another usage', async () => {
      await refused(kms.root, name, { KeyId: keyIds.hmac, KeyPairSpec }, [
        'InvalidKeyUsageException',
        `${arns.hmac} key usage is GENERATE_VERIFY_MAC which is not valid for ${name}.`,
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: (keyId) => ({ KeyId: keyId, KeyPairSpec }),
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId, KeyPairSpec }))
  })

  describe('result', () => {
    it('has AWS’s members, without the private key', async () => {
      const got = await answer(kms.root, name, { KeyId, KeyPairSpec })
      assert.deepEqual(membersOf(got), [
        'KeyId',
        'KeyMaterialId',
        'KeyPairSpec',
        'PrivateKeyCiphertextBlob',
        'PublicKey',
      ])
      assert.equal(got.output.KeyId, arns.symmetric)
      assert.equal(got.output.KeyPairSpec, KeyPairSpec)
    })

    it('decrypts to the private half', async () => {
      const EncryptionContext = { a: 'b' }
      const { PrivateKeyCiphertextBlob: CiphertextBlob, PublicKey } = await call(kms.root, name, {
        KeyId,
        KeyPairSpec,
        EncryptionContext,
      })
      const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext })
      const key = createPrivateKey({ key: Buffer.from(Plaintext!), format: 'der', type: 'pkcs8' })
      const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
      assert.deepEqual(spki, Buffer.from(PublicKey!))
    })
  })
})
