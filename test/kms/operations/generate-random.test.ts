import assert from 'node:assert/strict'
import { answer, call, constraint, membersOf, refused } from '../../support/call.ts'
import {
  clusterInput,
  connect,
  create,
  patient,
  proxyInput,
  startScripted,
} from '../../support/custom-key-stores.ts'
import { noIdentityPolicy } from '../../support/policies.ts'
import { onlyTheImage, testRecipient } from '../../support/recipient-shelf.ts'
import { account, useKms } from '../../support/scene.ts'

/** There is no key whose policy could say it: the role's own does. */
const attested = {
  arn: `arn:aws:iam::${account}:role/attested`,
  accessKeyId: 'AKIAATTESTED000000',
  secretAccessKey: 'attested-secret',
  sessionName: 'worker-1',
  policies: [
    {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'kms:GenerateRandom', Resource: '*', Condition: onlyTheImage },
      ],
    },
  ],
}
const attestedSessionArn = `arn:aws:sts::${account}:assumed-role/attested/worker-1`

describe('GenerateRandom', () => {
  const kms = useKms([], { principals: [attested] }, patient)

  describe('input', () => {
    it('requires a number of bytes', async () => {
      const words = ['ValidationException', 'NumberOfBytes is required.'] as const
      await refused(kms.root, 'GenerateRandom', {}, words)
    })

    it('refuses 0 bytes and 1025', async () => {
      for (const [NumberOfBytes, text] of [
        [0, 'greater than or equal to 1'],
        [1025, 'less than or equal to 1024'],
      ] as const) {
        const words = `Value '${NumberOfBytes}' at 'numberOfBytes' failed to satisfy constraint: Member must have value ${text}`
        await refused(kms.root, 'GenerateRandom', { NumberOfBytes }, constraint(words))
      }
    })

    it('refuses a custom key store that there is not, and an external one', async () => {
      const CustomKeyStoreId = 'cks-1234567890abcdef0'
      await refused(kms.root, 'GenerateRandom', { NumberOfBytes: 8, CustomKeyStoreId }, [
        'CustomKeyStoreNotFoundException',
        `The custom key store ${CustomKeyStoreId} was not found.`,
      ])
      const proxy = await startScripted()
      const external = await create(kms, proxyInput(proxy.url))
      await proxy.close()
      const input = { NumberOfBytes: 8, CustomKeyStoreId: external }
      await refused(kms.root, 'GenerateRandom', input, [
        'UnsupportedOperationException',
        'GenerateRandom is not supported in an external key store.',
      ])
    })

    it('wants a cluster that is connected', async () => {
      const CustomKeyStoreId = await create(kms, clusterInput())
      const input = { NumberOfBytes: 8, CustomKeyStoreId }
      await refused(kms.root, 'GenerateRandom', input, [
        'CustomKeyStoreInvalidStateException',
        `The custom key store ${CustomKeyStoreId} is DISCONNECTED: this needs CONNECTED.`,
      ])
      await connect(kms, CustomKeyStoreId)
      const { Plaintext } = await call(kms.root, 'GenerateRandom', input)
      assert.equal(Plaintext?.length, 8)
    })
  })

  describe('access', () => {
    it('refuses a role whose identity policies do not allow it', async () => {
      const words = noIdentityPolicy('kms:GenerateRandom', '*')
      await refused(kms.parent, 'GenerateRandom', { NumberOfBytes: 8 }, words)
    })

    it('is allowed by an identity policy', async () => {
      await call(kms.admin, 'GenerateRandom', { NumberOfBytes: 8 })
    })
  })

  describe('recipient', () => {
    testRecipient(kms, 'GenerateRandom', {
      client() {
        const { accessKeyId, secretAccessKey } = attested
        return kms.client({ credentials: { accessKeyId, secretAccessKey } })
      },
      denial: noIdentityPolicy('kms:GenerateRandom', '*', { principal: attestedSessionArn }),
      input: () => ({ NumberOfBytes: 32 }),
      members: [],
      secret: 'Plaintext',
      check: (opened) => assert.ok(opened.length > 0),
      secrets: [1, 1000, 1001, 1024].map((bytes) => ({
        bytes,
        input: () => ({ NumberOfBytes: bytes }),
      })),
    })
  })

  describe('result', () => {
    it('is the bytes alone, as many as asked for', async () => {
      for (const NumberOfBytes of [1, 32, 1024]) {
        const got = await answer(kms.root, 'GenerateRandom', { NumberOfBytes })
        assert.deepEqual(membersOf(got), ['Plaintext'])
        assert.equal(got.output.Plaintext?.length, NumberOfBytes)
      }
    })

    it('is different every time', async () => {
      const seen = new Set<string>()
      for (let round = 0; round < 20; round++) {
        const { Plaintext } = await call(kms.root, 'GenerateRandom', { NumberOfBytes: 16 })
        seen.add(Buffer.from(Plaintext!).toString('hex'))
      }
      assert.equal(seen.size, 20)
    })
  })
})
