import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parsePolicy, type PolicyDocument } from '../../lib/iam/document.ts'
import { mutationsOf } from '../../lib/iam/mutate.ts'
import { plainForm } from '../../lib/iam/plain-form.ts'
import { judgeDocument, questionOf } from '../../lib/iam/statement.ts'
import {
  allow,
  callers,
  deny,
  policyOf,
  policySet,
  requestOf,
  roleArn,
  rootArn,
  sessionArn,
  userArn,
  type CallerName,
  type StatementSource,
} from './support.ts'

const actions = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey']
const image = 'kms:RecipientAttestation:ImageSha384'
const role = { AWS: roleArn }
const byImage = { Condition: { StringEquals: { [image]: 'a' } } }

function form(...statements: readonly StatementSource[]): string {
  return plainForm(policyOf('key', ...statements), actions)
}

type Row = readonly [
  title: string,
  one: readonly StatementSource[],
  other: readonly StatementSource[],
]

const same: readonly Row[] = [
  ['the order of statements', [allow(role), deny('*')], [deny('*'), allow(role)]],
  ['a statement said twice', [allow(role), allow(role)], [allow(role)]],
  [
    'a wildcard that is no other action',
    [allow(role, { Action: 'kms:Decrypt*' })],
    [allow(role, { Action: 'kms:decrypt' })],
  ],
  [
    'one statement in two',
    [allow(role, { Action: ['kms:Decrypt', 'kms:Encrypt'] })],
    [allow(role, { Action: 'kms:Decrypt' }), allow(role, { Action: 'kms:Encrypt' })],
  ],
  ['a name beside everyone', [allow({ AWS: ['*', roleArn] })], [allow('*')]],
  ['a name that everyone covers', [allow('*'), allow(role)], [allow('*')]],
  ['a condition where there is none', [allow(role), allow(role, byImage)], [allow(role)]],
  ['an Allow of what is denied', [deny('*'), allow(role)], [deny('*')]],
  ['a statement without an action', [allow(role, { Action: undefined })], []],
  ['a statement of no resource', [allow(role, { Resource: undefined, NotResource: '*' })], []],
  ['a statement of nobody', [allow({ AWS: [] })], []],
  [
    'IfExists of what holds without the key',
    [deny('*', { Condition: { StringNotEqualsIfExists: { [image]: 'a' } } })],
    [deny('*', { Condition: { StringNotEquals: { [image]: 'a' } } })],
  ],
  [
    'IfExists of a key that every request has',
    [allow(role, { Condition: { StringEqualsIfExists: { 'kms:CallerAccount': 'a' } } })],
    [allow(role, { Condition: { StringEquals: { 'kms:CallerAccount': 'a' } } })],
  ],
  [
    'ArnEquals and ArnLike',
    [allow(role, { Condition: { ArnEquals: { 'aws:SourceArn': roleArn } } })],
    [allow(role, { Condition: { ArnLike: { 'aws:SourceArn': [roleArn, roleArn] } } })],
  ],
  [
    'a value beside *',
    [allow(role, { Condition: { StringLike: { [image]: ['a*', '*'] } } })],
    [allow(role, { Condition: { StringLike: { [image]: '*' } } })],
  ],
  [
    'the case of values whose case does not count',
    [allow(role, { Condition: { StringEqualsIgnoreCase: { [image]: 'AB' } } })],
    [allow(role, { Condition: { stringequalsignorecase: { [image.toLowerCase()]: 'ab' } } })],
  ],
  [
    'a condition beside a denial of all that fail it',
    [allow(role, byImage), deny('*', { Condition: { StringNotEquals: { [image]: 'a' } } })],
    [allow(role), deny('*', { Condition: { StringNotEquals: { [image]: 'a' } } })],
  ],
]

const different: readonly Row[] = [
  ['an effect', [allow(role)], [deny(role)]],
  ['an account for a role', [allow(role)], [allow({ AWS: rootArn })]],
  ['a role beside its account', [allow({ AWS: [rootArn, roleArn] })], [allow({ AWS: rootArn })]],
  ['a wildcard that is another action', [allow(role)], [allow(role, { Action: 'kms:D*' })]],
  ['a condition', [allow(role, byImage)], [allow(role)]],
  [
    'IfExists of a key that may be absent',
    [allow(role, { Condition: { StringEqualsIfExists: { [image]: 'a' } } })],
    [allow(role, byImage)],
  ],
  [
    'a condition beside a denial of others',
    [allow(role, byImage), deny({ AWS: userArn }, { Condition: { Null: { [image]: 'true' } } })],
    [allow(role), deny({ AWS: userArn }, { Condition: { Null: { [image]: 'true' } } })],
  ],
  [
    'a condition beside a denial by IfExists of an operator that is not negated',
    [allow(role), deny('*', { Condition: { StringEqualsIfExists: { [image]: 'a' } } })],
    [
      allow(role, { Condition: { StringNotEquals: { [image]: 'a' } } }),
      deny('*', { Condition: { StringEqualsIfExists: { [image]: 'a' } } }),
    ],
  ],
  [
    'a condition beside a denial of all that fail it, of a key that may be a list',
    [
      allow(role, { Condition: { StringEquals: { 'aws:TagKeys': 'a' } } }),
      deny('*', { Condition: { StringNotEquals: { 'aws:TagKeys': 'a' } } }),
    ],
    [allow(role), deny('*', { Condition: { StringNotEquals: { 'aws:TagKeys': 'a' } } })],
  ],
]

/** What a key policy says that any decision depends on: the names of users and `*` weigh alike. */
function outcome(document: PolicyDocument, caller: CallerName, action: string, value?: string) {
  const set = policySet([])
  const request = requestOf(caller, action, { [image]: value })
  const { denial, allows } = judgeDocument(document, questionOf(request, set))
  if (denial) return 'DENIED'
  return ['NONE', 'ACCOUNT', 'DIRECT_ROLE'].includes(allows) ? allows : 'DIRECT'
}

describe('plainForm', () => {
  for (const [title, one, other] of same) {
    it(`does not mind ${title}`, () => assert.equal(form(...one), form(...other)))
  }

  for (const [title, one, other] of different) {
    it(`tells ${title}`, () => assert.notEqual(form(...one), form(...other)))
  }

  it('is one only for policies that say the same of every request', () => {
    const condition = fc.constantFrom(
      {},
      { StringEquals: { [image]: 'a' } },
      { StringNotEquals: { [image]: 'a' } },
      { StringNotEqualsIfExists: { [image]: 'a' } },
      { StringEqualsIfExists: { [image]: ['a', 'b'] } },
      { Null: { [image]: 'true' } },
      { Null: { [image]: 'true' }, StringNotEquals: { [image]: 'a' } },
    )
    const statement = fc.record({
      Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
      Principal: fc.constantFrom(
        '*',
        { AWS: roleArn },
        { AWS: userArn },
        { AWS: [rootArn, roleArn] },
        { AWS: ['*', sessionArn] },
      ),
      Action: fc.constantFrom('kms:*', 'kms:Decrypt', ['kms:Decrypt', 'kms:Encrypt'], 'kms:D*'),
      Resource: fc.constant('*'),
      Condition: condition,
    })
    let equal = 0
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), (statements) => {
        const original = policyOf('key', ...statements)
        const wanted = plainForm(original, actions)
        for (const { policy, change } of mutationsOf(original.source)) {
          const changed = parsePolicy(policy, 'key')
          if (plainForm(changed, actions) !== wanted) continue
          equal++
          for (const caller of Object.keys(callers) as CallerName[]) {
            for (const action of actions) {
              for (const value of ['a', 'b', undefined]) {
                assert.equal(
                  outcome(changed, caller, action, value),
                  outcome(original, caller, action, value),
                  `${change}: ${policy}`,
                )
              }
            }
          }
        }
      }),
      { numRuns: 120 },
    )
    assert.ok(equal > 40)
  })
})
