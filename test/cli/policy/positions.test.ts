import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { lineInCases } from '../../../lib/cli/policy/positions.ts'
import { casesOf, holds, runOf } from './reporters/support.ts'

const path = 'policies/app.cases.yaml'

async function linesOf(files: Readonly<Record<string, string>>) {
  const { files: runs } = await runOf(files)
  const [run] = runs
  if (!run) throw new Error('want a file that runs')
  return run
}

describe('Lines', () => {
  it('finds a case, and all results of one about several actions on its line', async () => {
    const two = { ...holds, action: ['kms:Decrypt', 'kms:Encrypt'] }
    const { lines, results } = await linesOf({ [path]: casesOf(two, holds) })
    assert.deepEqual(
      results.map((_, index) => lines.ofCase(index)),
      [7, 7, 8].map((line) => ({ file: resolve(path), line })),
    )
  })

  it('finds a statement in the policy’s own file', async () => {
    const { lines } = await linesOf({ [path]: casesOf(holds) })
    const at = lines.inPolicy('Statement[1].Action')
    assert.deepEqual(at, { file: resolve('policies/app.json'), line: 14 })
  })

  it('finds a statement in a template', async () => {
    const template = `Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - Effect: Allow
            Principal: '*'
            Action: kms:Decrypt
            Resource: !Sub '*'
`
    const selector = 'policy: { cloudformation: ./key.yaml, resource: Key }'
    const { lines } = await linesOf({
      [path]: casesOf({ ...holds, expect: 'allow' }).replace('policy: ./app.json', selector),
      'policies/key.yaml': template,
    })
    const at = lines.inPolicy('Statement[0].Action[0]')
    assert.deepEqual(at, { file: resolve('policies/key.yaml'), line: 9 })
  })

  it('gives the name of a plan for a policy in it, and the case for what decided', async () => {
    const policy = JSON.stringify({
      Statement: { Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' },
    })
    const resources = [{ address: 'k', type: 'aws_kms_key', values: { policy } }]
    const selector = 'policy: { terraform: ./plan.json, address: k }'
    const { lines, results } = await linesOf({
      [path]: casesOf(holds).replace('policy: ./app.json', selector),
      'policies/plan.json': JSON.stringify({ planned_values: { root_module: { resources } } }),
    })
    assert.deepEqual(lines.inPolicy('Statement[0]'), { file: resolve(path), line: 1 })
    assert.ok(results[0])
    assert.deepEqual(lines.deciding(results[0], 0), { file: resolve(path), line: 7 })
  })
})

describe('placeOfError', () => {
  async function placeOf(files: Readonly<Record<string, string>>) {
    const { wrong } = await runOf(files)
    return wrong.map(({ at }) => at)
  }

  it('is the line in the policy’s own file', async () => {
    const policy = '{\n  "Statement": [\n    {\n      "Effect": "Maybe"\n    }\n  ]\n}\n'
    const at = (line: number) => [{ file: resolve('policies/app.json'), line }]
    const cases = casesOf(holds)
    assert.deepEqual(await placeOf({ [path]: cases, 'policies/app.json': policy }), at(4))
    const broken = policy.replace('"Maybe"', '"Allow",\n      "Effect": "Deny"')
    assert.deepEqual(await placeOf({ [path]: cases, 'policies/app.json': broken }), at(5))
    const long = policy.replace('Maybe', '—')
    assert.deepEqual(await placeOf({ [path]: cases, 'policies/app.json': long }), at(4))
  })

  it('is the line in the cases file of a policy that stands there', async () => {
    const policy = 'policy:\n  Statement:\n    - Sid: A\n      Effect: Maybe'
    const cases = casesOf(holds).replace('policy: ./app.json', policy)
    assert.deepEqual(await placeOf({ [path]: cases }), [{ file: resolve(path), line: 4 }])
  })
})

describe('lineInCases', () => {
  const text = 'policy: a\nkey:\n  arn: x\ncases:\n  - name: y\n    expect: no\n'
  const rows: readonly (readonly [message: string, line: number])[] = [
    ['cases[0].expect: want allow, deny, explicit-deny or implicit-deny, got "no"', 6],
    ['key.arn: want arn:aws:kms:REGION:ACCOUNT:key/ID', 3],
    ['principals: want a map, got nothing', 1],
    ['Map keys must be unique at line 5', 5],
    ['policy: Statement[0].Effect: the effect is "Allow" or "Deny"', 1],
    ['cannot read it: ENOENT', 1],
  ]
  for (const [message, line] of rows) {
    it(`finds ${message}`, () => assert.equal(lineInCases(text, message), line))
  }
})
