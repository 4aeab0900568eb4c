import assert from 'node:assert/strict'
import fc from 'fast-check'
import { authorize, denialText, type PolicySet } from '../../lib/iam/authorize.ts'
import { parsePolicy, PolicyError, type PolicyKind } from '../../lib/iam/document.ts'
import { explain } from '../../lib/iam/explain.ts'
import { hints } from '../../lib/iam/hints.ts'
import { readJson, type Json } from '../../lib/iam/json.ts'
import { noDocument } from './cases/hints.ts'
import {
  account,
  callers,
  foreignRoleArn,
  keyArn,
  otherAccount,
  policyOf,
  requestOf,
  roleArn,
  sessionArn,
  userArn,
  type CallerName,
} from './support.ts'

const kinds: PolicyKind[] = [
  'key',
  'identity',
  'boundary',
  'session',
  'serviceControl',
  'resourceControl',
  'vpcEndpoint',
  'trust',
]
const elements = ['Version', 'Statement', 'Effect', 'Principal', 'Action', 'Resource', 'Condition']

/** What JSON.parse would have made of it. */
function plain(value: Json): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([name, member]) => [name, plain(member as Json)]))
  }
  if (Array.isArray(value)) return value.map((item: Json) => plain(item))
  if (typeof value === 'object' && value !== null && 'number' in value) return Number(value.number)
  return value
}

function refusesOrReads(text: string, kind: PolicyKind): void {
  try {
    parsePolicy(text, kind)
  } catch (error) {
    assert.ok(error instanceof PolicyError, String(error))
  }
}

describe('readJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        // A member called __proto__ is none for Object.fromEntries.
        fc.pre(!text.includes('__proto__'))
        assert.deepEqual(plain(readJson(text)), JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })

  it('reads nothing that JSON.parse refuses', () => {
    const pieces = ['{', '}', '[', ']', ',', ':', '"a"', '1', '-', '.5', 'true', 'nul', ' ', '\\']
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (parts) => {
        const text = parts.join('')
        let value: Json
        try {
          value = readJson(text)
        } catch (error) {
          assert.ok(error instanceof PolicyError)
          return
        }
        assert.deepEqual(plain(value), JSON.parse(text))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('parsePolicy', () => {
  it('answers any JSON with a policy or a PolicyError', () => {
    const value = fc.jsonValue({ maxDepth: 4 })
    const object = fc.dictionary(fc.constantFrom(...elements), value)
    const policy = fc.record({ Statement: fc.oneof(object, fc.array(object)) })
    fc.assert(
      fc.property(
        fc.oneof(value, policy).map((source) => JSON.stringify(source)),
        fc.constantFrom(...kinds),
        refusesOrReads,
      ),
      { numRuns: 1000 },
    )
  })

  it('answers any text with a policy or a PolicyError', () => {
    fc.assert(fc.property(fc.string(), fc.constantFrom(...kinds), refusesOrReads))
  })

  it('answers a good policy with a piece cut out', () => {
    const good = policyOf('key', {
      Sid: 'a b',
      Effect: 'Allow',
      Principal: { AWS: [account, roleArn] },
      Action: ['kms:*'],
      Resource: keyArn,
      Condition: { 'ForAnyValue:StringLike': { 'aws:TagKeys': ["${aws:userid, 'x'}*"] } },
    }).source
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(20), (from, count) =>
        refusesOrReads(good.slice(0, from) + good.slice(from + count), 'key'),
      ),
      { numRuns: 500 },
    )
  })
})

describe('authorize and explain', () => {
  const principals: unknown[] = [
    '*',
    { AWS: account },
    { AWS: otherAccount },
    { AWS: userArn },
    { AWS: [roleArn, sessionArn] },
    { AWS: roleArn },
    { AWS: foreignRoleArn },
    { Service: callers.service.arn },
  ]
  const actions = ['kms:*', '*', 'kms:Decrypt', 'kms:Sign', ['kms:De*', 'kms:RetireGrant']]
  const resources = ['*', keyArn, `${keyArn}0`, `arn:aws:kms:*:${account}:key/*`]
  const operators = [
    'StringEquals',
    'StringNotEquals',
    'StringLike',
    'StringEqualsIfExists',
    'ForAllValues:StringEquals',
    'ForAnyValue:StringNotLike',
    'Null',
  ]
  const keys = ['aws:userid', 'aws:TagKeys', 'kms:RecipientAttestation:PCR0']
  const some = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

  const condition = fc
    .tuple(some(operators), some(keys), some(['true', 'a', 'b', '${aws:userid}']))
    .map(([operator, key, value]) => ({
      [operator]: { [key]: operator === 'Null' ? 'true' : value },
    }))
  const common = fc.record(
    {
      Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
      Action: some(actions),
      Resource: some(resources),
      Condition: condition,
    },
    { requiredKeys: ['Effect', 'Action', 'Resource'] },
  )
  const keyStatement = fc
    .tuple(common, some(principals), fc.boolean())
    .map(([statement, principal, negated]) =>
      negated && statement.Effect === 'Deny'
        ? { ...statement, NotPrincipal: principal }
        : { ...statement, Principal: principal },
    )
  const attachedOf = (kind: PolicyKind): fc.Arbitrary<PolicySet['identity'][number]> =>
    fc
      .array(kind === 'vpcEndpoint' ? keyStatement : common, { maxLength: 2 })
      .map((statements) => ({ name: kind, document: policyOf(kind, ...statements) }))
  const grant = fc.record(
    {
      grantId: fc.constant('g'),
      granteePrincipal: some([
        roleArn,
        sessionArn,
        userArn,
        foreignRoleArn,
        `arn:aws:iam::${account}:root`,
      ]),
      operations: fc.subarray(['Decrypt', 'Sign', 'RetireGrant', 'DescribeKey']),
      retiringPrincipal: some([userArn, `arn:aws:iam::${otherAccount}:root`]),
      constraints: some([{}, { encryptionContextSubset: { a: '1' } }, { sourceArn: keyArn }]),
    },
    { requiredKeys: ['grantId', 'granteePrincipal', 'operations'] },
  )
  const policySets: fc.Arbitrary<PolicySet> = fc.record(
    {
      keyPolicy: fc.option(
        fc.array(keyStatement, { maxLength: 3 }).map((list) => policyOf('key', ...list)),
        { freq: 5 },
      ),
      identity: fc.array(attachedOf('identity'), { maxLength: 2 }),
      boundary: attachedOf('boundary'),
      session: fc.array(attachedOf('session'), { maxLength: 2 }),
      serviceControl: fc.array(attachedOf('serviceControl'), { maxLength: 2 }),
      vpcEndpoint: attachedOf('vpcEndpoint'),
      grants: fc.array(grant, { maxLength: 2 }),
    },
    { requiredKeys: ['keyPolicy', 'identity', 'grants'] },
  )
  const requests = fc
    .tuple(
      some(Object.keys(callers) as CallerName[]),
      some(['kms:Decrypt', 'kms:Sign', 'kms:RetireGrant', 'kms:DisableKey', 'kms:DescribeKey']),
      fc.record(
        {
          'aws:userid': some(['a', 'b']),
          'aws:TagKeys': fc.array(some(['a', 'b'])),
          'kms:RecipientAttestation:PCR0': some(['a', 'b']),
          'kms:EncryptionContextKeys': fc.constant(['a']),
          'kms:EncryptionContext:a': some(['1', '2']),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([caller, action, context]) => requestOf(caller, action, context))

  it('agree on every request', () => {
    const effects = new Set<string>()
    fc.assert(
      fc.property(requests, policySets, (request, policies) => {
        const verdict = authorize(request, policies)
        const explanation = explain(request, policies)
        effects.add(verdict.effect)
        assert.equal(explanation.effect, verdict.effect)
        assert.equal(denialText(request, verdict) === '', verdict.effect === 'ALLOW')
        hints(request, explanation, noDocument)
      }),
      { numRuns: 1000 },
    )
    assert.deepEqual([...effects].sort(), ['ALLOW', 'EXPLICIT_DENY', 'IMPLICIT_DENY'])
  })

  it('deny explicitly whatever else is allowed, once a Deny applies', () => {
    const denial = {
      name: 'd',
      document: policyOf('identity', { Effect: 'Deny', Action: '*', Resource: '*' }),
    }
    fc.assert(
      fc.property(requests, policySets, (request, policies) => {
        const identity = [...policies.identity, denial]
        assert.equal(authorize(request, { ...policies, identity }).effect, 'EXPLICIT_DENY')
      }),
      { numRuns: 300 },
    )
  })

  it('allow nothing where nothing allows', () => {
    fc.assert(
      fc.property(requests, (request) => {
        fc.pre(request.principal.type !== 'Account')
        const none = { keyPolicy: policyOf('key'), identity: [], grants: [] }
        assert.equal(authorize(request, none).effect, 'IMPLICIT_DENY')
      }),
    )
  })
})
