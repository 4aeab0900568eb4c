import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, membersOf, refused, type Refusal } from '../../support/call.ts'
import { allow, closedPolicy, noKeyPolicy } from '../../support/policies.ts'
import { onlyTheImage, testRecipient } from '../../support/recipient-shelf.ts'
import { arns, keyIds, parentArn, useKms, type KeyName } from '../../support/scene.ts'

const KeyId = keyIds.symmetric
const noSuchCiphertext: Refusal = ['InvalidCiphertextException', null]
const incorrectKey: Refusal = [
  'IncorrectKeyException',
  'The key ID in the request does not identify a CMK that can perform this operation.',
]
const oaep = { KeyId: keyIds.rsa, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' } as const

describe('Decrypt', () => {
  const attestedId = '00000000-0000-4000-8000-0000000000aa'
  const kms = useKms(['symmetric', 'other', 'rsa', 'signing'], {
    keys: [
      {
        id: attestedId,
        policy: {
          Version: '2012-10-17',
          Statement: [
            allow('kms:Encrypt', `arn:aws:iam::111122223333:root`),
            allow('kms:Decrypt', parentArn, { Condition: onlyTheImage }),
          ],
        },
      },
    ],
  })

  async function encrypted(
    name: KeyName = 'symmetric',
    EncryptionContext: Record<string, string> = {},
  ): Promise<Buffer> {
    const input = { KeyId: keyIds[name], Plaintext: Buffer.from('plaintext'), EncryptionContext }
    const { CiphertextBlob } = await call(kms.root, 'Encrypt', input)
    return Buffer.from(CiphertextBlob!)
  }

  describe('input', () => {
    it('refuses a ciphertext of no byte and of 6145', async () => {
      for (const [bytes, text] of [
        [0, 'greater than or equal to 1'],
        [6145, 'less than or equal to 6144'],
      ] as const) {
        const words = `Value at 'ciphertextBlob' failed to satisfy constraint: Member must have length ${text}`
        const input = { CiphertextBlob: Buffer.alloc(bytes) }
        await refused(kms.root, 'Decrypt', input, constraint(words))
      }
    })

    it('refuses a damaged ciphertext and a wrong context with one answer', async () => {
      const CiphertextBlob = await encrypted('symmetric', { a: 'b' })
      const damaged = Buffer.from(CiphertextBlob)
      damaged[damaged.length - 1]! ^= 1
      for (const input of [
        { CiphertextBlob: damaged, EncryptionContext: { a: 'b' } },
        { CiphertextBlob },
        { CiphertextBlob, EncryptionContext: { a: 'c' } },
        { CiphertextBlob, EncryptionContext: { A: 'b' } },
        { CiphertextBlob, EncryptionContext: { a: 'b', c: 'd' } },
      ]) {
        await refused(kms.root, 'Decrypt', input, noSuchCiphertext)
        await refused(kms.root, 'Decrypt', { ...input, KeyId }, noSuchCiphertext)
      }
      await call(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext: { a: 'b' } })
    })

    it('does not take {"ab":"c"} for {"a":"bc"}', async () => {
      const CiphertextBlob = await encrypted('symmetric', { a: 'bc' })
      const input = { CiphertextBlob, EncryptionContext: { ab: 'c' } }
      await refused(kms.root, 'Decrypt', input, noSuchCiphertext)
    })

    it('takes an encryption context in any order', async () => {
      const CiphertextBlob = await encrypted('symmetric', { a: '1', b: '2' })
      await call(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext: { b: '2', a: '1' } })
    })

    it('refuses a ciphertext of another key, before state and usage', async () => {
      const CiphertextBlob = await encrypted('other')
      await refused(kms.root, 'Decrypt', { CiphertextBlob, KeyId }, incorrectKey)
      const input = { CiphertextBlob, KeyId: keyIds.signing }
      await refused(kms.root, 'Decrypt', input, incorrectKey)
      await call(kms.root, 'DisableKey', { KeyId })
      await refused(kms.root, 'Decrypt', { CiphertextBlob, KeyId }, incorrectKey)
      await call(kms.root, 'EnableKey', { KeyId })
    })

    it('refuses a key of another usage', async () => {
      const input = { CiphertextBlob: Buffer.alloc(64), KeyId: keyIds.signing }
      await refused(kms.root, 'Decrypt', input, [
        'InvalidKeyUsageException',
        `${arns.signing} key usage is SIGN_VERIFY which is not valid for Decrypt.`,
      ])
    })

    it('opens no RSA ciphertext with the algorithm left out', async () => {
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', {
        ...oaep,
        Plaintext: Buffer.of(1),
      })
      await refused(kms.root, 'Decrypt', { CiphertextBlob, KeyId: keyIds.rsa }, noSuchCiphertext)
    })

    it('refuses an RSA ciphertext that is damaged, short or of another algorithm', async () => {
      const sealed = await call(kms.root, 'Encrypt', { ...oaep, Plaintext: Buffer.of(1) })
      const good = Buffer.from(sealed.CiphertextBlob!)
      const damaged = Buffer.from(good)
      damaged[100]! ^= 1
      for (const CiphertextBlob of [damaged, good.subarray(1), Buffer.alloc(256, 0xff)]) {
        await refused(kms.root, 'Decrypt', { ...oaep, CiphertextBlob }, noSuchCiphertext)
      }
      const EncryptionAlgorithm = 'RSAES_OAEP_SHA_1'
      const input = { ...oaep, EncryptionAlgorithm, CiphertextBlob: good }
      await refused(kms.root, 'Decrypt', input, noSuchCiphertext)
    })

    it('refuses an RSA ciphertext without a key', async () => {
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', {
        ...oaep,
        Plaintext: Buffer.of(1),
      })
      const { EncryptionAlgorithm } = oaep
      const input = { CiphertextBlob, EncryptionAlgorithm }
      await refused(kms.root, 'Decrypt', input, ['ValidationException', 'KeyId must not be null'])
    })
  })

  describe('access', () => {
    testAccess(kms, 'Decrypt', {
      key: () => KeyId,
      input: async (keyId) => ({ KeyId: keyId, CiphertextBlob: await encrypted() }),
    })

    it('is asked for on the key that the ciphertext names', async () => {
      const CiphertextBlob = await encrypted('other')
      await call(kms.root, 'PutKeyPolicy', { KeyId: keyIds.other, Policy: closedPolicy() })
      await refused(
        kms.admin,
        'Decrypt',
        { CiphertextBlob },
        noKeyPolicy('kms:Decrypt', arns.other, {
          principal: 'arn:aws:sts::111122223333:assumed-role/admin/ops',
        }),
      )
    })

    it('hears of the encryption context and the algorithm', async () => {
      const { KeyMetadata } = await call(kms.root, 'CreateKey')
      const keyId = KeyMetadata!.KeyId!
      const input = { KeyId: keyId, Plaintext: Buffer.of(1), EncryptionContext: { Tenant: 'a' } }
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', input)
      const Condition = {
        StringEquals: {
          'kms:EncryptionContext:tenant': 'a',
          'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
        },
        'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': 'Tenant' },
      }
      const Policy = closedPolicy(allow('kms:Decrypt', parentArn, { Condition }))
      await call(kms.root, 'PutKeyPolicy', { KeyId: keyId, Policy })
      const EncryptionContext = { Tenant: 'a' }
      await call(kms.parent, 'Decrypt', { CiphertextBlob, EncryptionContext })
      await refused(
        kms.parent,
        'Decrypt',
        { CiphertextBlob, EncryptionContext: { Tenant: 'b' } },
        noKeyPolicy('kms:Decrypt', KeyMetadata!.Arn!),
      )
    })
  })

  describe('recipient', () => {
    const secret = randomBytes(32)

    function input(plaintext: Uint8Array) {
      return async () => {
        const sealed = { KeyId: attestedId, Plaintext: plaintext }
        const { CiphertextBlob } = await call(kms.root, 'Encrypt', sealed)
        return { CiphertextBlob }
      }
    }

    /** Bytes that say how many they are, so that what was opened can be checked. */
    function bytes(length: number): Buffer {
      const seed = createHash('sha256').update(String(length)).digest()
      return Buffer.alloc(length, seed)
    }

    testRecipient(kms, 'Decrypt', {
      client: () => kms.parent,
      denial: noKeyPolicy('kms:Decrypt', `arn:aws:kms:us-east-1:111122223333:key/${attestedId}`),
      input: input(secret),
      members: ['EncryptionAlgorithm', 'KeyId'],
      secret: 'Plaintext',
      check: (opened) =>
        assert.deepEqual(opened, opened.length === 32 ? secret : bytes(opened.length)),
      secrets: [1, 1000, 1001, 4096].map((length) => ({
        bytes: length,
        input: input(bytes(length)),
      })),
    })
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const got = await answer(kms.root, 'Decrypt', { CiphertextBlob: await encrypted() })
      const members = ['EncryptionAlgorithm', 'KeyId', 'KeyMaterialId', 'Plaintext']
      assert.deepEqual(membersOf(got), members)
      const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
      const { Plaintext, ...rest } = got.output
      assert.deepEqual(Buffer.from(Plaintext!), Buffer.from('plaintext'))
      assert.equal(rest.KeyId, arns.symmetric)
      assert.equal(rest.EncryptionAlgorithm, 'SYMMETRIC_DEFAULT')
      assert.equal(rest.KeyMaterialId, KeyMetadata?.CurrentKeyMaterialId)
      assert.match(rest.KeyMaterialId!, /^[0-9a-f]{64}$/)
    })

    it('names no key material of an RSA key', async () => {
      const Plaintext = Buffer.from('plaintext')
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', { ...oaep, Plaintext })
      const got = await answer(kms.root, 'Decrypt', { ...oaep, CiphertextBlob })
      assert.deepEqual(membersOf(got), ['EncryptionAlgorithm', 'KeyId', 'Plaintext'])
      assert.equal(got.output.EncryptionAlgorithm, oaep.EncryptionAlgorithm)
      assert.deepEqual(Buffer.from(got.output.Plaintext!), Plaintext)
    })
  })
})
