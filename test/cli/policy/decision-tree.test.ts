/** What people see of a decision: whole trees as they are printed, and no line that breaks a terminal. */
import assert from 'node:assert/strict'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { decisionTree } from '../../../lib/cli/policy/decision-tree.ts'
import { plainStyle, styleFor } from '../../../lib/cli/policy/style.ts'
import { columnsOf } from '../../../lib/cli/policy/wrap.ts'
import type { Decision } from '../../../lib/kms/decision.ts'
import { allow, byImage, image, policyOf, run, withCase, zeros } from '../../cases/support.ts'

const coloured = styleFor({ isTTY: true, env: {} })

async function treeOf(more: object, rest: object = {}): Promise<string[]> {
  return decisionTree((await run(withCase(more, rest))).explanation, plainStyle)
}

describe('decisionTree', () => {
  it('prints an allowed request', async () => {
    const policy = policyOf(
      allow('kms:Encrypt', { Sid: undefined }),
      allow('kms:Decrypt', byImage()),
    )
    assert.deepEqual(await treeOf({}, { policy }), [
      '✓ ALLOW  kms:Decrypt',
      '  principal  arn:aws:sts::111122223333:assumed-role/enclave-parent/worker-1',
      '  resource   arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      '  document   Nitro enclave, PCR0 abababababababab…abababab',
      '',
      'Key policy default',
      '├─ Allow Allow: applies',
      '│    ✓ Principal  arn:aws:iam::111122223333:role/enclave-parent',
      '│    ✓ Action     kms:Decrypt',
      '│    ✓ Resource   *',
      '│    ✓ Condition  StringEqualsIgnoreCase kms:RecipientAttestation:ImageSha384',
      '│                 has    abababababababab…abababab',
      '└─ Allow statement 0: does not apply',
      '     ✓ Principal  arn:aws:iam::111122223333:role/enclave-parent',
      '     ✗ Action     kms:Encrypt',
      '                  has    kms:Decrypt',
      '     ✓ Resource   *',
    ])
  })

  it('prints a denied request, with what is nearest before what is far', async () => {
    const far = { Sid: 'Far', Principal: { AWS: 'arn:aws:iam::111122223333:user/x' } }
    const policy = policyOf(
      allow('kms:Encrypt', far),
      allow('kms:*', { Sid: 'Near', ...byImage() }),
    )
    assert.deepEqual(await treeOf({ attestation: { pcrs: { 0: zeros } } }, { policy }), [
      '✗ IMPLICIT DENY  kms:Decrypt',
      '  principal  arn:aws:sts::111122223333:assumed-role/enclave-parent/worker-1',
      '  resource   arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      '  document   Nitro enclave',
      '  User: arn:aws:sts::111122223333:assumed-role/enclave-parent/worker-1 is not authorized to perform:',
      '  kms:Decrypt on resource:',
      '  arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab because no',
      '  resource-based policy allows the kms:Decrypt action',
      '',
      'Key policy default',
      '├─ Allow Near: does not apply ← nearest',
      '│    ✓ Principal  arn:aws:iam::111122223333:role/enclave-parent',
      '│    ✓ Action     kms:*',
      '│    ✓ Resource   *',
      '│    ✗ Condition  StringEqualsIgnoreCase kms:RecipientAttestation:ImageSha384',
      '│                 wants  abababababababab…abababab',
      '│                 has    0000000000000000…00000000',
      '└─ Allow Far: does not apply',
      '     ✗ Principal  arn:aws:iam::111122223333:user/x',
      '                  has    arn:aws:sts::111122223333:assumed-role/enclave-parent/worker-1',
      '     ✗ Action     kms:Encrypt',
      '                  has    kms:Decrypt',
      '     ✓ Resource   *',
      '',
      'Nearest miss: what would have allowed it',
      '  → kms:RecipientAttestation:ImageSha384 would have to be abababababababab…abababab (is',
      '    0000000000000000…00000000)',
    ])
  })

  it('prints a Deny, a grant, a document in debug mode and a policy of nothing', async () => {
    const deny = { Sid: 'Never', Effect: 'Deny', Principal: '*' }
    const policy = policyOf(allow('kms:Decrypt', deny))
    const parent = {
      arn: 'arn:aws:iam::111122223333:role/enclave-parent',
      policies: [{ Version: '2012-10-17', Statement: [] }],
    }
    const grants = [{ granteePrincipal: parent.arn, operations: ['Decrypt'], grantId: 'g-1' }]
    const rest = { policy, principals: { parent }, grants }
    const tree = (await treeOf({ attestation: { debug: true } }, rest)).join('\n')
    assert.match(tree, /^✗ EXPLICIT DENY {2}kms:Decrypt\n/)
    assert.match(tree, /\n {2}document {3}Nitro enclave, debug mode, PCR0 0{16}…0{8}/)
    assert.match(tree, /\n└─ Deny Never: applies ← nearest\n/)
    assert.match(tree, /\nIdentity policy .*\n└─ no statements\n/)
    assert.match(tree, /\nGrant g-1\n└─ Allow: applies\n {5}✓ GranteePrincipal {2}arn/)
    assert.match(
      tree,
      /\n {2}→ statement Never of the key policy would have to not apply: it denies/,
    )
  })

  it('has the same text with colours', async () => {
    for (const pcr of [image, zeros]) {
      const { explanation } = await run(withCase({ attestation: { pcrs: { 0: pcr } } }))
      const painted = decisionTree(explanation, coloured)
      assert.ok(painted.join('').includes('\u001b[3'))
      assert.deepEqual(
        painted.map((line) => stripVTControlCharacters(line)),
        decisionTree(explanation, plainStyle),
      )
    }
  })

  it('has no line over 100 columns, and nothing that a terminal obeys, whatever the texts', () => {
    fc.assert(
      fc.property(decisions, (decision) => {
        for (const line of decisionTree(decision, plainStyle)) {
          assert.ok(columnsOf(line) <= 100, line)
          assert.doesNotMatch(line, /[\p{C}\p{Zl}\p{Zp}]/u)
        }
      }),
      { numRuns: 500 },
    )
  })
})

const odd = fc.constantFrom(
  '\u001b]0;title\u0007',
  '\u001b[2J',
  '\r',
  '\n✓ ALLOW',
  '\u202e',
  '漢'.repeat(150),
  `arn:aws:iam::111122223333:role/${'long/'.repeat(100)}`,
  'ab'.repeat(200),
)
const texts = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), odd), { maxLength: 4 })
  .map((parts) => parts.join(''))
const element = fc.record({
  element: fc.constantFrom('Principal', 'NotAction', 'Condition', 'GranteePrincipal'),
  operator: fc.option(texts),
  key: fc.option(texts),
  expected: fc.array(texts, { maxLength: 8 }),
  actual: fc.oneof(fc.constant(null), texts, fc.array(texts, { maxLength: 8 })),
  matched: fc.boolean(),
})
const statement = fc.record({
  sid: fc.option(texts),
  index: fc.nat(3),
  effect: fc.constantFrom('Allow', 'Deny'),
  applies: fc.boolean(),
  elements: fc.array(element, { maxLength: 4 }),
})
const place = {
  policyType: fc.constantFrom('RESOURCE_BASED_POLICY', 'IDENTITY_BASED_POLICY', 'GRANT'),
  policy: texts,
}
const decisions = fc.record({
  effect: fc.constantFrom('ALLOW', 'IMPLICIT_DENY', 'EXPLICIT_DENY'),
  action: texts,
  resource: texts,
  principal: texts,
  message: texts,
  evaluations: fc.array(
    fc.record({ ...place, statements: fc.array(statement, { maxLength: 3 }) }),
    { maxLength: 3 },
  ),
  attestation: fc.option(
    fc.record({
      platform: fc.constantFrom('nitro-enclave', 'nitro-tpm'),
      pcrs: fc.dictionary(fc.string(), texts, { maxKeys: 3 }),
      debug: fc.boolean(),
    }),
  ),
  hints: fc.array(texts, { maxLength: 3 }),
  nearestMiss: fc.option(
    fc.record({ changes: fc.array(fc.record({ ...place, index: fc.nat(3), text: texts })) }),
  ),
  // What is not printed is left out.
}) as unknown as fc.Arbitrary<Decision>
