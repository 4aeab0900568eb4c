import assert from 'node:assert/strict'
import { keyActions, readAction } from '../../lib/cases/actions.ts'
import { ConfigError } from '../../lib/config/config-error.ts'

const place = {
  path: 'cases[3].action',
  baseDir: '.',
  readFile: (): Uint8Array => {
    throw new Error('no file in this test')
  },
}

describe('keyActions', () => {
  it('has what a key policy has a say in', () => {
    for (const name of ['kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:CreateAlias']) {
      assert.ok(keyActions.includes(name), name)
    }
    for (const name of [
      'kms:CreateKey',
      'kms:GenerateRandom',
      'kms:ReEncrypt',
      'kms:RetireGrant',
    ]) {
      assert.ok(!keyActions.includes(name), name)
    }
  })
})

describe('readAction', () => {
  it('knows what its operation says of a request', () => {
    const { conditions, ...decrypt } = readAction('kms:Decrypt', place)
    assert.deepEqual(decrypt, {
      name: 'kms:Decrypt',
      onKey: true,
      takesRecipient: true,
      usage: 'ENCRYPT_DECRYPT',
    })
    assert.deepEqual(conditions({ tenant: 'a' }), {
      encryptionContext: { tenant: 'a' },
      'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
    })
  })

  it('knows an action whatever the case of its letters', () => {
    assert.equal(readAction('KMS:generatedatakey', place).name, 'kms:GenerateDataKey')
  })

  it('knows an action whose operation is not built', () => {
    const { conditions, ...rotate } = readAction('kms:RotateKeyOnDemand', place)
    assert.deepEqual(rotate, {
      name: 'kms:RotateKeyOnDemand',
      onKey: true,
      takesRecipient: false,
      usage: undefined,
    })
    assert.deepEqual(conditions({ tenant: 'a' }), {})
  })

  it('knows the actions on no key', () => {
    assert.equal(readAction('kms:GenerateRandom', place).onKey, false)
    assert.equal(readAction('kms:CreateKey', place).onKey, false)
  })

  it('leaves out an encryption context where the operation has none', () => {
    assert.deepEqual(readAction('kms:DescribeKey', place).conditions({ tenant: 'a' }), {})
  })

  it('gives both halves of ReEncrypt the parameters of one', () => {
    for (const name of ['kms:ReEncryptFrom', 'kms:ReEncryptTo']) {
      const action = readAction(name, place)
      assert.equal(action.name, name)
      assert.equal(action.takesRecipient, false)
      assert.deepEqual(action.conditions({ tenant: 'a' }), {
        encryptionContext: { tenant: 'a' },
        'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
        'kms:ReEncryptOnSameKey': 'false',
      })
    }
  })

  const wrong: readonly (readonly [value: unknown, message: string])[] = [
    [
      'kms:Decrpyt',
      'want a text: an action of KMS, like kms:Decrypt, got "kms:Decrpyt"; did you mean kms:Decrypt?',
    ],
    [
      'Decrypt',
      'want a text: an action of KMS, like kms:Decrypt, got "Decrypt"; did you mean kms:Decrypt?',
    ],
    ['kms:*', 'want a text: an action of KMS, like kms:Decrypt, got "kms:*"'],
    ['s3:GetObject', 'want a text: an action of KMS, like kms:Decrypt, got "s3:GetObject"'],
    [undefined, 'want a text: an action of KMS, like kms:Decrypt, got nothing'],
    ['kms:ReEncrypt', 'ReEncrypt asks for two actions: want kms:ReEncryptFrom or kms:ReEncryptTo'],
  ]
  for (const [value, message] of wrong) {
    it(`refuses ${String(value)}`, () => {
      assert.throws(() => readAction(value, place), new ConfigError('cases[3].action', message))
    })
  }
})
