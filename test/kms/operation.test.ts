import assert from 'node:assert/strict'
import { Key } from '../../lib/kms/key.ts'
import { requireAlgorithm, requireUsage } from '../../lib/kms/operation.ts'
import { operations } from '../../lib/kms/operations/index.ts'
import { operationOf, shapeOf } from '../../lib/kms/model/shapes.ts'

const key = Key.of({
  account: '111122223333',
  region: 'us-east-1',
  id: '1234abcd-12ab-34cd-56ef-1234567890ab',
  spec: 'RSA_2048',
  usage: 'SIGN_VERIFY',
  origin: 'AWS_KMS',
  state: 'Enabled',
  description: '',
  createdMs: 0,
  policy: '',
  tags: {},
  materials: [],
})

describe('requireUsage', () => {
  it('refuses a key of another usage', () => {
    requireUsage(key, 'SIGN_VERIFY', 'Sign')
    assert.throws(() => requireUsage(key, 'ENCRYPT_DECRYPT', 'Encrypt'), {
      code: 'InvalidKeyUsageException',
      message: `${key.arn} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
    })
  })
})

describe('requireAlgorithm', () => {
  it('refuses an algorithm that the key has for another usage only', () => {
    requireAlgorithm(key, 'RSASSA_PSS_SHA_256')
    assert.throws(() => requireAlgorithm(key, 'RSAES_OAEP_SHA_256'), {
      code: 'InvalidKeyUsageException',
      message: 'Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec RSA_2048.',
    })
  })
})

describe('operations', () => {
  it('take a Recipient exactly where AWS’s model has the member', () => {
    for (const [name, { recipient }] of operations) {
      const input = shapeOf(operationOf(name as 'Decrypt').input).members ?? {}
      assert.equal(recipient !== undefined, 'Recipient' in input, name)
    }
  })

  it('seal a member of their answer', () => {
    for (const [name, { recipient }] of operations) {
      if (!recipient) continue
      const output = shapeOf(operationOf(name as 'Decrypt').output ?? '').members ?? {}
      for (const member of [recipient.secret, 'CiphertextForRecipient']) {
        assert.ok(member in output, `${name}: ${member}`)
      }
    }
  })
})
