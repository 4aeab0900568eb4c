import assert from 'node:assert/strict'
import { parsePolicy, PolicyError } from '../../lib/iam/document.ts'
import { checkResourceControl } from '../../lib/iam/resource-control.ts'

const clause = 'AWS Organizations: RCP syntax'
const denial = { Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' }

function check(...statements: readonly object[]): void {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  checkResourceControl(parsePolicy(text, 'resourceControl'))
}

describe('checkResourceControl', () => {
  const refused: readonly (readonly [string, more: object, path: string, message: string])[] = [
    [
      'Allow',
      { Effect: 'Allow' },
      'Statement[1].Effect',
      'a resource control policy only denies: AWS attaches RCPFullAWSAccess itself',
    ],
    [
      'every action of every service',
      { Action: '*' },
      'Statement[1].Action',
      'an action of a resource control policy names its service, like "kms:*"',
    ],
    [
      'every action among others',
      { Action: ['kms:Decrypt', '*'] },
      'Statement[1].Action',
      'an action of a resource control policy names its service, like "kms:*"',
    ],
    [
      'NotAction',
      { Action: undefined, NotAction: 'kms:Decrypt' },
      'Statement[1].NotAction',
      'a resource control policy has no NotAction',
    ],
  ]
  for (const [title, more, path, message] of refused) {
    it(`refuses ${title} [${clause}]`, () => {
      assert.throws(() => check(denial, { ...denial, ...more }), new PolicyError(path, message))
    })
  }

  const stored: readonly (readonly [string, more: object])[] = [
    ['all actions of a service', {}],
    ['several services', { Action: ['kms:*', 's3:Get?bject'] }],
    ['NotResource', { Resource: undefined, NotResource: 'arn:aws:kms:*:111122223333:key/a' }],
    ['a condition', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
  ]
  for (const [title, more] of stored) {
    it(`takes ${title} [${clause}]`, () => {
      check({ ...denial, ...more })
    })
  }
})
