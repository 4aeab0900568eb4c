/**
 * Every key spec with every usage and algorithm that it has, over HTTP: created, used, and refused
 * in the wrong use.
 */
import assert from 'node:assert/strict'
import type { KMSClient } from '@aws-sdk/client-kms'
import { isOffered, keyUsages, specs, type KeySpec, type KeyUsage } from '../../lib/crypto/specs.ts'
import { shapeOf } from '../../lib/kms/model/shapes.ts'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { call, refused } from '../support/call.ts'
import { useKms } from '../support/scene.ts'

const message = { Message: Buffer.from('message') }
const plaintext = Buffer.from('plaintext')

interface Use {
  /** The member that names the algorithm, and the list of them in KeyMetadata. */
  readonly member: string
  readonly list: string
  /** The operation that is refused to keys of another usage, with the rest of its input. */
  readonly operation: OperationName
  readonly input: object
  /** Uses the key both ways. */
  readonly roundTrip: (client: KMSClient, input: { KeyId: string }) => Promise<void>
}

const uses: Readonly<Record<KeyUsage, Use>> = {
  ENCRYPT_DECRYPT: {
    member: 'EncryptionAlgorithm',
    list: 'EncryptionAlgorithms',
    operation: 'Encrypt',
    input: { Plaintext: plaintext },
    async roundTrip(client, input) {
      const { CiphertextBlob } = await call(client, 'Encrypt', { ...input, Plaintext: plaintext })
      const { Plaintext } = await call(client, 'Decrypt', { ...input, CiphertextBlob })
      assert.deepEqual(Buffer.from(Plaintext!), plaintext)
    },
  },
  SIGN_VERIFY: {
    member: 'SigningAlgorithm',
    list: 'SigningAlgorithms',
    operation: 'Sign',
    input: message,
    async roundTrip(client, input) {
      const isPrehashed = JSON.stringify(input).includes('_PH_')
      const given = isPrehashed ? { Message: Buffer.alloc(64, 7), MessageType: 'DIGEST' } : message
      const { Signature } = await call(client, 'Sign', { ...input, ...given })
      const signed = { ...input, ...given, Signature }
      assert.equal((await call(client, 'Verify', signed)).SignatureValid, true)
      const other = { ...signed, Message: Buffer.alloc(64, 8) }
      await refused(client, 'Verify', other, ['KMSInvalidSignatureException', null])
    },
  },
  GENERATE_VERIFY_MAC: {
    member: 'MacAlgorithm',
    list: 'MacAlgorithms',
    operation: 'GenerateMac',
    input: message,
    async roundTrip(client, input) {
      const { Mac } = await call(client, 'GenerateMac', { ...input, ...message })
      const made = { ...input, ...message, Mac }
      assert.equal((await call(client, 'VerifyMac', made)).MacValid, true)
      const other = { ...made, Message: Buffer.from('another') }
      await refused(client, 'VerifyMac', other, ['KMSInvalidMacException', null])
    },
  },
  KEY_AGREEMENT: {
    member: 'KeyAgreementAlgorithm',
    list: 'KeyAgreementAlgorithms',
    operation: 'DeriveSharedSecret',
    input: { PublicKey: Buffer.alloc(91) },
    async roundTrip(client, input) {
      const { KeyMetadata } = await call(client, 'DescribeKey', { KeyId: input.KeyId })
      const { KeySpec, KeyUsage } = KeyMetadata!
      const peer = await call(client, 'CreateKey', { KeySpec, KeyUsage })
      const both = [input.KeyId, peer.KeyMetadata!.KeyId!] as const
      const secrets: Uint8Array[] = []
      for (const [own, other] of [both, [both[1], both[0]]] as const) {
        const { PublicKey } = await call(client, 'GetPublicKey', { KeyId: other })
        const given = { ...input, KeyId: own, PublicKey }
        secrets.push((await call(client, 'DeriveSharedSecret', given)).SharedSecret!)
      }
      assert.deepEqual(secrets[0], secrets[1])
    },
  },
  ENCAPSULATE_DECAPSULATE: {
    member: 'EncapsulationAlgorithm',
    list: 'EncapsulationAlgorithms',
    operation: 'Encapsulate',
    input: {},
    async roundTrip(client, input) {
      const { SharedSecret, ...made } = await call(client, 'Encapsulate', input)
      const { SharedSecretCiphertextBlob } = made
      const given = { ...input, SharedSecretCiphertextBlob }
      assert.deepEqual((await call(client, 'Decapsulate', given)).SharedSecret, SharedSecret)
    },
  },
}

/** AWS's names of the algorithms of a usage, whichever keys have them. */
const everyAlgorithm: Readonly<Record<KeyUsage, readonly string[]>> = {
  ENCRYPT_DECRYPT: enumOf('EncryptionAlgorithmSpec'),
  SIGN_VERIFY: enumOf('SigningAlgorithmSpec'),
  GENERATE_VERIFY_MAC: enumOf('MacAlgorithmSpec'),
  KEY_AGREEMENT: enumOf('KeyAgreementAlgorithmSpec'),
  ENCAPSULATE_DECAPSULATE: enumOf('EncapsulationAlgorithmSpec'),
}

function enumOf(shape: string): readonly string[] {
  return shapeOf(shape).enum ?? assert.fail(`no enum ${shape}`)
}

const asymmetric = (spec: KeySpec) => specs[spec].material.kind !== 'secret'

describe('key specs', function () {
  this.timeout(120_000)
  const kms = useKms()

  for (const spec of Object.keys(specs) as KeySpec[]) {
    const region = isOffered(spec, 'us-east-1') ? 'us-east-1' : 'cn-north-1'
    const usages = specs[spec].usages as Readonly<Partial<Record<KeyUsage, readonly string[]>>>

    for (const [usage, algorithms] of Object.entries(usages) as [KeyUsage, readonly string[]][]) {
      const use = uses[usage]

      describe(`${spec} for ${usage}`, () => {
        let client: KMSClient
        let key: { KeyId: string }
        let arn: string

        before(async () => {
          client = kms.client({ region })
          const input = { KeySpec: spec, KeyUsage: usage }
          const { KeyMetadata } = await call(client, 'CreateKey', input)
          key = { KeyId: KeyMetadata!.KeyId! }
          arn = KeyMetadata!.Arn!
        })

        it('is described with its algorithms, and has its public key', async () => {
          const { KeyMetadata } = await call(client, 'DescribeKey', key)
          const found = KeyMetadata as unknown as Record<string, unknown>
          assert.equal(found.KeySpec, spec)
          assert.equal(found.KeyUsage, usage)
          for (const [other, { list }] of Object.entries(uses)) {
            assert.deepEqual(found[list], other === usage ? algorithms : undefined, list)
          }
          if (!asymmetric(spec)) return
          const got = (await call(client, 'GetPublicKey', key)) as Record<string, unknown>
          assert.deepEqual(got[use.list], algorithms)
          assert.ok((got.PublicKey as Uint8Array).length > 0)
        })

        for (const algorithm of algorithms) {
          it(`is used: ${algorithm}`, async () => {
            await use.roundTrip(client, { ...key, [use.member]: algorithm })
          })
        }

        it('is refused with every other algorithm', async () => {
          const others = everyAlgorithm[usage].filter((name) => !algorithms.includes(name))
          for (const algorithm of others) {
            const input = { ...key, ...use.input, [use.member]: algorithm }
            await refused(client, use.operation, input, [
              'InvalidKeyUsageException',
              `Algorithm ${algorithm} is incompatible with key spec ${spec}.`,
            ])
          }
        })

        it('is refused in every other use', async () => {
          for (const other of keyUsages.filter((one) => one !== usage)) {
            const { operation, member, input } = uses[other]
            const given = { ...key, ...input, [member]: everyAlgorithm[other][0] }
            await refused(client, operation, given, [
              'InvalidKeyUsageException',
              `${arn} key usage is ${usage} which is not valid for ${operation}.`,
            ])
          }
        })
      })
    }

    it(`${spec} is not created for another usage`, async () => {
      for (const usage of keyUsages.filter((one) => !(one in usages))) {
        const input = { KeySpec: spec, KeyUsage: usage }
        await refused(kms.client({ region }), 'CreateKey', input, [
          'ValidationException',
          `KeyUsage ${usage} is not compatible with KeySpec ${spec}`,
        ])
      }
    })
  }

  it('are refused where their Region has no such keys', async () => {
    for (const [KeySpec, KeyUsage, region] of [
      ['SM2', 'SIGN_VERIFY', 'us-east-1'],
      ['ML_KEM_768', 'ENCAPSULATE_DECAPSULATE', 'cn-north-1'],
    ] as const) {
      await refused(kms.client({ region }), 'CreateKey', { KeySpec, KeyUsage }, [
        'UnsupportedOperationException',
        `KeySpec ${KeySpec} is not supported in this Region`,
      ])
    }
  })
})
