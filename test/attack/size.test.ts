/**
 * Requests that are within the body's limit and would keep the event loop or fill the memory: what
 * policies compare and decisions keep is bounded.
 */
import assert from 'node:assert/strict'
import { generateKeyPair, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { generateMaterial } from '../../lib/crypto/material.ts'
import { parsePolicy } from '../../lib/iam/document.ts'
import type { RequestContext } from '../../lib/iam/request.ts'
import { MemoryStore } from '../../lib/store/memory.ts'
import { commandOf } from '../support/sdk.ts'
import { keyIds, useKms } from '../support/scene.ts'

const manyNames = (count: number) =>
  Array.from({ length: count }, (_, index) => `k${String(index)}`)

describe('the size of a request', () => {
  const kms = useKms(['symmetric'])
  const KeyId = keyIds.symmetric
  const Plaintext = Buffer.from('plaintext')

  const refusals: readonly [string, string, object, string][] = [
    [
      'a long encryption context',
      'Encrypt',
      { Plaintext, EncryptionContext: { x: 'a'.repeat(8_192) } },
      "Value at 'encryptionContext' failed to satisfy constraint: Map must have at most 8192 characters in its keys and values",
    ],
    [
      'an encryption context of many pairs',
      'Encrypt',
      {
        Plaintext,
        EncryptionContext: Object.fromEntries(manyNames(2_000).map((name) => [name, 'v'])),
      },
      "Value at 'encryptionContext' failed to satisfy constraint: Map must have at most 8192 characters in its keys and values",
    ],
    [
      'a hundred and one names of tags',
      'UntagResource',
      { TagKeys: manyNames(101) },
      'Member must have length less than or equal to 100',
    ],
    [
      'a hundred and one tags',
      'TagResource',
      { Tags: manyNames(101).map((TagKey) => ({ TagKey, TagValue: '' })) },
      'Member must have length less than or equal to 100',
    ],
    [
      'a grant of a hundred and one operations',
      'CreateGrant',
      { GranteePrincipal: '111122223333', Operations: manyNames(101).map(() => 'Decrypt') },
      'Member must have length less than or equal to 100',
    ],
  ]
  for (const [what, operation, input, text] of refusals) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(
        kms.root.send(commandOf(operation, { KeyId, ...input })),
        (error: Error) => {
          assert.equal(error.name, 'ValidationException')
          assert.ok(error.message.includes(text), error.message)
          return true
        },
      )
    })
  }

  it('takes an encryption context of 8,192 characters', async () => {
    const EncryptionContext = { x: 'a'.repeat(8_191) }
    await kms.root.send(commandOf('Encrypt', { KeyId, Plaintext, EncryptionContext }))
  })
})

describe('a policy that names a long value a thousand times', () => {
  const long = 'a'.repeat(8_000)
  const context: RequestContext = {
    get: (key) => ({ 'aws:username': long, 'aws:userid': 'short' })[key],
    entries: () => [],
  }
  const statementOf = (parts: object) => {
    const text = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', ...parts }],
    })
    const [statement] = parsePolicy(text, 'key').statements
    assert.ok(statement)
    return statement
  }
  const bomb = '${aws:username}'.repeat(1_000)

  it('puts no more of it together than could match in a condition', () => {
    const { conditions } = statementOf({
      Resource: '*',
      Condition: { StringEquals: { 'aws:userid': bomb } },
    })
    const before = process.memoryUsage().heapUsed
    assert.equal(conditions[0]?.holds(context), false)
    assert.ok(process.memoryUsage().heapUsed - before < 20 * 1024 * 1024)
  })

  it('still lets a NotResource apply that it cannot match', () => {
    const { resource } = statementOf({ NotResource: `arn:aws:kms:*:*:key/${bomb}` })
    assert.equal(resource?.matches('arn:aws:kms:us-east-1:111122223333:key/x', context), true)
  })

  it('still sees that another variable behind it has no value', () => {
    const { resource } = statementOf({ NotResource: `arn:aws:kms:*:*:key/${bomb}\${aws:nobody}` })
    assert.equal(resource?.matches('arn:aws:kms:us-east-1:111122223333:key/x', context), false)
  })

  it('is compared a thousand times in less than a second', () => {
    const { conditions } = statementOf({
      Resource: '*',
      Condition: {
        StringLike: { 'aws:username': Array.from({ length: 1_000 }, () => '*b${aws:username}') },
      },
    })
    const before = performance.now()
    assert.equal(conditions[0]?.holds(context), false)
    const half = statementOf({
      Resource: '*',
      Condition: {
        StringLike: {
          'aws:username': [`*${'a'.repeat(4_000)}b*`, `*b${'a'.repeat(4_000)}*`, '*a?aa*b'],
        },
      },
    })
    assert.equal(half.conditions[0]?.holds(context), false)
    assert.ok(performance.now() - before < 1_000)
  })

  it('still matches a value that is as long as the text', () => {
    const { conditions } = statementOf({
      Resource: '*',
      Condition: { StringLike: { 'aws:username': '${aws:username}*' } },
    })
    assert.equal(conditions[0]?.holds(context), true)
  })
})

describe('the grants of a key', () => {
  it('are one list for all decisions that keep it, until one is added', async () => {
    const store = new MemoryStore()
    const scope = { account: '111122223333', region: 'us-east-1' }
    const put = (grantId: string) =>
      store.transact((writer) => {
        writer.putGrant({
          ...scope,
          keyId: 'k',
          grantId,
          name: '',
          granteePrincipal: scope.account,
          operations: ['Decrypt'],
          constraints: {},
          createdMs: 0,
          issuingAccount: scope.account,
        })
      })
    await put('a')
    const before = store.grants(scope, 'k')
    assert.equal(store.grants(scope, 'k'), before)
    await put('b')
    assert.deepEqual(
      store.grants(scope, 'k').map(({ grantId }) => grantId),
      ['a', 'b'],
    )
    assert.equal(before.length, 1)
  })
})

describe('RSA keys in the making', () => {
  it('leave threads for the signatures of other requests', async () => {
    const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-384' })
    const ended: string[] = []
    const keys = Array.from({ length: 10 }, () =>
      generateMaterial('RSA_2048').then(() => ended.push('key')),
    )
    const signature = promisify(sign)('sha384', Buffer.of(1), privateKey).then(() =>
      ended.push('signature'),
    )
    await Promise.all([...keys, signature])
    assert.ok(ended.indexOf('signature') < 4, ended.join(' '))
  })
})
