import assert from 'node:assert/strict'
import { checkGrant, sameGrant } from '../../lib/kms/grants.ts'
import { Key } from '../../lib/kms/key.ts'
import type { GrantRecord, KeyRecord } from '../../lib/store/store.ts'

function key(spec: KeyRecord['spec'], usage: KeyRecord['usage']): Key {
  return Key.of({
    account: '111122223333',
    region: 'us-east-1',
    id: '1234abcd-12ab-34cd-56ef-1234567890ab',
    spec,
    usage,
    origin: 'AWS_KMS',
    state: 'Enabled',
    description: '',
    createdMs: 0,
    policy: '',
    tags: {},
    multiRegion: false,
    materials: [],
  })
}

const GranteePrincipal = 'arn:aws:iam::111122223333:role/a'
const everyKey = ['CreateGrant', 'DescribeKey', 'RetireGrant']

/** KMS developer guide, "Grants": what a grant on each kind of key can be for. */
const operations = {
  symmetric: [
    'Decrypt',
    'Encrypt',
    'GenerateDataKey',
    'GenerateDataKeyPair',
    'GenerateDataKeyPairWithoutPlaintext',
    'GenerateDataKeyWithoutPlaintext',
    'ReEncryptFrom',
    'ReEncryptTo',
  ],
  rsa: ['Decrypt', 'Encrypt', 'GetPublicKey', 'ReEncryptFrom', 'ReEncryptTo'],
  signing: ['GetPublicKey', 'Sign', 'Verify'],
  hmac: ['GenerateMac', 'VerifyMac'],
  agreement: ['DeriveSharedSecret', 'GetPublicKey'],
}
const keys = {
  symmetric: key('SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT'),
  rsa: key('RSA_2048', 'ENCRYPT_DECRYPT'),
  signing: key('ECC_NIST_P256', 'SIGN_VERIFY'),
  hmac: key('HMAC_256', 'GENERATE_VERIFY_MAC'),
  agreement: key('ECC_NIST_P256', 'KEY_AGREEMENT'),
}
const all = new Set(Object.values(operations).flat())

describe('checkGrant', () => {
  for (const [kind, allowed] of Object.entries(operations)) {
    it(`takes the operations of the key, and no other: ${kind}`, () => {
      const subject = keys[kind as keyof typeof keys]
      const check = (operation: string) =>
        checkGrant(subject, {
          KeyId: subject.id,
          GranteePrincipal,
          Operations: [operation as 'Decrypt'],
        })
      for (const operation of [...allowed, ...everyKey]) check(operation)
      for (const operation of all) {
        if (allowed.includes(operation)) continue
        assert.throws(() => check(operation), {
          code: 'ValidationException',
          message: `operation ${operation} is not supported by ${subject.arn}`,
        })
      }
    })
  }

  it('takes each kind of principal that AWS names', () => {
    for (const principal of [
      '111122223333',
      'arn:aws:iam::111122223333:root',
      'arn:aws:iam::111122223333:user/path/alice',
      'arn:aws:iam::111122223333:role/a',
      'arn:aws:sts::111122223333:assumed-role/a/session',
      'arn:aws:sts::111122223333:federated-user/carol',
    ]) {
      const input = { KeyId: keys.symmetric.id, Operations: ['Decrypt'] as const }
      checkGrant(keys.symmetric, { ...input, GranteePrincipal: principal })
    }
  })
})

describe('sameGrant', () => {
  const parameters = {
    granteePrincipal: GranteePrincipal,
    operations: ['Decrypt'],
    name: 'a',
    constraints: { encryptionContextSubset: { a: 'b' } },
  }
  const record: GrantRecord = {
    ...parameters,
    account: '111122223333',
    region: 'us-east-1',
    keyId: keys.symmetric.id,
    grantId: 'x',
    createdMs: 1,
    issuingAccount: '111122223333',
  }

  it('holds for the same parameters, and for no others', () => {
    assert.ok(sameGrant(record, parameters))
    for (const other of [
      { ...parameters, name: 'b' },
      { ...parameters, operations: ['Encrypt'] },
      { ...parameters, retiringPrincipal: GranteePrincipal },
      { ...parameters, constraints: {} },
      { ...parameters, constraints: { encryptionContextEquals: { a: 'b' } } },
      { ...parameters, granteePrincipal: '111122223333' },
    ]) {
      assert.equal(sameGrant(record, other), false)
    }
  })
})
