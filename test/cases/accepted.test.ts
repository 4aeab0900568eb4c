import assert from 'node:assert/strict'
import { judgeFindings, readAccepted, type Accepted } from '../../lib/cases/accepted.ts'
import { ConfigError } from '../../lib/config/config-error.ts'
import type { Finding } from '../../lib/iam/lint/index.ts'

const place = { path: 'accept[0]', baseDir: '', readFile: () => new Uint8Array() }
const finding = (rule: string, path: string): Finding => {
  return { rule, severity: 'error', path, line: 1, message: 'm', fix: 'f' }
}
const statements = [{ sid: null }, { sid: 'B' }]

describe('readAccepted', () => {
  it('reads a rule, a statement and a reason', () => {
    const accepted = { rule: 'signer-only', statement: 'B', reason: 'it is meant' }
    assert.deepEqual(readAccepted(accepted, place), accepted)
  })

  const wrong: readonly (readonly [object, RegExp])[] = [
    [
      { rule: 'no-such-rule', reason: 'a' },
      /^accept\[0\]\.rule: want root-delegation, .*no-such-rule"$/,
    ],
    [{ rule: 'signer-only' }, /^accept\[0\]\.reason: want a text: why it is meant, got nothing$/],
    [{ rule: 'signer-only', reason: ' ' }, /^accept\[0\]\.reason: want a text: why it is meant$/],
    [{ rule: 'signer-only', reason: 'a', path: 'b' }, /^accept\[0\]\.path: unknown member$/],
  ]
  for (const [value, message] of wrong) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      assert.throws(() => readAccepted(value, place), { constructor: ConfigError, message })
    })
  }
})

describe('judgeFindings', () => {
  const reason = 'it is meant'
  const rule = 'signer-only'

  const accepting: readonly (readonly [string, Omit<Accepted, 'reason'>, string, boolean])[] = [
    ['the rule anywhere', { rule, statement: undefined }, 'Statement[0].Condition', true],
    ['the rule where there is no statement', { rule, statement: undefined }, '', true],
    ['the rule in the statement', { rule, statement: 'B' }, 'Statement[1].Condition', true],
    ['the rule in another statement', { rule, statement: 'B' }, 'Statement[0].Condition', false],
    ['the rule in no statement', { rule, statement: 'B' }, '', false],
    ['another rule', { rule: 'any-enclave', statement: undefined }, 'Statement[0]', false],
  ]
  for (const [what, one, path, isAccepted] of accepting) {
    it(`${isAccepted ? 'makes a note of' : 'leaves'} what is found by ${what}`, () => {
      const { findings, unused } = judgeFindings(
        [finding(rule, path)],
        [{ ...one, reason }],
        statements,
      )
      assert.deepEqual(
        findings.map(({ severity, accepted }) => [severity, accepted]),
        [isAccepted ? ['note', reason] : ['error', undefined]],
      )
      assert.deepEqual(unused, isAccepted ? [] : [0])
    })
  }
})
