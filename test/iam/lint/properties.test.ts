/**
 * The search for mistakes against the engine: what it passes over, no caller can use without a
 * document; and no policy is too strange or too long for it.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { authorize } from '../../../lib/iam/authorize.ts'
import { lintPolicy, rules } from '../../../lib/iam/lint/index.ts'
import {
  account,
  callers,
  contextOf,
  foreignRoleArn,
  keyArn,
  otherAccount,
  policyOf,
  roleArn,
  sessionArn,
  userArn,
  type CallerName,
} from '../support.ts'

const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const pcr0 = 'kms:RecipientAttestation:PCR0'

const principals = pick<unknown>(
  '*',
  { AWS: account },
  { AWS: [userArn, roleArn] },
  { AWS: roleArn },
  { AWS: sessionArn },
  { AWS: otherAccount },
  { AWS: foreignRoleArn },
  { Service: callers.service.arn },
)
const actions = pick<unknown>(
  'kms:*',
  'kms:Decrypt',
  ['kms:Decrypt', 'kms:GenerateDataKey*'],
  'kms:Encrypt',
  ['kms:PutKeyPolicy', 'kms:ReEncryptFrom'],
)
const operators = pick(
  'StringEquals',
  'StringEqualsIgnoreCase',
  'StringNotEquals',
  'StringLike',
  'StringEqualsIfExists',
  'StringNotEqualsIfExists',
  'ForAllValues:StringEquals',
  'ForAnyValue:StringEquals',
  'ForAnyValue:StringNotEquals',
)
const wants = fc.oneof(
  fc.tuple(
    operators,
    pick(pcr0, 'kms:RecipientAttestation:ImageSha384'),
    pick('ab'.repeat(48), '*'),
  ),
  fc.tuple(operators, pick('kms:RecipientAttestation:NitroTPMPCR4'), pick('0'.repeat(96))),
  fc.tuple(operators, pick('aws:PrincipalArn'), pick(roleArn, userArn, '*')),
  fc.tuple(operators, pick('kms:CallerAccount'), pick(account, otherAccount)),
  fc.tuple(operators, pick('kms:EncryptionContext:a'), pick('1')),
  fc.tuple(operators, pick('kms:GrantOperations', 'kms:NoSuchKey'), pick('Decrypt')),
  fc.tuple(pick('Null'), pick(pcr0, 'kms:EncryptionContext:a'), pick('true', 'false')),
  fc.tuple(pick('ArnLike', 'ArnNotLike'), pick('aws:PrincipalArn'), pick(roleArn, '*')),
)
/** KMS would refuse ForAllValues on a pair of the encryption context. */
const stored = wants.filter(
  ([operator, key]) => !(operator.startsWith('ForAll') && key.includes('Context')),
)
const conditions = fc.array(stored, { maxLength: 3 }).map((list) => {
  const condition: Record<string, Record<string, string>> = {}
  for (const [operator, key, value] of list) (condition[operator] ??= {})[key] = value
  return condition
})
const statements = fc.array(
  fc
    .tuple(pick('Allow', 'Allow', 'Deny'), principals, actions, conditions, fc.boolean())
    .map(([Effect, Principal, Action, Condition, isNegated]) => ({
      Effect,
      ...(Effect === 'Deny' && isNegated ? { NotPrincipal: Principal } : { Principal }),
      Action,
      Resource: '*',
      Condition,
    })),
  { maxLength: 4 },
)

const unattested = new Set([
  'root-delegation',
  'unattested-access',
  'unattested-data-key',
  'optional-attestation',
  'deny-escape',
])
const identity = [
  { name: 'all', document: policyOf('identity', { Effect: 'Allow', Action: '*', Resource: '*' }) },
]
const names = Object.keys(callers) as CallerName[]

describe('lintPolicy, on any policy', () => {
  it('passes over no policy that lets someone decrypt without a document', () => {
    let found = 0
    const requests = fc.tuple(
      pick(...names),
      pick('Decrypt', 'GenerateDataKey'),
      pick('1', undefined),
    )
    fc.assert(
      fc.property(statements, requests, (list, [name, action, context]) => {
        const principal = callers[name]
        const arn = 'roleArn' in principal ? principal.roleArn : principal.arn
        const request = {
          principal,
          action: `kms:${action}`,
          resource: keyArn,
          resourceAccount: account,
          context: contextOf({
            'aws:PrincipalArn': principal.type === 'Service' ? undefined : arn,
            'aws:PrincipalAccount': principal.account || undefined,
            'kms:CallerAccount': principal.account || undefined,
            'kms:EncryptionContext:a': context,
          }),
        }
        const keyPolicy = policyOf('key', ...list)
        const { effect } = authorize(request, { keyPolicy, identity, grants: [] })
        if (effect !== 'ALLOW') return
        found++
        const rulesFound = lintPolicy(keyPolicy).map(({ rule }) => rule)
        assert.ok(
          rulesFound.some((rule) => unattested.has(rule)),
          `${keyPolicy.source}\n${rulesFound.join()}`,
        )
      }),
      { numRuns: 4000 },
    )
    assert.ok(found > 100, String(found))
  })

  it('answers any text with findings that have a rule and a line of it', () => {
    const ids = new Map(rules.map(({ id, severity }) => [id, severity]))
    const source = statements.map((list) => JSON.stringify({ Statement: list }, null, 1))
    const cut = fc
      .tuple(source, fc.nat(2000), fc.nat(30))
      .map(([text, from, count]) => text.slice(0, from) + text.slice(from + count))
    const values = fc
      .jsonValue({ maxDepth: 4 })
      .map((value) => JSON.stringify({ Statement: value }))
    fc.assert(
      fc.property(fc.oneof(source, cut, values, fc.string()), (text) => {
        const findings = lintPolicy(text)
        const last = text.split('\n').length
        let line = 1
        for (const finding of findings) {
          const isRefused = finding.message.startsWith('AWS does not store it')
          assert.equal(finding.severity, isRefused ? 'error' : ids.get(finding.rule))
          assert.ok(finding.line >= line && finding.line <= last, JSON.stringify(finding))
          line = finding.line
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('takes a moment at most for the longest and the worst', () => {
    for (const text of longest()) {
      assert.ok(text.length <= 32_768)
      const before = process.cpuUsage()
      lintPolicy(text)
      const { user } = process.cpuUsage(before)
      // Some tens of ms: other programs on the machine cost none of this.
      assert.ok(user < 1_500_000, `${text.slice(90, 300)}: ${user / 1000} ms`)
    }
  })
})

/** Policies of nearly 32 KB, each long in another way. */
function longest(): string[] {
  const base = { Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' }
  const many = (count: number, make: (index: number) => object): object[] =>
    Array.from({ length: count }, (_, index) => ({ ...base, ...make(index) }))
  const texts = (count: number, make: (index: number) => string): string[] =>
    Array.from({ length: count }, (_, index) => make(index))
  const keys = (count: number) =>
    Object.fromEntries(texts(count, (index) => `kms:Recipient${index}`).map((key) => [key, 'a']))
  const role = (index: number) => `arn:aws:iam::${account}:role/r${index}`
  const policies = [
    many(370, () => ({})),
    many(170, (index) => ({
      Effect: index % 2 === 0 ? 'Allow' : 'Deny',
      Condition: { StringNotEquals: { 'aws:PrincipalArn': role(index) } },
    })),
    many(2, (index) => ({
      Effect: index === 0 ? 'Allow' : 'Deny',
      Principal: { AWS: texts(360, role) },
    })),
    many(1, () => ({ Action: texts(1800, (index) => `kms:Decr${index}`) })),
    many(1, () => ({ Action: texts(1800, () => 'kms:*a*b*c*') })),
    many(1, () => ({ Condition: { StringEquals: keys(1300) } })),
  ].map((list) => JSON.stringify({ Version: '2012-10-17', Statement: list }))
  return [...policies, '{'.repeat(32_000), '['.repeat(32_000), ' '.repeat(32_000)]
}
