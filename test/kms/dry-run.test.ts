import assert from 'node:assert/strict'
import { operations } from '../../lib/kms/operations/index.ts'
import { operationOf, shapeOf } from '../../lib/kms/model/shapes.ts'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { call, outcome, refused, type Refusal } from '../support/call.ts'
import { keyCalls } from '../support/key-calls.ts'
import { noIdentityPolicy, noKeyPolicy } from '../support/policies.ts'
import { arns, keyIds, parentArn, useKms } from '../support/scene.ts'

const wouldSucceed: Refusal = [
  'DryRunOperationException',
  'The request would have succeeded, but the DryRun option is set.',
]

/** The operations that are built and have a DryRun member in AWS's model. */
const withDryRun = [...operations.keys()].filter((name) => {
  const input = shapeOf(operationOf(name as OperationName).input)
  return input.members !== undefined && 'DryRun' in input.members
}) as OperationName[]

describe('DryRun', () => {
  const kms = useKms(['symmetric', 'other', 'hmac', 'signing', 'agreement', 'encapsulation'])

  it('is found in AWS’s model, where AWS documents it', () => {
    for (const name of ['Encrypt', 'Decrypt', 'ReEncrypt', 'CreateGrant', 'VerifyMac'] as const) {
      assert.ok(withDryRun.includes(name), name)
    }
    assert.ok(!withDryRun.includes('GenerateRandom'))
  })

  for (const name of withDryRun) {
    const row = keyCalls[name]

    describe(`of ${name}`, () => {
      async function request(): Promise<object> {
        assert.ok(row, `${name} has no row in key-calls.ts`)
        const KeyId = keyIds[row.kind]
        const named = row.member && { [row.member]: KeyId }
        return { ...(await row.rest(kms, KeyId)), ...named, DryRun: true }
      }

      it('says that the call would have succeeded, and answers nothing else', async () => {
        const seen = await refused(kms.root, name, await request(), wouldSucceed)
        assert.deepEqual(Object.keys(seen.body), ['__type', 'message'])
      })

      it('refuses whoever may not make the call', async () => {
        const input = await request()
        const [arn, action] =
          name === 'ReEncrypt'
            ? [arns.other, 'kms:ReEncryptFrom']
            : [arns[row!.kind], `kms:${name}`]
        // Who retires a grant is the grant's to say.
        const words = name === 'RetireGrant' ? noKeyPolicy : noIdentityPolicy
        await refused(kms.parent, name, input, words(action, arn))
      })

      it('of false does the work', async () => {
        const { status } = await outcome(kms.root, name, { ...(await request()), DryRun: false })
        assert.equal(status, 200)
      })
    })
  }

  it('refuses what the call itself would refuse', async () => {
    const KeyId = keyIds.symmetric
    const DryRun = true
    await refused(kms.root, 'GenerateDataKey', { KeyId, DryRun }, [
      'ValidationException',
      'Please specify either number of bytes or key spec.',
    ])
    const signing = { KeyId: keyIds.signing, DryRun, SigningAlgorithm: 'ECDSA_SHA_256' }
    const Message = Buffer.from('m')
    await refused(kms.root, 'Verify', { ...signing, Message, Signature: Buffer.alloc(70) }, [
      'KMSInvalidSignatureException',
      null,
    ])
    await refused(kms.root, 'Sign', { ...signing, Message, MessageType: 'DIGEST' }, [
      'ValidationException',
      'Digest is invalid length for algorithm ECDSA_SHA_256.',
    ])
    const { CiphertextBlob } = await call(kms.root, 'Encrypt', {
      KeyId,
      Plaintext: Buffer.of(1),
      EncryptionContext: { a: 'b' },
    })
    await refused(kms.root, 'Decrypt', { CiphertextBlob, DryRun }, [
      'InvalidCiphertextException',
      null,
    ])
  })

  it('makes no grant', async () => {
    const KeyId = keyIds.symmetric
    const input = { KeyId, GranteePrincipal: parentArn, Operations: ['DescribeKey'] }
    await refused(kms.root, 'CreateGrant', { ...input, DryRun: true }, wouldSucceed)
    await refused(
      kms.parent,
      'DescribeKey',
      { KeyId },
      noIdentityPolicy('kms:DescribeKey', arns.symmetric),
    )
  })
})

describe('IGNORE_CIPHERTEXT', () => {
  const kms = useKms(['symmetric', 'other', 'signing'])
  const dryRun = { DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }
  const KeyId = keyIds.symmetric

  it('leaves the ciphertext out of Decrypt and of ReEncrypt', async () => {
    await refused(kms.root, 'Decrypt', { KeyId, ...dryRun }, wouldSucceed)
    const input = { SourceKeyId: KeyId, DestinationKeyId: keyIds.other, ...dryRun }
    await refused(kms.root, 'ReEncrypt', input, wouldSucceed)
  })

  it('does not look at a ciphertext that is there', async () => {
    const CiphertextBlob = Buffer.alloc(99)
    await refused(kms.root, 'Decrypt', { KeyId, CiphertextBlob, ...dryRun }, wouldSucceed)
  })

  it('asks for permission, state and usage all the same', async () => {
    await refused(
      kms.parent,
      'Decrypt',
      { KeyId, ...dryRun },
      noIdentityPolicy('kms:Decrypt', arns.symmetric),
    )
    await refused(kms.root, 'Decrypt', { KeyId: keyIds.signing, ...dryRun }, [
      'InvalidKeyUsageException',
      `${arns.signing} key usage is SIGN_VERIFY which is not valid for Decrypt.`,
    ])
    await call(kms.root, 'DisableKey', { KeyId: keyIds.other })
    await refused(kms.root, 'Decrypt', { KeyId: keyIds.other, ...dryRun }, [
      'DisabledException',
      `${arns.other} is disabled.`,
    ])
  })

  it('requires a dry run', async () => {
    const { DryRunModifiers } = dryRun
    const words: Refusal = ['ValidationException', 'DryRunModifiers requires DryRun']
    await refused(kms.root, 'Decrypt', { KeyId, DryRunModifiers }, words)
    const input = { SourceKeyId: KeyId, DestinationKeyId: keyIds.other, DryRunModifiers }
    await refused(kms.root, 'ReEncrypt', input, words)
  })

  it('requires the key to be named', async () => {
    const words: Refusal = ['ValidationException', 'IGNORE_CIPHERTEXT requires the key to be named']
    await refused(kms.root, 'Decrypt', dryRun, words)
    await refused(kms.root, 'ReEncrypt', { DestinationKeyId: KeyId, ...dryRun }, words)
  })

  it('missing, the ciphertext is required', async () => {
    const words: Refusal = ['ValidationException', 'CiphertextBlob is required.']
    await refused(kms.root, 'Decrypt', { KeyId }, words)
    await refused(kms.root, 'Decrypt', {}, words)
    await refused(kms.root, 'ReEncrypt', { DestinationKeyId: KeyId }, words)
    const input = { SourceKeyId: keyIds.other, DestinationKeyId: KeyId }
    await call(kms.root, 'EnableKey', { KeyId: keyIds.other })
    await refused(kms.root, 'ReEncrypt', input, words)
  })
})
