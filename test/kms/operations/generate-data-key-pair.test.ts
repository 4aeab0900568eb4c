import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, missing, refused } from '../../support/call.ts'
import { allow, closedPolicy, noKeyPolicy, policyOf } from '../../support/policies.ts'
import { onlyTheImage, testRecipient } from '../../support/recipient-shelf.ts'
import { arnOf, arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'GenerateDataKeyPair'
const KeyId = keyIds.symmetric
const attestedId = '00000000-0000-4000-8000-0000000000aa'

/** The public half of a PKCS#8 private key, as SubjectPublicKeyInfo. */
function publicHalf(pkcs8: Uint8Array): Buffer {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
}

describe(name, () => {
  const kms = useKms(['symmetric', 'rsa'], {
    keys: [
      {
        id: attestedId,
        policy: JSON.parse(
          policyOf(
            allow('kms:Decrypt', 'arn:aws:iam::111122223333:root'),
            allow(`kms:${name}`, parentArn, { Condition: onlyTheImage }),
          ),
        ) as object,
      },
    ],
  })

  describe('input', () => {
    it('requires a key and a spec', async () => {
      await refused(kms.root, name, { KeyId }, missing('keyPairSpec'))
      await refused(kms.root, name, { KeyPairSpec: 'RSA_2048' }, missing('keyId'))
    })

    it('refuses a pair that is not built', async () => {
      await refused(kms.root, name, { KeyId, KeyPairSpec: 'SM2' }, [
        'UnsupportedOperationException',
        'enclave-kms does not have SM2 pairs yet',
      ])
    })

    it('refuses an asymmetric key', async () => {
      await refused(kms.root, name, { KeyId: keyIds.rsa, KeyPairSpec: 'ECC_NIST_P256' }, [
        'InvalidKeyUsageException',
        'Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.',
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: (keyId) => ({ KeyId: keyId, KeyPairSpec: 'ECC_NIST_P256' }),
    })

    it('hears of the spec of the pair', async () => {
      const { KeyMetadata } = await call(kms.root, 'CreateKey')
      const keyId = KeyMetadata!.KeyId!
      const Condition = { StringLike: { 'kms:DataKeyPairSpec': 'ECC_*' } }
      const Policy = closedPolicy(allow(`kms:${name}`, parentArn, { Condition }))
      await call(kms.root, 'PutKeyPolicy', { KeyId: keyId, Policy })
      await call(kms.parent, name, { KeyId: keyId, KeyPairSpec: 'ECC_NIST_P384' })
      const words = noKeyPolicy(`kms:${name}`, arnOf(keyId))
      await refused(kms.parent, name, { KeyId: keyId, KeyPairSpec: 'RSA_2048' }, words)
    })
  })

  describe('recipient', () => {
    testRecipient(kms, name, {
      client: () => kms.parent,
      denial: noKeyPolicy(`kms:${name}`, arnOf(attestedId)),
      input: () => ({ KeyId: attestedId, KeyPairSpec: 'ECC_NIST_P256' }),
      members: ['KeyId', 'KeyMaterialId', 'KeyPairSpec', 'PrivateKeyCiphertextBlob', 'PublicKey'],
      secret: 'PrivateKeyPlaintext',
      async check(opened, { PrivateKeyCiphertextBlob: CiphertextBlob, PublicKey }) {
        const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob })
        assert.deepEqual(opened, Buffer.from(Plaintext!))
        assert.deepEqual(publicHalf(opened), Buffer.from(PublicKey!))
      },
      secrets: ['ECC_NIST_P521', 'ECC_NIST_EDWARDS25519', 'RSA_2048'].map((KeyPairSpec) => ({
        bytes: null,
        title: KeyPairSpec,
        input: () => ({ KeyId: attestedId, KeyPairSpec }),
      })),
    })
  })

  describe('result', () => {
    const members = [
      'KeyId',
      'KeyMaterialId',
      'KeyPairSpec',
      'PrivateKeyCiphertextBlob',
      'PrivateKeyPlaintext',
      'PublicKey',
    ]
    for (const KeyPairSpec of [
      'RSA_2048',
      'ECC_NIST_P256',
      'ECC_NIST_P384',
      'ECC_NIST_P521',
      'ECC_SECG_P256K1',
      'ECC_NIST_EDWARDS25519',
    ]) {
      it(`has AWS’s members and no other, and the halves belong together: ${KeyPairSpec}`, async () => {
        const EncryptionContext = { a: 'b' }
        const got = await answer(kms.root, name, { KeyId, KeyPairSpec, EncryptionContext })
        assert.deepEqual(membersOf(got), members)
        const { PrivateKeyPlaintext, PublicKey, ...rest } = got.output
        assert.equal(rest.KeyId, arns.symmetric)
        assert.equal(rest.KeyPairSpec, KeyPairSpec)
        assert.deepEqual(publicHalf(PrivateKeyPlaintext!), Buffer.from(PublicKey!))
        const CiphertextBlob = rest.PrivateKeyCiphertextBlob
        const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext })
        assert.deepEqual(Plaintext, PrivateKeyPlaintext)
      })
    }
  })
})
