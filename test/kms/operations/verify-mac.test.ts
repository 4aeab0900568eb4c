import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, missing, refused, type Refusal } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { aliasOf, arns, keyIds, useKms } from '../../support/scene.ts'

const name = 'VerifyMac'
const Message = Buffer.from('message')
const MacAlgorithm = 'HMAC_SHA_256'
const invalidMac: Refusal = ['KMSInvalidMacException', null]

describe(name, () => {
  const kms = useKms(['hmac', 'signing'])

  async function macOf(KeyId: string = keyIds.hmac): Promise<Buffer> {
    const { Mac } = await call(kms.root, 'GenerateMac', { KeyId, Message, MacAlgorithm })
    return Buffer.from(Mac!)
  }

  describe('input', () => {
    const input = { KeyId: keyIds.hmac, Message, MacAlgorithm, Mac: Buffer.alloc(32) }

    it('requires its four members', async () => {
      for (const member of ['KeyId', 'Message', 'MacAlgorithm', 'Mac'] as const) {
        const path = member.charAt(0).toLowerCase() + member.slice(1)
        await refused(kms.root, name, { ...input, [member]: undefined }, missing(path))
      }
    })

    it('refuses another HMAC, one that is cut and one that is longer', async () => {
      const Mac = await macOf()
      const damaged = Buffer.from(Mac)
      damaged[31]! ^= 1
      for (const wrong of [damaged, Mac.subarray(0, 31), Buffer.concat([Mac, Buffer.of(0)])]) {
        await refused(kms.root, name, { ...input, Mac: wrong }, invalidMac)
      }
    })

    it('refuses the HMAC of another message or key', async () => {
      const given = { ...input, Mac: await macOf() }
      await refused(kms.root, name, { ...given, Message: Buffer.from('Message') }, invalidMac)
      const { KeyMetadata } = await call(kms.root, 'CreateKey', {
        KeySpec: 'HMAC_256',
        KeyUsage: 'GENERATE_VERIFY_MAC',
      })
      await refused(kms.root, name, { ...given, KeyId: KeyMetadata?.KeyId }, invalidMac)
    })

    it('refuses an algorithm that the key does not have', async () => {
      await refused(kms.root, name, { ...input, MacAlgorithm: 'HMAC_SHA_384' }, [
        'InvalidKeyUsageException',
        'Algorithm HMAC_SHA_384 is incompatible with key spec HMAC_256.',
      ])
    })

    it('refuses a key of another usage', async () => {
      await refused(kms.root, name, { ...input, KeyId: keyIds.signing }, [
        'InvalidKeyUsageException',
        `${arns.signing} key usage is SIGN_VERIFY which is not valid for VerifyMac.`,
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => keyIds.hmac,
      input: async (KeyId) => ({ KeyId, Message, MacAlgorithm, Mac: await macOf() }),
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({
      KeyId: keyIds.hmac,
      Message: Message.toString('base64'),
      MacAlgorithm,
      Mac: (await macOf()).toString('base64'),
    }))
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const Mac = await macOf()
      const got = await answer(kms.root, name, {
        KeyId: aliasOf('hmac'),
        Message,
        MacAlgorithm,
        Mac,
      })
      assert.deepEqual(membersOf(got), ['KeyId', 'MacAlgorithm', 'MacValid'])
      assert.deepEqual(got.body, { KeyId: arns.hmac, MacValid: true, MacAlgorithm })
    })
  })
})
