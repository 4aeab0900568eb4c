import assert from 'node:assert/strict'
import { answer, call, membersOf, missing, refused, type Refusal } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import {
  allow,
  closedPolicy,
  delegation,
  deny,
  deniedByKeyPolicy,
  noIdentityPolicy,
  noKeyPolicy,
  policyOf,
} from '../../support/policies.ts'
import { aliasOf, arns, keyIds, parentArn, useKms, type KeyName } from '../../support/scene.ts'

const name = 'ReEncrypt'
const DestinationKeyId = keyIds.other
const noSuchCiphertext: Refusal = ['InvalidCiphertextException', null]
const [from, to] = ['kms:ReEncryptFrom', 'kms:ReEncryptTo']

describe(name, () => {
  const kms = useKms(['symmetric', 'other', 'rsa', 'signing'])

  async function encrypted(more: object = {}): Promise<Buffer> {
    const input = { KeyId: keyIds.symmetric, Plaintext: Buffer.from('plaintext'), ...more }
    const { CiphertextBlob } = await call(kms.root, 'Encrypt', input)
    return Buffer.from(CiphertextBlob!)
  }

  async function setPolicy(key: KeyName, policy: string): Promise<void> {
    await call(kms.root, 'PutKeyPolicy', { KeyId: keyIds[key], Policy: policy })
  }

  describe('input', () => {
    it('requires a destination', async () => {
      const input = { CiphertextBlob: await encrypted() }
      await refused(kms.root, name, input, missing('destinationKeyId'))
    })

    it('refuses a damaged ciphertext and a wrong source context with one answer', async () => {
      const CiphertextBlob = await encrypted({ EncryptionContext: { a: 'bc' } })
      const damaged = Buffer.from(CiphertextBlob)
      damaged[damaged.length - 1]! ^= 1
      for (const input of [
        { CiphertextBlob: damaged, SourceEncryptionContext: { a: 'bc' } },
        { CiphertextBlob },
        { CiphertextBlob, SourceEncryptionContext: { ab: 'c' } },
      ]) {
        await refused(kms.root, name, { ...input, DestinationKeyId }, noSuchCiphertext)
      }
    })

    it('refuses a source that the ciphertext does not name', async () => {
      const CiphertextBlob = await encrypted()
      const input = { CiphertextBlob, SourceKeyId: keyIds.other, DestinationKeyId }
      await refused(kms.root, name, input, [
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      ])
    })

    it('refuses a destination of another usage', async () => {
      const CiphertextBlob = await encrypted()
      await refused(kms.root, name, { CiphertextBlob, DestinationKeyId: keyIds.signing }, [
        'InvalidKeyUsageException',
        `${arns.signing} key usage is SIGN_VERIFY which is not valid for ReEncrypt.`,
      ])
    })

    it('refuses an algorithm that the destination does not have', async () => {
      const input = { CiphertextBlob: await encrypted(), DestinationKeyId: keyIds.rsa }
      await refused(kms.root, name, input, [
        'InvalidKeyUsageException',
        'Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.',
      ])
    })

    it('refuses more than the destination has room for', async () => {
      const CiphertextBlob = await encrypted({ Plaintext: Buffer.alloc(191) })
      const DestinationEncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
      const input = { CiphertextBlob, DestinationKeyId: keyIds.rsa, DestinationEncryptionAlgorithm }
      await refused(kms.root, name, input, [
        'ValidationException',
        'Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes.',
      ])
    })
  })

  describe('access', () => {
    const everything = policyOf(delegation)
    beforeEach(async () => {
      await setPolicy('symmetric', everything)
      await setPolicy('other', everything)
    })
    after(async () => {
      await setPolicy('symmetric', everything)
      await setPolicy('other', everything)
    })

    it('refuses a role whose identity policies do not allow it', async () => {
      const input = { CiphertextBlob: await encrypted(), DestinationKeyId }
      await refused(kms.parent, name, input, noIdentityPolicy(from, arns.symmetric))
    })

    it('is two authorizations, and a decision says which of them was refused', async () => {
      const input = { CiphertextBlob: await encrypted(), DestinationKeyId }
      for (const [source, destination, action, refusedKey] of [
        [from, to, null, 'symmetric'],
        [to, to, from, 'symmetric'],
        [from, from, to, 'other'],
      ] as const) {
        await setPolicy('symmetric', closedPolicy(allow(source)))
        await setPolicy('other', closedPolicy(allow(destination)))
        if (action === null) {
          await call(kms.parent, name, input)
          continue
        }
        const words = noKeyPolicy(action, arns[refusedKey])
        const { requestId } = await refused(kms.parent, name, input, words)
        const decision = (await kms.control('GET', `/_/decisions/${requestId}`)) as {
          action: string
          resource: string
          effect: string
        }
        assert.equal(decision.action, action)
        assert.equal(decision.resource, arns[refusedKey])
        assert.equal(decision.effect, 'IMPLICIT_DENY')
      }
    })

    it('refuses what either key policy denies', async () => {
      const input = { CiphertextBlob: await encrypted(), DestinationKeyId }
      const open = policyOf(delegation, allow('kms:*'))
      await setPolicy('symmetric', open)
      await setPolicy('other', policyOf(delegation, allow('kms:*'), deny(to)))
      await refused(kms.parent, name, input, deniedByKeyPolicy(to, arns.other))
      await setPolicy('symmetric', policyOf(delegation, allow('kms:*'), deny(from)))
      await refused(kms.parent, name, input, deniedByKeyPolicy(from, arns.symmetric))
    })

    it('is allowed by identity policies where the key policies leave it to the account', async () => {
      await call(kms.admin, name, { CiphertextBlob: await encrypted(), DestinationKeyId })
    })

    it('hears of each side’s context, and whether both keys are one', async () => {
      const source = { StringEquals: { 'kms:EncryptionContext:side': 'source' } }
      const destination = {
        StringEquals: { 'kms:EncryptionContext:side': 'destination' },
        Bool: { 'kms:ReEncryptOnSameKey': 'false' },
      }
      await setPolicy('other', closedPolicy(allow(to, parentArn, { Condition: destination })))
      const CiphertextBlob = await encrypted({ EncryptionContext: { side: 'source' } })
      await setPolicy(
        'symmetric',
        closedPolicy(
          allow(from, parentArn, { Condition: source }),
          allow(to, parentArn, { Condition: destination }),
        ),
      )
      const input = {
        CiphertextBlob,
        SourceEncryptionContext: { side: 'source' },
        DestinationKeyId,
        DestinationEncryptionContext: { side: 'destination' },
      }
      await call(kms.parent, name, input)
      const swapped = { ...input, DestinationEncryptionContext: { side: 'source' } }
      await refused(kms.parent, name, swapped, noKeyPolicy(to, arns.other))
      const same = { ...input, DestinationKeyId: keyIds.symmetric }
      await refused(kms.parent, name, same, noKeyPolicy(to, arns.symmetric))
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({
      CiphertextBlob: (await encrypted()).toString('base64'),
      DestinationKeyId,
    }))
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const input = { CiphertextBlob: await encrypted(), DestinationKeyId: aliasOf('other') }
      const got = await answer(kms.root, name, input)
      assert.deepEqual(membersOf(got), [
        'CiphertextBlob',
        'DestinationEncryptionAlgorithm',
        'DestinationKeyMaterialId',
        'KeyId',
        'SourceEncryptionAlgorithm',
        'SourceKeyId',
        'SourceKeyMaterialId',
      ])
      const { CiphertextBlob, ...rest } = got.body
      assert.ok(CiphertextBlob)
      const [source, destination] = await Promise.all(
        [keyIds.symmetric, keyIds.other].map((KeyId) => call(kms.root, 'DescribeKey', { KeyId })),
      )
      assert.deepEqual(rest, {
        KeyId: arns.other,
        SourceKeyId: arns.symmetric,
        SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        SourceKeyMaterialId: source?.KeyMetadata?.CurrentKeyMaterialId,
        DestinationKeyMaterialId: destination?.KeyMetadata?.CurrentKeyMaterialId,
      })
      assert.equal(got.text.includes(Buffer.from('plaintext').toString('base64')), false)
    })

    it('decrypts under the other key and context alone', async () => {
      const { CiphertextBlob } = await call(kms.root, name, {
        CiphertextBlob: await encrypted({ EncryptionContext: { a: 'b' } }),
        SourceEncryptionContext: { a: 'b' },
        DestinationKeyId,
        DestinationEncryptionContext: { c: 'd' },
      })
      const input = { CiphertextBlob, KeyId: DestinationKeyId }
      const opened = await call(kms.root, 'Decrypt', { ...input, EncryptionContext: { c: 'd' } })
      assert.deepEqual(Buffer.from(opened.Plaintext!), Buffer.from('plaintext'))
      const old = { ...input, EncryptionContext: { a: 'b' } }
      await refused(kms.root, 'Decrypt', old, noSuchCiphertext)
    })

    it('goes from a symmetric key to an RSA key and back', async () => {
      const algorithm = 'RSAES_OAEP_SHA_256'
      const there = await answer(kms.root, name, {
        CiphertextBlob: await encrypted(),
        DestinationKeyId: keyIds.rsa,
        DestinationEncryptionAlgorithm: algorithm,
      })
      assert.equal('DestinationKeyMaterialId' in there.body, false)
      const back = await answer(kms.root, name, {
        CiphertextBlob: there.output.CiphertextBlob,
        SourceKeyId: keyIds.rsa,
        SourceEncryptionAlgorithm: algorithm,
        DestinationKeyId,
      })
      assert.equal('SourceKeyMaterialId' in back.body, false)
      const { CiphertextBlob } = back.output
      const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob })
      assert.deepEqual(Buffer.from(Plaintext!), Buffer.from('plaintext'))
    })
  })
})
