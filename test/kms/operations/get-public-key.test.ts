import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { aliasOf, arns, keyIds, useKms, type KeyName } from '../../support/scene.ts'

const name = 'GetPublicKey'

describe(name, () => {
  const kms = useKms(['symmetric', 'hmac', 'rsa', 'rsaSigning', 'signing', 'agreement', 'edwards'])

  describe('input', () => {
    it('requires a key', async () => {
      await refused(kms.root, name, {}, missing('keyId'))
    })

    for (const [key, spec] of [
      ['symmetric', 'SYMMETRIC_DEFAULT'],
      ['hmac', 'HMAC_256'],
    ] as const) {
      it(`refuses a key that has no public half: ${spec}`, async () => {
        await refused(kms.root, name, { KeyId: keyIds[key] }, [
          'UnsupportedOperationException',
          `${arns[key]} key spec is ${spec} which is not valid for GetPublicKey.`,
        ])
      })
    }
  })

  describe('access', () => {
    testAccess(kms, name, { key: () => keyIds.signing, input: (KeyId) => ({ KeyId }) })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId: keyIds.signing }))
  })

  describe('result', () => {
    const common = ['CustomerMasterKeySpec', 'KeyId', 'KeySpec', 'KeyUsage', 'PublicKey']
    const oaep = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256']
    const rows: readonly (readonly [KeyName, string, string, string, readonly string[]])[] = [
      ['rsa', 'RSA_2048', 'ENCRYPT_DECRYPT', 'EncryptionAlgorithms', oaep],
      ['signing', 'ECC_NIST_P256', 'SIGN_VERIFY', 'SigningAlgorithms', ['ECDSA_SHA_256']],
      ['agreement', 'ECC_NIST_P256', 'KEY_AGREEMENT', 'KeyAgreementAlgorithms', ['ECDH']],
      [
        'edwards',
        'ECC_NIST_EDWARDS25519',
        'SIGN_VERIFY',
        'SigningAlgorithms',
        ['ED25519_SHA_512', 'ED25519_PH_SHA_512'],
      ],
    ]
    for (const [key, spec, usage, list, algorithms] of rows) {
      it(`has AWS’s members and no other: ${spec} for ${usage}`, async () => {
        const got = await answer(kms.root, name, { KeyId: aliasOf(key) })
        assert.deepEqual(membersOf(got), [...common, list].sort())
        const { PublicKey, ...rest } = got.body
        assert.deepEqual(rest, {
          KeyId: arns[key],
          CustomerMasterKeySpec: spec,
          KeySpec: spec,
          KeyUsage: usage,
          [list]: algorithms,
        })
        const spki = Buffer.from(String(PublicKey), 'base64')
        const read = createPublicKey({ key: spki, format: 'der', type: 'spki' })
        assert.deepEqual(read.export({ type: 'spki', format: 'der' }), spki)
      })
    }

    it('is the half that verifies what the key signs, of a disabled key too', async () => {
      const KeyId = keyIds.signing
      const first = await call(kms.root, name, { KeyId })
      await call(kms.root, 'DisableKey', { KeyId })
      assert.deepEqual(
        await call(kms.root, name, { KeyId }).then(({ PublicKey }) => PublicKey),
        first.PublicKey,
      )
      await call(kms.root, 'EnableKey', { KeyId })
    })
  })
})
