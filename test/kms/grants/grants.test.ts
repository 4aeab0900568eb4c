import assert from 'node:assert/strict'
import type { Fault } from '../../../lib/kms/faults.ts'
import { checkGrant, sameGrant } from '../../../lib/kms/grants/grants.ts'
import { Key } from '../../../lib/kms/key.ts'
import type { GrantRecord, KeyRecord } from '../../../lib/store/store.ts'

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
  encapsulation: ['Decapsulate', 'Encapsulate', 'GetPublicKey'],
}
const keys = {
  symmetric: key('SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT'),
  rsa: key('RSA_2048', 'ENCRYPT_DECRYPT'),
  signing: key('ECC_NIST_P256', 'SIGN_VERIFY'),
  hmac: key('HMAC_256', 'GENERATE_VERIFY_MAC'),
  agreement: key('ECC_NIST_P256', 'KEY_AGREEMENT'),
  encapsulation: key('ML_KEM_512', 'ENCAPSULATE_DECAPSULATE'),
}
const all = new Set(Object.values(operations).flat())

/** What a refusal of one operation says: of which kind of key, and what would be valid. */
function refusalOf(check: () => void, operation: string): { kind: string; valid: string[] } {
  let kind = ''
  let valid: string[] = []
  assert.throws(check, (error: Fault) => {
    const form =
      /^Operations \[(\w+)\] are not supported when creating a grant for (an? \w+) KMS key with key usage \w+\. Valid operations are \[([\w, ]+)\]$/
    const [, operations, found = '', names = ''] = form.exec(error.message) ?? []
    assert.deepEqual([error.code, operations], ['ValidationException', operation])
    kind = found
    valid = names.split(', ')
    return true
  })
  return { kind, valid }
}

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
        const { kind: what, valid } = refusalOf(() => check(operation), operation)
        assert.equal(what, subject.type === 'asymmetric' ? 'an asymmetric' : 'a symmetric')
        assert.deepEqual(valid.sort(), [...everyKey, ...allowed].sort())
      }
    })
  }
})

describe('sameGrant', () => {
  const record: GrantRecord = {
    account: '111122223333',
    region: 'us-east-1',
    keyId: keys.symmetric.id,
    grantId: 'x',
    createdMs: 1,
    issuingAccount: '111122223333',
    granteePrincipal: GranteePrincipal,
    operations: ['Decrypt', 'Encrypt'],
    name: 'a',
    constraints: { encryptionContextSubset: { a: 'b' } },
  }

  it('holds for what the caller decides, and for nothing else', () => {
    assert.ok(sameGrant(record, { ...record, grantId: 'y', createdMs: 2 }))
    assert.ok(sameGrant(record, { ...record, operations: ['Encrypt', 'Decrypt'] }))
    for (const other of [
      { name: 'b' },
      { operations: ['Encrypt'] },
      { retiringPrincipal: GranteePrincipal },
      { constraints: {} },
      { constraints: { encryptionContextEquals: { a: 'b' } } },
      { granteePrincipal: 'arn:aws:iam::111122223333:root' },
      { issuingAccount: '444455556666' },
    ]) {
      assert.equal(sameGrant(record, { ...record, ...other }), false, Object.keys(other).join())
    }
  })

  it('never holds for a grant without a name', () => {
    const nameless = { ...record, name: '' }
    assert.equal(sameGrant(nameless, nameless), false)
  })
})
