import assert from 'node:assert/strict'
import fc from 'fast-check'
import { lineAt, linesOf } from '../../lib/iam/lines.ts'

const policy = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "One", "Effect": "Allow" },
    {
      "Sid": "Two",
      "Action": [
        "kms:Decrypt",
        "kms:Encrypt"
      ],
      "Condition": {
        "StringEquals": {
          "kms:EncryptionContext:a": "x",
          "kms:EncryptionContext:a.b": "y"
        }
      }
    }
  ]
}
`

const cases = `# who may do what
policy: ./app.json

cases:
  - name: one
    attestation: &pinned
      pcrs: { 0: 'ab' }

  - name: two
    attestation: *pinned
`

describe('lineAt', () => {
  const rows: readonly (readonly [text: string, path: string, line: number])[] = [
    [policy, '', 1],
    [policy, 'Version', 2],
    [policy, 'Statement', 3],
    [policy, 'Statement[0]', 4],
    [policy, 'Statement[0].Effect', 4],
    [policy, 'Statement[1]', 5],
    [policy, 'Statement[1].Sid', 6],
    [policy, 'Statement[1].Action[1]', 9],
    [policy, 'Statement[1].Condition', 11],
    [policy, 'Statement[1].Condition.StringEquals', 12],
    [policy, 'Statement[1].Condition.StringEquals.kms:EncryptionContext:a', 13],
    [policy, 'Statement[1].Condition.StringEquals.kms:EncryptionContext:a.b', 14],
    [cases, 'policy', 2],
    [cases, 'cases', 4],
    [cases, 'cases[0]', 5],
    [cases, 'cases[0].attestation.pcrs.0', 7],
    [cases, 'cases[1]', 9],
    [cases, 'cases[1].attestation', 10],
  ]
  for (const [text, path, line] of rows) {
    it(`finds ${path || 'the whole'} of ${text === policy ? 'JSON' : 'YAML'}`, () => {
      assert.equal(lineAt(text, path), line)
    })
  }

  it('gives the nearest ancestor of what is not there', () => {
    assert.equal(lineAt(policy, 'Statement[1].Principal.AWS[0]'), 5)
    assert.equal(lineAt(policy, 'Statement[7].Effect'), 3)
    assert.equal(lineAt(policy, 'Statement[1].Condition.Bool.aws:SecureTransport'), 11)
    assert.equal(lineAt(policy, 'Id'), 1)
    assert.equal(lineAt(cases, 'cases[1].attestation.pcrs'), 10)
  })

  it('takes a statement and a text without a list for the first of one', () => {
    const alone = '{\n "Statement": {\n  "Effect": "Allow",\n  "Action":\n   "kms:*"\n }\n}'
    assert.equal(lineAt(alone, 'Statement[0]'), 2)
    assert.equal(lineAt(alone, 'Statement[0].Action[0]'), 4)
    assert.equal(lineAt(alone, 'Statement[1].Action'), 2)
  })

  it('takes no name for the beginning of a longer one', () => {
    assert.equal(lineAt('{\n"Not": 1,\n"NotAction": 2\n}', 'NotAction'), 3)
    assert.equal(lineAt('{\n"NotAction": 2\n}', 'Not'), 1)
  })

  it('reads JSON with tabs, with Windows line ends and with a mark in front', () => {
    assert.equal(lineAt('\ufeff{\r\n\t"Id":\t"x",\r\n\t"Statement":\t[]\r\n}', 'Statement'), 3)
  })

  it('reads tags that only CloudFormation knows', () => {
    assert.equal(lineAt('A: !Sub x\nB:\n  C: !GetAtt y.Arn\n', 'B.C'), 3)
  })

  it('gives line 1 of a text that is nothing', () => {
    for (const text of ['', '\n\n', '[', '"', '{"a":', '[['.repeat(5_000)]) {
      assert.equal(lineAt(text, 'Statement[0]'), 1)
    }
  })

  it('gives a line of the text whatever the text and the path are', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, path) => {
        const line = lineAt(text, path)
        assert.ok(line >= 1 && line <= text.split('\n').length)
      }),
    )
  })

  it('finds every member of any JSON, written a line each', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii' }), { minLength: 1 }), (names) => {
        const distinct = [
          ...new Set(names.map((name, index) => `${name.replaceAll(/[.[\]]/g, '')}${index}`)),
        ]
        const text = JSON.stringify(
          Object.fromEntries(distinct.map((name) => [`m${name}`, 1])),
          null,
          1,
        )
        const find = linesOf(text)
        distinct.forEach((name, index) => assert.equal(find(`m${name}`), index + 2))
      }),
    )
  })
})
