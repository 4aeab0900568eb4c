import assert from 'node:assert/strict'
import {
  coverDocument,
  describeGap,
  percentOf,
  type CoverageItem,
  type PolicyCoverage,
} from '../../lib/iam/coverage.ts'
import { questionOf } from '../../lib/iam/statement.ts'
import type { AccessRequest } from '../../lib/iam/request.ts'
import {
  account,
  allow,
  deny,
  policyOf,
  policySet,
  requestOf,
  roleArn,
  rootArn,
  sessionArn,
  userArn,
  type StatementSource,
} from './support.ts'

const image = 'kms:RecipientAttestation:ImageSha384'

function cover(statement: StatementSource, requests: readonly AccessRequest[]): PolicyCoverage {
  const set = policySet([statement])
  return coverDocument(
    policyOf('key', statement),
    requests.map((request) => questionOf(request, set)),
  )
}

/** The gaps by path; null for what is covered. */
function gaps(
  statement: StatementSource,
  ...requests: readonly AccessRequest[]
): Record<string, string | null> {
  const { items } = cover(statement, requests)
  return Object.fromEntries(items.map(({ path, gap }) => [path, gap]))
}

const unapplied = 'no case that it applies to'
const unmissed =
  'no case that it misses by its principal, its action, its resource or its conditions alone'
const notTo = 'no case in which the statement applies to it'
const notBy = 'no case in which the statement applies by this value'
const notFailed = 'no case in which the condition fails'

describe('coverDocument', () => {
  it('covers nothing without a request', () => {
    const statement = allow(
      { AWS: [roleArn] },
      { Action: 'kms:Decrypt', Condition: { StringEquals: { [image]: 'a' } } },
    )
    assert.deepEqual(gaps(statement), {
      'Statement[0]': unapplied,
      'Statement[0].Principal.AWS[0]': notTo,
      'Statement[0].Action[0]': notTo,
      [`Statement[0].Condition.StringEquals.${image}[0]`]: notBy,
    })
  })

  describe('a statement', () => {
    const statement = allow({ AWS: roleArn }, { Action: 'kms:Decrypt', Sid: 'One' })
    const applies = requestOf('role')
    const gapOf = (...requests: AccessRequest[]) => gaps(statement, ...requests)['Statement[0]']

    it('has to apply and to be missed', () => {
      assert.equal(gapOf(applies), unmissed)
      assert.equal(gapOf(requestOf('user')), unapplied)
      assert.equal(gapOf(applies, requestOf('user')), null)
      assert.equal(gapOf(applies, requestOf('role', 'kms:Encrypt')), null)
    })

    it('is not missed by a request that has nothing to do with it', () => {
      assert.equal(gapOf(applies, requestOf('user', 'kms:Encrypt')), unmissed)
    })

    it('needs no miss where nothing can miss it', () => {
      assert.deepEqual(gaps(allow('*'), requestOf('user')), {
        'Statement[0]': null,
        'Statement[0].Principal': null,
        'Statement[0].Action[0]': null,
      })
      assert.equal(gaps(deny('*', { Action: '*' }), requestOf('user'))['Statement[0]'], null)
      const less = { Action: 'kms:Decrypt' }
      assert.equal(gaps(deny('*', less), requestOf('user'))['Statement[0]'], unmissed)
    })

    it('never applies without an action', () => {
      const { Action: _, ...rest } = statement
      assert.deepEqual(gaps(rest, applies), {
        'Statement[0]': unapplied,
        'Statement[0].Principal.AWS[0]': notTo,
      })
    })
  })

  describe('a principal', () => {
    it('has to be the one that the statement applies to', () => {
      const statement = allow({ AWS: [roleArn, userArn], Service: 'logs.us-east-1.amazonaws.com' })
      const found = gaps(statement, requestOf('user'))
      assert.equal(found['Statement[0].Principal.AWS[0]'], notTo)
      assert.equal(found['Statement[0].Principal.AWS[1]'], null)
      assert.equal(found['Statement[0].Principal.Service[0]'], notTo)
    })

    it('is not covered where the statement does not apply', () => {
      const statement = allow({ AWS: roleArn }, { Action: 'kms:Decrypt' })
      const found = gaps(statement, requestOf('role', 'kms:Encrypt'))
      assert.equal(found['Statement[0].Principal.AWS[0]'], notTo)
    })

    it('of NotPrincipal has to be what exempts the caller', () => {
      const statement = deny(undefined, {
        NotPrincipal: { AWS: [rootArn, roleArn, sessionArn, userArn] },
      })
      const found = gaps(statement, requestOf('role'), requestOf('federated'))
      const gap = 'no case in which it is what exempts the caller'
      assert.equal(found['Statement[0].NotPrincipal.AWS[0]'], null)
      assert.equal(found['Statement[0].NotPrincipal.AWS[1]'], null)
      assert.equal(found['Statement[0].NotPrincipal.AWS[2]'], null)
      assert.equal(found['Statement[0].NotPrincipal.AWS[3]'], gap)
      assert.equal(found['Statement[0]'], null)
    })
  })

  describe('an action', () => {
    it('has to be the one that the statement applies to', () => {
      const statement = allow({ AWS: account }, { Action: ['kms:Decrypt', 'kms:Generate*'] })
      const found = gaps(statement, requestOf('role', 'kms:GenerateDataKey'))
      assert.equal(found['Statement[0].Action[0]'], notTo)
      assert.equal(found['Statement[0].Action[1]'], null)
    })

    it('of NotAction has to be what leaves the action out', () => {
      const statement = deny(
        { AWS: roleArn },
        { Action: undefined, NotAction: ['kms:Decrypt', 'kms:Encrypt'] },
      )
      const found = gaps(statement, requestOf('role'), requestOf('user', 'kms:Encrypt'))
      assert.equal(found['Statement[0].NotAction[0]'], null)
      assert.equal(
        found['Statement[0].NotAction[1]'],
        'no case in which it is what leaves the action out',
      )
    })
  })

  describe('a condition value', () => {
    const conditioned = (
      operator: string,
      values: unknown,
      contexts: readonly (string | undefined | readonly string[])[],
      effect = allow,
    ) =>
      Object.values(
        gaps(
          effect({ AWS: roleArn }, { Condition: { [operator]: { [image]: values } } }),
          ...contexts.map((value) => requestOf('role', 'kms:Decrypt', { [image]: value })),
        ),
      ).slice(3)

    it('has to be met, each of several by its own, and the condition has to fail', () => {
      assert.deepEqual(conditioned('StringEquals', 'a', ['a']), [notFailed])
      assert.deepEqual(conditioned('StringEquals', 'a', ['b']), [notBy])
      assert.deepEqual(conditioned('StringEquals', ['a', 'b'], ['a', 'c']), [null, notBy])
      assert.deepEqual(conditioned('StringEquals', ['a', 'b'], ['a', 'b', undefined]), [null, null])
    })

    it('is not met by a key that is absent', () => {
      assert.deepEqual(conditioned('StringEqualsIfExists', 'a', [undefined, 'b']), [notBy])
      assert.deepEqual(conditioned('ForAllValues:StringEquals', 'a', [undefined, ['b']]), [notBy])
    })

    it('is met by any of several values of the request', () => {
      assert.deepEqual(conditioned('ForAnyValue:StringEquals', 'a', [['b', 'a'], ['b']]), [null])
    })

    it('of Null is met by presence or absence', () => {
      assert.deepEqual(conditioned('Null', 'false', ['a', undefined]), [null])
      assert.deepEqual(conditioned('Null', 'true', ['a', undefined]), [null])
      assert.deepEqual(conditioned('Null', ['true', 'false'], ['a']), [notBy, notFailed])
    })

    it('of a negated operator has to make the condition fail, and the condition has to hold', () => {
      const notFailing = 'no case in which the condition fails by this value'
      const notHolding = 'no case in which the condition holds and the statement applies'
      assert.deepEqual(conditioned('StringNotEquals', 'a', ['a'], deny), [notHolding])
      assert.deepEqual(conditioned('StringNotEquals', 'a', ['b'], deny), [notFailing])
      assert.deepEqual(conditioned('StringNotEquals', 'a', ['a', undefined], deny), [null])
      assert.deepEqual(conditioned('StringNotEquals', ['a', 'b'], ['a', 'c']), [null, notFailing])
    })

    it('does not count where the statement is about another caller', () => {
      const statement = allow({ AWS: roleArn }, { Condition: { StringEquals: { [image]: 'a' } } })
      const found = gaps(
        statement,
        requestOf('role', 'kms:Decrypt', { [image]: 'a' }),
        requestOf('user', 'kms:Decrypt', { [image]: 'b' }),
      )
      assert.equal(found[`Statement[0].Condition.StringEquals.${image}[0]`], notFailed)
    })
  })

  it('counts by kind and in all', () => {
    const { counts, covered, total, percent } = cover(
      allow({ AWS: [roleArn, userArn] }, { Action: 'kms:Decrypt' }),
      [requestOf('role'), requestOf('federated')],
    )
    assert.deepEqual(counts, {
      statement: { covered: 1, total: 1 },
      principal: { covered: 1, total: 2 },
      action: { covered: 1, total: 1 },
      condition: { covered: 0, total: 0 },
    })
    assert.deepEqual({ covered, total, percent }, { covered: 3, total: 4, percent: 75 })
  })
})

describe('percentOf', () => {
  it('is 100 for all alone', () => {
    assert.equal(percentOf(999, 1000), 99)
    assert.equal(percentOf(1000, 1000), 100)
    assert.equal(percentOf(0, 0), 100)
  })
})

describe('describeGap', () => {
  const item: CoverageItem = {
    path: 'Statement[0].Action[0]',
    kind: 'action',
    text: 'kms:Decrypt',
    covered: false,
    gap: 'no case in which the statement applies to it',
  }

  it('says where, what and why', () => {
    assert.equal(
      describeGap(item),
      'Statement[0].Action[0] (kms:Decrypt): no case in which the statement applies to it',
    )
  })

  it('has nothing between brackets for a statement without a Sid', () => {
    assert.equal(
      describeGap({ ...item, path: 'Statement[0]', text: '', gap: 'x' }),
      'Statement[0]: x',
    )
  })

  it('shortens a digest, and says that a covered part is', () => {
    const digest = 'ab'.repeat(48)
    assert.equal(
      describeGap({ ...item, text: digest, covered: true, gap: null }),
      'Statement[0].Action[0] (abababababababab…): covered',
    )
  })
})
