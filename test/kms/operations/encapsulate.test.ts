import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, membersOf, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { aliasOf, arns, keyIds, useKms } from '../../support/scene.ts'

const name = 'Encapsulate'
const EncapsulationAlgorithm = 'ML_KEM'
const KeyId = keyIds.encapsulation

/** FIPS 203, table 3. */
const specs = [
  { KeySpec: 'ML_KEM_512', bytes: 768 },
  { KeySpec: 'ML_KEM_768', bytes: 1088 },
  { KeySpec: 'ML_KEM_1024', bytes: 1568 },
] as const

describe(name, () => {
  const kms = useKms(['encapsulation', 'symmetric', 'agreement'])

  describe('input', () => {
    const input = { KeyId, EncapsulationAlgorithm }

    it('requires both members', async () => {
      await refused(kms.root, name, { EncapsulationAlgorithm }, missing('keyId'))
      await refused(kms.root, name, { KeyId }, missing('encapsulationAlgorithm'))
    })

    it('refuses an algorithm that AWS lacks', async () => {
      const words =
        "Value 'RSA_KEM' at 'encapsulationAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [ML_KEM]"
      const given = { ...input, EncapsulationAlgorithm: 'RSA_KEM' }
      await refused(kms.root, name, given, constraint(words))
    })

    it('refuses a key of another usage', async () => {
      for (const [key, usage] of [
        ['symmetric', 'ENCRYPT_DECRYPT'],
        ['agreement', 'KEY_AGREEMENT'],
      ] as const) {
        await refused(kms.root, name, { ...input, KeyId: keyIds[key] }, [
          'InvalidKeyUsageException',
          `${arns[key]} key usage is ${usage} which is not valid for Encapsulate.`,
        ])
      }
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: (keyId) => ({ KeyId: keyId, EncapsulationAlgorithm }),
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId, EncapsulationAlgorithm }))
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const input = { KeyId: aliasOf('encapsulation'), EncapsulationAlgorithm }
      const got = await answer(kms.root, name, input)
      assert.deepEqual(membersOf(got), [
        'EncapsulationAlgorithm',
        'KeyId',
        'SharedSecret',
        'SharedSecretCiphertextBlob',
      ])
      assert.equal(got.output.KeyId, arns.encapsulation)
      assert.equal(got.output.EncapsulationAlgorithm, EncapsulationAlgorithm)
    })

    for (const { KeySpec, bytes } of specs) {
      it(`is another secret each time, as long as AWS’s: ${KeySpec}`, async () => {
        const KeyUsage = 'ENCAPSULATE_DECAPSULATE'
        const { KeyMetadata } = await call(kms.root, 'CreateKey', { KeySpec, KeyUsage })
        const input = { KeyId: KeyMetadata!.KeyId!, EncapsulationAlgorithm }
        const secrets = new Set<string>()
        for (let round = 0; round < 3; round++) {
          const made = await call(kms.root, name, input)
          assert.equal(made.SharedSecret!.length, 32)
          assert.equal(made.SharedSecretCiphertextBlob!.length, bytes)
          secrets.add(Buffer.from(made.SharedSecret!).toString('hex'))
          const { SharedSecretCiphertextBlob } = made
          const opened = await call(kms.root, 'Decapsulate', {
            ...input,
            SharedSecretCiphertextBlob,
          })
          assert.deepEqual(opened.SharedSecret, made.SharedSecret)
        }
        assert.equal(secrets.size, 3)
      })
    }
  })
})
