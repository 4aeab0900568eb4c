import assert from 'node:assert/strict'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { call, outcome, refused, type Refusal } from '../support/call.ts'
import { keyCalls, type KeyCall } from '../support/key-calls.ts'
import { unreachableCiphertext, unreachableKey } from '../support/policies.ts'
import {
  account,
  aliasArnOf,
  aliasOf,
  arnOf,
  keyIds,
  nobodysKeyId,
  useKms,
} from '../support/scene.ts'

/** KMS developer guide: an alias names the key in cryptographic operations, and in these two. */
const takeAliases: readonly OperationName[] = [
  'Decrypt',
  'Decapsulate',
  'DeriveSharedSecret',
  'Encapsulate',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GetPublicKey',
  'ReEncrypt',
  'Sign',
  'Verify',
  'VerifyMac',
]

/** The operations that have a Target instead, and words of their own for an alias there. */
const targets: readonly OperationName[] = ['CreateAlias', 'UpdateAlias']

const adminSessionArn = `arn:aws:sts::${account}:assumed-role/admin/ops`
const otherAccount = '444455556666'

describe('locate', () => {
  const kms = useKms([
    'symmetric',
    'other',
    'hmac',
    'signing',
    'agreement',
    'encapsulation',
    'multiRegion',
  ])

  for (const [name, row] of Object.entries(keyCalls) as [OperationName, KeyCall][]) {
    const { member } = row
    if (!member) continue
    const takesAlias = takeAliases.includes(name)

    describe(`for ${name}`, () => {
      /** A call that names its key like this. */
      async function naming(text: string): Promise<object> {
        return { ...(await row.rest(kms, keyIds[row.kind])), [member!]: text }
      }

      it('takes a key id and a key ARN', async () => {
        for (const text of [keyIds[row.kind], arnOf(keyIds[row.kind])]) {
          const seen = await outcome(kms.root, name, await naming(text))
          // A key of another state or origin has been found as well.
          const isRefused = String(seen.body.message).startsWith(`${arnOf(keyIds[row.kind])} `)
          assert.equal(seen.status === 200 || isRefused, true, seen.text)
        }
        await restore(keyIds[row.kind])
      })

      it('refuses what is no key id, in AWS’s words', async () => {
        for (const text of [
          'key_id',
          keyIds.other.replaceAll('-', ''),
          'mrk-1',
          `${keyIds.other} `,
        ]) {
          const seen = await outcome(kms.root, name, await naming(text))
          assert.deepEqual(seen.body, {
            __type: 'NotFoundException',
            message: `Invalid keyId '${text}'`,
          })
        }
      })

      it('refuses an id that no key has', async () => {
        for (const text of [nobodysKeyId, arnOf(nobodysKeyId)]) {
          await refused(kms.root, name, await naming(text), [
            'NotFoundException',
            `Key '${arnOf(nobodysKeyId)}' does not exist`,
          ])
        }
      })

      it('refuses an ARN of another Region', async () => {
        const arn = arnOf(keyIds[row.kind]).replace('us-east-1', 'eu-west-1')
        const words: Refusal =
          name === 'Decrypt'
            ? [
                'IncorrectKeyException',
                'The key ID in the request does not identify a CMK that can perform this operation.',
              ]
            : ['NotFoundException', 'Invalid arn eu-west-1']
        await refused(kms.root, name, await naming(arn), words)
      })

      it('refuses an ARN of another service or form', async () => {
        for (const arn of [
          arnOf('x'),
          arnOf(keyIds.other).replace(':kms:', ':s3:'),
          arnOf(keyIds.other).replace('arn:aws:', 'arn:aws-cn:'),
          arnOf(keyIds.other).replace(account, '1111'),
          `${arnOf(keyIds.other)}:1`,
        ]) {
          await refused(kms.root, name, await naming(arn), [
            'InvalidArnException',
            `Invalid arn ${arn}`,
          ])
        }
      })

      const alias = aliasOf(row.kind)
      if (takesAlias) {
        it('takes an alias by its name and its ARN', async () => {
          for (const text of [alias, aliasArnOf(alias)]) {
            await call(kms.root, name, await naming(text))
          }
        })

        it('refuses an alias that nobody has', async () => {
          for (const text of ['alias/nobody', aliasArnOf('alias/nobody')]) {
            await refused(kms.root, name, await naming(text), [
              'NotFoundException',
              `Alias ${aliasArnOf('alias/nobody')} is not found.`,
            ])
          }
        })
      } else if (targets.includes(name)) {
        it('refuses an alias, in AWS’s words', async () => {
          for (const text of [alias, aliasArnOf(alias)]) {
            await refused(kms.root, name, await naming(text), [
              'ValidationException',
              'Aliases must refer to keys. Not aliases',
            ])
          }
        })
      } else {
        it('refuses an alias by its name and its ARN', async () => {
          for (const text of [alias, aliasArnOf(alias)]) {
            await refused(kms.root, name, await naming(text), [
              'InvalidArnException',
              'Key Aliases are not supported for this operation.',
            ])
          }
        })
      }

      it('does not tell whether another account has a key', async () => {
        const foreign = await foreignKey()
        const action = name === 'ReEncrypt' ? 'kms:ReEncryptTo' : `kms:${name}`
        for (const id of [foreign, nobodysKeyId]) {
          const arn = arnOf(id).replace(account, otherAccount)
          const seen = await outcome(kms.admin, name, await naming(arn))
          const [code, Message] = unreachableKey(action, adminSessionArn)
          assert.deepEqual(seen.body, { __type: code, Message }, id)
        }
      })
    })
  }

  it('does not tell whether another account has an alias', async () => {
    const KeyId = aliasArnOf('alias/nobody').replace(account, otherAccount)
    await refused(
      kms.admin,
      'DescribeKey',
      { KeyId },
      unreachableKey('kms:DescribeKey', adminSessionArn),
    )
  })

  describe('by ciphertext', () => {
    it('finds the key without being told', async () => {
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', {
        KeyId: keyIds.symmetric,
        Plaintext: Buffer.of(1),
      })
      const { KeyId } = await call(kms.root, 'Decrypt', { CiphertextBlob })
      assert.equal(KeyId, arnOf(keyIds.symmetric))
    })

    it('does not tell whether another account has the key', async () => {
      const other = kms.client({
        credentials: { accessKeyId: otherAccount, secretAccessKey: 'any' },
      })
      const KeyId = await foreignKey()
      const { CiphertextBlob } = await call(other, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
      const words = unreachableCiphertext('kms:Decrypt', adminSessionArn)
      await refused(kms.admin, 'Decrypt', { CiphertextBlob }, words)
      const gone = Buffer.from(CiphertextBlob!)
      Buffer.from(nobodysKeyId.replaceAll('-', ''), 'hex').copy(gone, 5)
      await refused(kms.admin, 'Decrypt', { CiphertextBlob: gone }, words)
    })

    it('refuses what is no ciphertext of ours', async () => {
      for (const operation of ['Decrypt', 'ReEncrypt'] as const) {
        const input = { CiphertextBlob: Buffer.alloc(100), DestinationKeyId: keyIds.other }
        await refused(kms.root, operation, input, ['InvalidCiphertextException', null])
      }
    })
  })

  /** A key of another account. */
  async function foreignKey(): Promise<string> {
    const other = kms.client({ credentials: { accessKeyId: otherAccount, secretAccessKey: 'any' } })
    const { KeyMetadata } = await call(other, 'CreateKey')
    return KeyMetadata!.KeyId!
  }

  /** Some of the operations leave the key in a state in which others refuse it. */
  async function restore(KeyId: string): Promise<void> {
    const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
    if (KeyMetadata?.KeyState === 'PendingDeletion')
      await call(kms.root, 'CancelKeyDeletion', { KeyId })
    await call(kms.root, 'EnableKey', { KeyId })
  }
})
