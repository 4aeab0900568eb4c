import assert from 'node:assert/strict'
import { defaultPolicy, readKeyPolicy, requirePolicyName } from '../../lib/kms/policy.ts'

describe('defaultPolicy', () => {
  it('leaves everything to the account, in the partition of its Region', () => {
    for (const [region, partition] of [
      ['us-east-1', 'aws'],
      ['cn-north-1', 'aws-cn'],
      ['us-gov-west-1', 'aws-us-gov'],
    ] as const) {
      const text = defaultPolicy({ account: '111122223333', region })
      const { Statement } = JSON.parse(text) as { Statement: { Principal: object }[] }
      assert.deepEqual(Statement[0]?.Principal, { AWS: `arn:${partition}:iam::111122223333:root` })
      readKeyPolicy(text)
    }
  })
})

describe('readKeyPolicy', () => {
  it('counts bytes, white space included', () => {
    const policy = defaultPolicy({ account: '111122223333', region: 'us-east-1' })
    readKeyPolicy(policy.padEnd(32_768))
    // One character more than fits, though there are fewer than 32,768 of them.
    const wide = policy.replace('key-default-1', 'ÿ'.repeat(16_500))
    assert.throws(() => readKeyPolicy(wide), {
      code: 'LimitExceededException',
      message: 'The key policy is larger than 32768 bytes.',
    })
  })

  it('says of bad principals what AWS says, and no more', () => {
    const Statement = [
      { Effect: 'Allow', Principal: { AWS: 'nobody' }, Action: '*', Resource: '*' },
    ]
    assert.throws(() => readKeyPolicy(JSON.stringify({ Version: '2012-10-17', Statement })), {
      code: 'MalformedPolicyDocumentException',
      message: 'Policy contains a statement with one or more invalid principals.',
    })
  })
})

describe('requirePolicyName', () => {
  it('knows one name', () => {
    requirePolicyName(undefined)
    requirePolicyName('default')
    for (const name of ['', 'Default', 'other']) {
      assert.throws(() => requirePolicyName(name), {
        code: 'NotFoundException',
        message: 'No such policy exists',
      })
    }
  })
})
