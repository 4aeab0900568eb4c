import assert from 'node:assert/strict'
import { decodeGrantToken, encodeGrantToken } from '../../../lib/kms/grants/grant-token.ts'
import { operations } from '../../../lib/kms/operations/index.ts'
import { operationOf, shapeOf } from '../../../lib/kms/model/shapes.ts'
import type { OperationName } from '../../../lib/kms/model/types.ts'
import { call, outcome, refused, type Refusal } from '../../support/call.ts'
import { keyCalls } from '../../support/key-calls.ts'
import { arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const keyArn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const grantId = '0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60'
const unreadable = {
  code: 'InvalidGrantTokenException',
  message: 'the grant token cannot be read',
} as const

/** The bytes of a token that is sound but for what replaces its parts. */
function forged({ version = 1, id = grantId, arn = keyArn }): string {
  const parts = [Buffer.of(version), Buffer.from(id, 'hex'), Buffer.alloc(16), Buffer.from(arn)]
  return Buffer.concat(parts).toString('base64url')
}

describe('encodeGrantToken', () => {
  it('names the grant, and never twice in the same words', () => {
    const [one, other] = [
      encodeGrantToken({ keyArn, grantId }),
      encodeGrantToken({ keyArn, grantId }),
    ]
    assert.notEqual(one, other)
    for (const token of [one, other]) assert.deepEqual(decodeGrantToken(token), { keyArn, grantId })
  })

  it('begins with no hyphen, whatever the grant’s id', () => {
    assert.match(encodeGrantToken({ keyArn, grantId: 'f'.repeat(64) }), /^A/)
  })
})

describe('decodeGrantToken', () => {
  it('reads the token of any key', () => {
    for (const arn of [
      keyArn,
      `arn:aws-cn:kms:cn-north-1:444455556666:key/mrk-${'0'.repeat(32)}`,
    ]) {
      assert.deepEqual(decodeGrantToken(forged({ arn })), { keyArn: arn, grantId })
    }
  })

  const bad: readonly (readonly [what: string, token: string])[] = [
    ['nothing', ''],
    ['text', 'token'],
    ['another version', forged({ version: 2 })],
    ['an id that is too short', forged({ id: grantId.slice(2) })],
    ['no key', forged({ arn: '' })],
    ['a key id without its ARN', forged({ arn: keyArn.slice(-36) })],
    ['an alias', forged({ arn: keyArn.replace(/key\/.*/, 'alias/app') })],
    ['a Region of another partition', forged({ arn: keyArn.replace('arn:aws:', 'arn:aws-cn:') })],
    ['a part of a token', forged({}).slice(0, -4)],
    ['padding', `${forged({})}=`],
    ['white space', `${forged({})} `],
    ['the other alphabet', forged({ id: 'f'.repeat(64) }).replaceAll('_', '/')],
  ]
  for (const [what, token] of bad) {
    it(`refuses ${what}`, () => assert.throws(() => decodeGrantToken(token), unreadable))
  }
})

/** The operations that are built and have a GrantTokens member in AWS's model. */
const withGrantTokens = [...operations.keys()].filter((name) => {
  const { members = {} } = shapeOf(operationOf(name as OperationName).input)
  return 'GrantTokens' in members
}) as OperationName[]

describe('GrantTokens', () => {
  const kms = useKms(['symmetric', 'other', 'hmac', 'signing', 'agreement', 'encapsulation', 'rsa'])

  it('is found in AWS’s model, where AWS documents it', () => {
    for (const name of ['CreateGrant', 'Decrypt', 'DescribeKey', 'ReEncrypt', 'Verify'] as const) {
      assert.ok(withGrantTokens.includes(name), name)
    }
    assert.ok(!withGrantTokens.includes('ListGrants'))
  })

  for (const name of withGrantTokens) {
    it(`of ${name} takes tokens of any grant, and nothing else`, async () => {
      const row = keyCalls[name]
      assert.ok(row, `${name} has no row in key-calls.ts`)
      const KeyId = keyIds[row.kind]
      const input = { ...(await row.rest(kms, KeyId)), [row.member ?? 'KeyId']: KeyId }
      const GrantTokens = [encodeGrantToken({ keyArn: arns.other, grantId })]
      const { status, text } = await outcome(kms.root, name, { ...input, GrantTokens })
      assert.equal(status, 200, text)
      const words: Refusal = [unreadable.code, unreadable.message]
      await refused(kms.root, name, { ...input, GrantTokens: [...GrantTokens, 'x'] }, words)
    })
  }

  it('allow nothing that the grant does not', async () => {
    const KeyId = keyIds.other
    const grant = { KeyId, GranteePrincipal: parentArn, Operations: ['DescribeKey'] }
    const { GrantToken, GrantId } = await call(kms.root, 'CreateGrant', grant)
    const GrantTokens = [GrantToken]
    await call(kms.parent, 'DescribeKey', { KeyId, GrantTokens })
    const encrypt = { KeyId, Plaintext: Buffer.of(1), GrantTokens }
    assert.equal((await outcome(kms.parent, 'Encrypt', encrypt)).status, 400)
    await call(kms.root, 'RevokeGrant', { KeyId, GrantId })
    const { body } = await outcome(kms.parent, 'DescribeKey', { KeyId, GrantTokens })
    assert.equal(body.__type, 'AccessDeniedException')
  })
})
