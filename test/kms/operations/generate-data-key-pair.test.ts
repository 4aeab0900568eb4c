import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { decapsulate, encapsulateTo } from '../../../lib/crypto/kem.ts'
import { importMaterial } from '../../../lib/crypto/material.ts'
import { systemRandom } from '../../../lib/crypto/random.ts'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, missing, refused } from '../../support/call.ts'
import { allow, closedPolicy, noKeyPolicy, policyOf } from '../../support/policies.ts'
import { onlyTheImage, testRecipient } from '../../support/recipient-shelf.ts'
import { arnOf, arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'GenerateDataKeyPair'
const KeyId = keyIds.symmetric
const attestedId = '00000000-0000-4000-8000-0000000000aa'

/** The public half of a PKCS#8 private key, as SubjectPublicKeyInfo; node:crypto's where it has it. */
async function publicHalf(pkcs8: Uint8Array, spec: string): Promise<Buffer> {
  if (spec.startsWith('ML_KEM')) {
    return (await importMaterial(spec as 'ML_KEM_512', pkcs8)).publicKeyInfo()
  }
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

    it('refuses a pair that the Region does not have', async () => {
      await refused(kms.root, name, { KeyId, KeyPairSpec: 'SM2' }, [
        'UnsupportedOperationException',
        'KeySpec SM2 is not supported in this Region',
      ])
      const china = kms.client({ region: 'cn-north-1' })
      const { KeyMetadata } = await call(china, 'CreateKey')
      const input = { KeyId: KeyMetadata!.KeyId!, KeyPairSpec: 'ML_KEM_512' }
      await refused(china, name, input, [
        'UnsupportedOperationException',
        'KeySpec ML_KEM_512 is not supported in this Region',
      ])
    })

    it('refuses an asymmetric key', async () => {
      await refused(kms.root, name, { KeyId: keyIds.rsa, KeyPairSpec: 'ECC_NIST_P256' }, [
        'InvalidKeyUsageException',
        'You cannot generate a data key pair with an asymmetric CMK',
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
      async check(opened, { PrivateKeyCiphertextBlob: CiphertextBlob, PublicKey, KeyPairSpec }) {
        const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob })
        assert.deepEqual(opened, Buffer.from(Plaintext!))
        assert.deepEqual(await publicHalf(opened, KeyPairSpec!), Buffer.from(PublicKey!))
      },
      secrets: ['ECC_NIST_P521', 'ECC_NIST_EDWARDS25519', 'RSA_2048', 'ML_KEM_768'].map(
        (KeyPairSpec) => ({
          bytes: null,
          title: KeyPairSpec,
          input: () => ({ KeyId: attestedId, KeyPairSpec }),
        }),
      ),
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
        assert.deepEqual(
          await publicHalf(PrivateKeyPlaintext!, KeyPairSpec),
          Buffer.from(PublicKey!),
        )
        const CiphertextBlob = rest.PrivateKeyCiphertextBlob
        const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext })
        assert.deepEqual(Plaintext, PrivateKeyPlaintext)
      })
    }

    for (const [KeyPairSpec, bytes, ciphertextBytes] of [
      ['ML_KEM_512', 800, 768],
      ['ML_KEM_768', 1184, 1088],
      ['ML_KEM_1024', 1568, 1568],
    ] as const) {
      it(`of ${KeyPairSpec} is a seed and the public key that it makes`, async () => {
        const got = await answer(kms.root, name, { KeyId, KeyPairSpec })
        assert.deepEqual(membersOf(got), members)
        const { PrivateKeyPlaintext, PublicKey } = got.output
        const material = await importMaterial(KeyPairSpec, PrivateKeyPlaintext!)
        assert.deepEqual(await material.publicKeyInfo(), Buffer.from(PublicKey!))
        assert.equal(PrivateKeyPlaintext!.length, 22 + 64)
        assert.equal(PublicKey!.length, 22 + bytes)
        const set = KeyPairSpec.replaceAll('_', '-') as 'ML-KEM-512'
        const key = PublicKey!.subarray(22)
        const { ciphertext, sharedSecret } = await encapsulateTo(set, key, systemRandom)
        assert.equal(ciphertext.length, ciphertextBytes)
        assert.deepEqual(await decapsulate(material, ciphertext), sharedSecret)
      })
    }

    it('of SM2 is a pair, in China', async () => {
      const china = kms.client({ region: 'cn-northwest-1' })
      const { KeyMetadata } = await call(china, 'CreateKey')
      const input = { KeyId: KeyMetadata!.KeyId!, KeyPairSpec: 'SM2' }
      const got = await call(china, name, input)
      assert.deepEqual(
        await publicHalf(got.PrivateKeyPlaintext!, 'SM2'),
        Buffer.from(got.PublicKey!),
      )
      const CiphertextBlob = got.PrivateKeyCiphertextBlob
      const { Plaintext } = await call(china, 'Decrypt', { CiphertextBlob })
      assert.deepEqual(Plaintext, got.PrivateKeyPlaintext)
    })
  })
})
