import assert from 'node:assert/strict'
import { keyOf, readKey } from '../../lib/cases/key.ts'
import { ConfigError } from '../../lib/config/config-error.ts'
import { keyArn, policyOf } from './support.ts'

const place = {
  path: 'key',
  baseDir: '.',
  readFile: (): Uint8Array => {
    throw new Error('no file in this test')
  },
}
const policy = JSON.stringify(policyOf())

function usageOf(key: object, wanted: Parameters<typeof keyOf>[2]): string {
  return keyOf(readKey({ arn: keyArn, ...key }, place), policy, wanted).usage
}

function refuses(value: unknown, member: string, message: string): void {
  assert.throws(() => readKey(value, place), new ConfigError(`key${member}`, message))
}

describe('readKey', () => {
  it('takes a key for a symmetric one without tags unless it says otherwise', () => {
    assert.deepEqual(readKey({ arn: keyArn }, place), {
      account: '111122223333',
      region: 'us-east-1',
      id: '1234abcd-12ab-34cd-56ef-1234567890ab',
      spec: 'SYMMETRIC_DEFAULT',
      usage: undefined,
      tags: {},
    })
  })

  it('refuses what no key is', () => {
    const arn = 'want arn:aws:kms:REGION:ACCOUNT:key/ID'
    refuses({ arn: '1234abcd-12ab-34cd-56ef-1234567890ab' }, '.arn', arn)
    refuses({ arn: 'arn:aws:kms:us-east-1:111122223333:alias/app' }, '.arn', arn)
    refuses({}, '.arn', 'want a text: the ARN of a key, got nothing')
    refuses(
      { arn: keyArn, usage: 'SIGN_VERIFY' },
      '.usage',
      'want one of the usages of SYMMETRIC_DEFAULT: ENCRYPT_DECRYPT',
    )
    refuses(
      { arn: keyArn, tags: { 'aws:x': '' } },
      '.tags.aws:x',
      'tags beginning with aws: are reserved',
    )
    refuses({ arn: keyArn, state: 'Enabled' }, '.state', 'unknown member')
  })
})

describe('keyOf', () => {
  it('has the ARN and the policy of the cases file', () => {
    const key = keyOf(readKey({ arn: keyArn, tags: { app: 'demo' } }, place), policy, undefined)
    assert.equal(key.arn, keyArn)
    assert.equal(key.policy.source, policy)
    assert.deepEqual(key.tags, { app: 'demo' })
  })

  it('has the usage that the action wants, where the spec has it', () => {
    assert.equal(usageOf({ spec: 'ECC_NIST_P256' }, 'KEY_AGREEMENT'), 'KEY_AGREEMENT')
    assert.equal(usageOf({ spec: 'RSA_2048' }, 'SIGN_VERIFY'), 'SIGN_VERIFY')
    assert.equal(usageOf({ spec: 'HMAC_256' }, 'SIGN_VERIFY'), 'GENERATE_VERIFY_MAC')
    assert.equal(usageOf({ spec: 'RSA_2048' }, undefined), 'ENCRYPT_DECRYPT')
  })

  it('has the usage that the cases file says, whatever the action wants', () => {
    const key = { spec: 'RSA_2048', usage: 'SIGN_VERIFY' }
    assert.equal(usageOf(key, 'ENCRYPT_DECRYPT'), 'SIGN_VERIFY')
  })

  it('is a multi-Region key by its id', () => {
    const arn = `arn:aws:kms:us-east-1:111122223333:key/mrk-${'0'.repeat(32)}`
    assert.equal(keyOf(readKey({ arn }, place), policy, undefined).multiRegion, true)
  })
})
