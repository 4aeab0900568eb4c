import assert from 'node:assert/strict'
import { signingAlgorithms } from '../../lib/crypto/algorithms.ts'
import { specs, type KeySpec } from '../../lib/crypto/specs.ts'
import { Key } from '../../lib/kms/key.ts'
import { readMessage } from '../../lib/kms/signing.ts'

function key(spec: KeySpec): Key {
  return Key.of({
    account: '111122223333',
    region: 'us-east-1',
    id: '1234abcd-12ab-34cd-56ef-1234567890ab',
    spec,
    usage: 'SIGN_VERIFY',
    origin: 'AWS_KMS',
    state: 'Enabled',
    description: '',
    createdMs: 0,
    policy: '',
    tags: {},
    materials: [],
  })
}

/** Every spec that signs, with each of its algorithms. */
const pairs = Object.entries(specs).flatMap(([spec, { usages }]) =>
  'SIGN_VERIFY' in usages
    ? usages.SIGN_VERIFY.map((algorithm) => [spec as KeySpec, algorithm] as const)
    : [],
)

describe('readMessage', () => {
  for (const [spec, SigningAlgorithm] of pairs) {
    it(`takes digests of one length only: ${spec}, ${SigningAlgorithm}`, () => {
      const { messageTypes, digestBytes } = signingAlgorithms[SigningAlgorithm]
      const read = (MessageType: string, bytes: number) =>
        readMessage(key(spec), { Message: Buffer.alloc(bytes), MessageType, SigningAlgorithm })
      for (const type of ['RAW', 'DIGEST', 'EXTERNAL_MU'] as const) {
        if (!(messageTypes as readonly string[]).includes(type)) {
          const isOfAnother = spec === 'ECC_NIST_EDWARDS25519' && type !== 'EXTERNAL_MU'
          const what = isOfAnother ? `algorithm ${SigningAlgorithm}` : `key spec ${spec}`
          assert.throws(() => read(type, digestBytes), {
            code: 'ValidationException',
            message: `Message type ${type} is incompatible with ${what}.`,
          })
        } else if (type !== 'RAW') {
          assert.equal(read(type, digestBytes).message.type, type)
          for (const bytes of [digestBytes - 1, digestBytes + 1]) {
            assert.throws(() => read(type, bytes), {
              code: 'ValidationException',
              message: `${type === 'DIGEST' ? 'Digest' : 'External Mu'} is invalid length for algorithm ${SigningAlgorithm}.`,
            })
          }
        } else {
          assert.equal(read(type, 1).message.type, 'RAW')
        }
      }
    })
  }

  it('takes a message for what it is when nobody says otherwise', () => {
    const input = { Message: Buffer.of(1), SigningAlgorithm: 'ECDSA_SHA_256' }
    assert.equal(readMessage(key('ECC_NIST_P256'), input).message.type, 'RAW')
  })
})
