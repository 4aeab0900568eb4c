import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, membersOf, missing, refused } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, closedPolicy, noKeyPolicy } from '../../support/policies.ts'
import { aliasOf, arnOf, arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'GenerateMac'
const Message = Buffer.from('message')
const MacAlgorithm = 'HMAC_SHA_256'

/** RFC 2104's function with a key that both sides know. */
const specs = [
  { spec: 'HMAC_224', hash: 'sha224', bytes: 28, id: '00000000-0000-4000-8000-0000000000b0' },
  { spec: 'HMAC_256', hash: 'sha256', bytes: 32, id: '00000000-0000-4000-8000-0000000000b1' },
  { spec: 'HMAC_384', hash: 'sha384', bytes: 48, id: '00000000-0000-4000-8000-0000000000b2' },
  { spec: 'HMAC_512', hash: 'sha512', bytes: 64, id: '00000000-0000-4000-8000-0000000000b3' },
] as const

describe(name, () => {
  const kms = useKms(['hmac', 'symmetric'], {
    keys: specs.map(({ id, spec, bytes }) => ({
      id,
      spec,
      material: Buffer.alloc(bytes, 7).toString('base64'),
    })),
  })

  describe('input', () => {
    const input = { KeyId: keyIds.hmac, Message, MacAlgorithm }

    it('requires its three members', async () => {
      for (const member of ['KeyId', 'Message', 'MacAlgorithm'] as const) {
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

    it('refuses an algorithm that the key does not have', async () => {
      await refused(kms.root, name, { ...input, MacAlgorithm: 'HMAC_SHA_512' }, [
        'InvalidKeyUsageException',
        'Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256.',
      ])
    })

    it('refuses a key of another usage', async () => {
      await refused(kms.root, name, { ...input, KeyId: keyIds.symmetric }, [
        'InvalidKeyUsageException',
        `${arns.symmetric} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac.`,
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => keyIds.hmac,
      input: (KeyId) => ({ KeyId, Message, MacAlgorithm }),
    })

    it('hears of the algorithm', async () => {
      const { id: KeyId } = specs[1]
      const input = { KeyId, Message, MacAlgorithm }
      for (const [wanted, allowed] of [
        ['HMAC_SHA_256', true],
        ['HMAC_SHA_512', false],
      ] as const) {
        const Condition = { StringEquals: { 'kms:MacAlgorithm': wanted } }
        const Policy = closedPolicy(allow(`kms:${name}`, parentArn, { Condition }))
        await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
        if (allowed) await call(kms.parent, name, input)
        else await refused(kms.parent, name, input, noKeyPolicy(`kms:${name}`, arnOf(KeyId)))
      }
      await kms.control('POST', '/_/reset')
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId: keyIds.hmac, Message: 'AA==', MacAlgorithm }))
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const input = { KeyId: aliasOf('hmac'), Message, MacAlgorithm }
      const got = await answer(kms.root, name, input)
      assert.deepEqual(membersOf(got), ['KeyId', 'Mac', 'MacAlgorithm'])
      assert.equal(got.output.KeyId, arns.hmac)
      assert.equal(got.output.MacAlgorithm, MacAlgorithm)
    })

    for (const { id: KeyId, spec, hash, bytes } of specs) {
      it(`is the HMAC of the message: ${spec}`, async () => {
        const algorithm = spec.replace('_', '_SHA_')
        const { Mac } = await call(kms.root, name, { KeyId, Message, MacAlgorithm: algorithm })
        const wanted = createHmac(hash, Buffer.alloc(bytes, 7)).update(Message).digest()
        assert.deepEqual(Buffer.from(Mac!), wanted)
      })
    }
  })
})
