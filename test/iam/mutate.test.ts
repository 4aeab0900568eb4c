import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parsePolicy, PolicyError } from '../../lib/iam/document.ts'
import { eachMutation, mutationsOf } from '../../lib/iam/mutate.ts'
import { account, allow, deny, roleArn, rootArn, userArn, type StatementSource } from './support.ts'

const image = 'kms:RecipientAttestation:ImageSha384'
const digest = 'ab'.repeat(48)
const base = allow({ AWS: roleArn }, { Sid: 'One', Action: 'kms:Decrypt' })

function textOf(...statements: readonly StatementSource[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

/** The statements that a policy of one becomes, by place and words. */
function changesOf(statement: StatementSource): Map<string, StatementSource | undefined> {
  return new Map(
    mutationsOf(textOf(statement)).map(({ change, path, policy }) => {
      const { Statement } = JSON.parse(policy) as { Statement: StatementSource[] }
      return [`${path}: ${change}`, Statement[0]]
    }),
  )
}

/** Those below one element, without the statement's own path and name. */
function below(statement: StatementSource, element: string): Record<string, unknown> {
  const prefix = `Statement[0].${element}`
  return Object.fromEntries(
    [...changesOf({ Sid: 'One', ...statement })]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, changed]) => [name.slice('Statement[0].'.length), changed]),
  )
}

function conditioned(operator: string, key: string, values: unknown): StatementSource {
  return { ...base, Condition: { [operator]: { [key]: values } } }
}

/** What the Condition of a statement becomes. */
function conditionsOf(operator: string, key: string, values: unknown): Record<string, unknown> {
  const found = below(conditioned(operator, key, values), 'Condition')
  return Object.fromEntries(
    Object.entries(found).map(([name, changed]) => [
      name.replace(/^.*?: One: /, ''),
      (changed as { Condition: unknown }).Condition,
    ]),
  )
}

describe('mutationsOf', () => {
  it('says which case would notice a change', () => {
    const pinned = { ...base, Condition: { StringEquals: { 'kms:ViaService': 'a' } } }
    const changes = mutationsOf(textOf({ ...pinned, Action: 'kms:Decrypt' }))
    const missing = (words: string) =>
      changes.find(({ change }) => change.endsWith(words))?.missing ?? 'none'
    const applies = 'add a case: kms:Decrypt, which the statement applies to, expect allow'
    assert.equal(missing('without the statement'), applies)
    assert.equal(missing('Effect Deny in place of Allow'), applies)
    assert.equal(missing('everyone'), 'add a case: any other principal, kms:Decrypt, expect deny')
    assert.equal(
      missing('without the condition StringEquals kms:ViaService'),
      'add a case: kms:Decrypt without StringEquals kms:ViaService a, expect deny',
    )
    assert.equal(
      missing('StringEqualsIfExists kms:ViaService in place of StringEquals'),
      'add a case: kms:Decrypt without any kms:ViaService, expect deny',
    )
    const denied = mutationsOf(textOf({ ...base, Effect: 'Deny', Action: ['kms:A', 'kms:B'] }))
    assert.deepEqual(
      denied.slice(0, 2).map((one) => one.missing),
      Array(2).fill(
        'add a case: kms:A or another of its actions, which the statement applies to, expect deny',
      ),
    )
    const everyone = denied.find(({ change }) => change.endsWith('everyone'))
    assert.match(String(everyone?.missing), /^add a case: any other principal, .*, expect allow$/)
  })

  it('drops a statement, and turns its effect round', () => {
    const changes = changesOf(base)
    assert.ok(changes.has('Statement[0]: One: without the statement'))
    assert.equal(changes.get('Statement[0]: One: without the statement'), undefined)
    assert.deepEqual(changes.get('Statement[0].Effect: One: Effect Deny in place of Allow'), {
      ...base,
      Effect: 'Deny',
    })
  })

  it('names a statement without a Sid by its index', () => {
    const { Sid: _, ...rest } = base
    const [first] = mutationsOf(textOf(rest))
    assert.equal(first?.change, 'statement 0: without the statement')
  })

  it('widens a principal to its account, and to everyone', () => {
    assert.deepEqual(below(base, 'Principal'), {
      [`Principal.AWS[0]: One: the principal ${rootArn} in place of ${roleArn}`]: {
        ...base,
        Principal: { AWS: [rootArn] },
      },
      'Principal: One: the principal *: everyone': { ...base, Principal: '*' },
    })
  })

  it('has no account that is wider than an account, and no everyone than everyone', () => {
    assert.deepEqual(Object.keys(below(allow({ AWS: account }), 'Principal')), [
      'Principal: One: the principal *: everyone',
    ])
    assert.deepEqual(below(allow('*'), 'Principal'), {})
  })

  it('drops a principal of several, of whatever type', () => {
    const statement = allow({ AWS: [roleArn, userArn], Service: 'logs.us-east-1.amazonaws.com' })
    const dropped = Object.entries(below(statement, 'Principal')).filter(([name]) =>
      name.includes('without'),
    )
    assert.deepEqual(
      dropped.map(([, changed]) => (changed as { Principal: unknown }).Principal),
      [
        { AWS: [userArn], Service: 'logs.us-east-1.amazonaws.com' },
        { AWS: [roleArn], Service: 'logs.us-east-1.amazonaws.com' },
        { AWS: [roleArn, userArn], Service: [] },
      ],
    )
  })

  it('drops an action of several, and widens each and all', () => {
    const statement = { ...base, Action: ['kms:Decrypt', 'kms:Get*'] }
    const actions = Object.values(below(statement, 'Action')).map(
      (changed) => (changed as { Action?: unknown }).Action,
    )
    assert.deepEqual(actions, [
      ['kms:Get*'],
      ['kms:Decrypt'],
      ['kms:Decrypt*', 'kms:Get*'],
      'kms:*',
      undefined,
    ])
  })

  it('puts NotAction in the place of Action, and Action in that of NotAction', () => {
    const { Action, ...rest } = base
    const negated = { ...rest, NotAction: Action }
    assert.deepEqual(Object.values(below(base, 'Action')).at(-1), negated)
    assert.deepEqual(Object.values(below(negated, 'NotAction')), [base])
  })

  it('leaves out what AWS would not store, like NotPrincipal beside Allow', () => {
    const isNegated = (statement: StatementSource) =>
      Object.values(changesOf(statement)).some((changed) => 'NotPrincipal' in changed)
    assert.ok(!isNegated(base))
    const changes = [...changesOf(deny({ AWS: roleArn }))].map(([name]) => name)
    assert.ok(changes.some((name) => name.includes('NotPrincipal in place of Principal')))
  })

  it('removes a limit of the resource', () => {
    const limited = { ...base, Resource: `arn:aws:kms:us-east-1:${account}:key/a` }
    assert.deepEqual(Object.values(below(limited, 'Resource')), [base])
    const { Resource: _, ...rest } = base
    const negated = { ...rest, NotResource: limited.Resource }
    assert.deepEqual(Object.values(below(negated, 'NotResource')), [base])
    assert.deepEqual(below(base, 'Resource'), {})
  })

  describe('of a condition', () => {
    it('drops it, adds IfExists, takes any text, and negates', () => {
      assert.deepEqual(conditionsOf('StringEquals', 'aws:PrincipalTag/team', 'a'), {
        'without the condition StringEquals aws:PrincipalTag/team': {},
        'StringEqualsIfExists aws:PrincipalTag/team in place of StringEquals': {
          StringEqualsIfExists: { 'aws:PrincipalTag/team': ['a'] },
        },
        'StringLike aws:PrincipalTag/team * in place of StringEquals': {
          StringLike: { 'aws:PrincipalTag/team': ['*'] },
        },
        'StringNotEquals aws:PrincipalTag/team in place of StringEquals': {
          StringNotEquals: { 'aws:PrincipalTag/team': ['a'] },
        },
      })
    })

    it('keeps a set qualifier and IfExists', () => {
      const found = conditionsOf('ForAnyValue:StringNotEqualsIfExists', 'aws:TagKeys', 'a')
      assert.deepEqual(Object.values(found), [
        {},
        { 'ForAnyValue:StringNotLikeIfExists': { 'aws:TagKeys': ['*'] } },
        { 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': ['a'] } },
      ])
    })

    it('zeroes a measurement, and drops one of several', () => {
      const other = 'cd'.repeat(48)
      const found = Object.entries(conditionsOf('StringEqualsIgnoreCase', image, [digest, other]))
      const values = found.flatMap(([name, condition]) => {
        if (!/zeros|without [ac]/.test(name)) return []
        return [
          (condition as Record<string, Record<string, unknown>>).StringEqualsIgnoreCase?.[image],
        ]
      })
      const zeros = '0'.repeat(96)
      assert.deepEqual(values, [[other], [digest], [zeros, other], [digest, zeros]])
    })

    it('finds nothing to zero in zeros', () => {
      const found = Object.keys(conditionsOf('StringEqualsIgnoreCase', image, ['0'.repeat(96)]))
      assert.ok(found.every((name) => !name.includes('zeros')))
    })

    it('takes an encryption context that begins alike', () => {
      const key = 'kms:EncryptionContext:tenant'
      const found = conditionsOf('StringEquals', key, ['a', 'b'])
      assert.deepEqual(found[`StringLike ${key} a*, b* in place of StringEquals`], {
        StringLike: { [key]: ['a*', 'b*'] },
      })
    })

    it('has the other value for Bool and Null', () => {
      assert.deepEqual(conditionsOf('Null', image, false), {
        [`without the condition Null ${image}`]: {},
        [`Null ${image} true in place of false`]: { Null: { [image]: ['true'] } },
      })
      const bool = conditionsOf('Bool', 'aws:MultiFactorAuthPresent', 'true')
      assert.ok('Bool aws:MultiFactorAuthPresent false in place of true' in bool)
      assert.ok('BoolIfExists aws:MultiFactorAuthPresent in place of Bool' in bool)
    })

    it('leaves the other conditions as they are', () => {
      const Condition = {
        StringEquals: { 'aws:PrincipalTag/a': 'x', 'aws:PrincipalTag/b': 'y' },
        StringLike: { 'aws:PrincipalTag/a': 'z' },
      }
      const found = below({ ...base, Condition }, 'Condition.StringEquals.aws:PrincipalTag/a')
      assert.deepEqual(
        Object.values(found).map((changed) => (changed as { Condition: unknown }).Condition),
        [
          {
            StringEquals: { 'aws:PrincipalTag/b': 'y' },
            StringLike: { 'aws:PrincipalTag/a': 'z' },
          },
          {
            StringEquals: { 'aws:PrincipalTag/b': 'y' },
            StringLike: { 'aws:PrincipalTag/a': 'z' },
            StringEqualsIfExists: { 'aws:PrincipalTag/a': ['x'] },
          },
          // Not under StringLike, which has its values for that key already.
          {
            StringEquals: { 'aws:PrincipalTag/b': 'y' },
            StringLike: { 'aws:PrincipalTag/a': 'z' },
            StringNotEquals: { 'aws:PrincipalTag/a': ['x'] },
          },
        ],
      )
    })

    it('names the value that is changed by its place', () => {
      const paths = mutationsOf(textOf(conditioned('StringEqualsIgnoreCase', image, digest)))
        .filter(({ change }) => change.includes('zeros'))
        .map(({ path }) => path)
      assert.deepEqual(paths, [`Statement[0].Condition.StringEqualsIgnoreCase.${image}[0]`])
    })
  })

  it('reads a statement that stands in no list', () => {
    const alone = JSON.stringify({ Version: '2012-10-17', Statement: base })
    assert.deepEqual(mutationsOf(alone), mutationsOf(textOf(base)))
  })

  it('refuses what is no key policy', () => {
    assert.throws(() => mutationsOf('{}'), PolicyError)
  })

  it('makes one change of a long list at a time, and reads none of them', () => {
    const addresses = Array.from({ length: 2500 }, (_, index) => `${index >> 8}.1.1.${index % 250}`)
    const statement = conditioned('ForAnyValue:IpAddress', 'aws:SourceIp', addresses)
    const began = performance.now()
    const changes = [...eachMutation(textOf(statement))]
    assert.ok(changes.length > 2500)
    assert.ok(performance.now() - began < 5000)
  })

  it('makes policies that AWS would store, none twice and none the same', () => {
    const statement = fc.record({
      Effect: fc.constantFrom('Allow', 'Deny'),
      Principal: fc.constantFrom('*', { AWS: roleArn }, { AWS: [roleArn, userArn, rootArn] }),
      Action: fc.constantFrom('kms:*', 'kms:Decrypt', ['kms:Decrypt', 'kms:Encrypt']),
      Resource: fc.constant('*'),
      Condition: fc.constantFrom(
        {},
        { StringEquals: { [image]: digest } },
        { StringNotEquals: { [image]: [digest] }, Null: { [image]: 'true' } },
      ),
    })
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), (statements) => {
        const text = textOf(...statements)
        const policies = mutationsOf(text).map(({ policy }) => policy)
        assert.equal(new Set([text, ...policies]).size, policies.length + 1)
        for (const policy of policies) parsePolicy(policy, 'key')
      }),
    )
  })
})
