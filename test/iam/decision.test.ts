import assert from 'node:assert/strict'
import { keyActions } from '../../lib/cases/actions.ts'
import { authorize, denialText } from '../../lib/iam/authorize.ts'
import {
  allSituations,
  everybody,
  namedSituations,
  noOtherPolicies,
  policiesOf,
  policyNames,
  requestBy,
} from './cases/situations.ts'
import { expectedOf, expectedText, type Situation } from './cases/verdicts.ts'

function check(situation: Situation): void {
  const expected = expectedOf(situation)
  const request = requestBy(situation.who)
  const verdict = authorize(request, policiesOf(situation))
  const { action, resource, principal } = request
  const text = expectedText(situation, expected, { action, resource, principal: principal.arn })
  const found = [verdict.effect, verdict.decidedBy, denialText(request, verdict)]
  const wanted = [expected.effect, expected.decidedBy, text]
  // The names of half a million situations cost more than their decisions.
  if (found.some((part, index) => part !== wanted[index])) {
    assert.deepEqual(found, wanted, JSON.stringify(situation))
  }
}

function titleOf(situation: Situation): string {
  const { who, key, grant } = situation
  const others = policyNames.filter((name) => situation[name] !== 'none')
  const parts = [
    `key policy: ${key}`,
    ...others.map((name) => `${name}: ${situation[name]}`),
    ...(grant === 'none' ? [] : [`grant: ${grant}`]),
  ]
  return `${who}, ${parts.join(', ')}`
}

/** KMS developer guide, "Allowing users in other accounts to use a KMS key", action by action. */
const acrossAccounts = new Set(
  [
    'CreateGrant Decapsulate Decrypt DeriveSharedSecret DescribeKey Encapsulate Encrypt',
    'GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext',
    'GenerateDataKeyWithoutPlaintext GenerateMac GetKeyRotationStatus GetPublicKey ListGrants',
    'ReEncryptFrom ReEncryptTo RevokeGrant Sign Verify VerifyMac',
  ].flatMap((line) => line.split(' ')),
)

describe('an action across accounts', () => {
  const clause = 'KMS: Allowing users in other accounts to use a KMS key'
  const both = { ...noOtherPolicies, key: 'account', identity: 'allows' } as const

  for (const action of keyActions) {
    const works = acrossAccounts.has(action.slice('kms:'.length))
    // Of RetireGrant the grant decides, and no key policy.
    for (const who of ['partnerSession', 'partnerUser', 'partnerRoot'] as const) {
      it(`${action} ${works ? 'works' : 'never works'} for ${who} [${clause}]`, () => {
        const request = requestBy(who, action)
        const verdict = authorize(request, policiesOf({ ...both, who }))
        const effect = works ? 'ALLOW' : 'IMPLICIT_DENY'
        const decidedBy = works ? 'IDENTITY_BASED_POLICY' : 'RESOURCE_BASED_POLICY'
        assert.deepEqual([verdict.effect, verdict.decidedBy], [effect, decidedBy])
        const { resource, principal } = request
        const facts = { action, resource, principal: principal.arn }
        const text = expectedText({ who }, { effect, decidedBy }, facts)
        assert.equal(denialText(request, verdict), text)
      })
    }
  }

  it('is one of an operation that there is', () => {
    const known = keyActions.map((action) => action.slice('kms:'.length))
    assert.deepEqual(
      [...acrossAccounts].filter((name) => !known.includes(name)),
      [],
    )
  })
})

describe('a decision over all types of policies', () => {
  const named = namedSituations()

  it('has more than 400 cases by name', () => {
    const titles = new Set(named.map(titleOf))
    assert.equal(titles.size, named.length)
    assert.ok(named.length > 400, String(named.length))
  })

  for (const situation of named) {
    const { effect, decidedBy, clause } = expectedOf(situation)
    it(`${titleOf(situation)}: ${effect} by ${decidedBy} [${clause}]`, () => check(situation))
  }

  for (const who of everybody) {
    it(`is the same in every combination for ${who}`, () => {
      const effects = new Set<string>()
      for (const situation of allSituations(who)) {
        check(situation)
        effects.add(expectedOf(situation).effect)
      }
      assert.equal(effects.size, 3)
    }).timeout(60_000)
  }
})
