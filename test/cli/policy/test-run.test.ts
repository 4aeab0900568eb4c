import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { exitCodeOf, totalsOf } from '../../../lib/cli/policy/test-run.ts'
import { attested, casesOf, holds, mixedRun, runOf, unattested } from './reporters/support.ts'

const path = 'policies/app.cases.yaml'

describe('runFiles', () => {
  it('runs what it can, and says what is wrong with the rest', async () => {
    const run = await mixedRun()
    assert.deepEqual(totalsOf(run), { passed: 1, failed: 2 })
    assert.deepEqual(run.wrong, [
      {
        path: 'policies/bad.cases.yaml',
        message: 'key.arn: want a text: the ARN of a key, got nothing',
        at: { file: resolve('policies/bad.cases.yaml'), line: 2 },
      },
    ])
    const broken = await runOf({
      'a.cases.yaml': 'a: 1\na: 2\n',
      'b.cases.yaml': 'policy: ./no.json',
    })
    assert.deepEqual(broken.wrong, [
      {
        path: 'a.cases.yaml',
        message: 'Map keys must be unique at line 2',
        at: { file: resolve('a.cases.yaml'), line: 2 },
      },
      {
        path: 'b.cases.yaml',
        message: 'policy: cannot read ./no.json: ENOENT',
        at: { file: resolve('b.cases.yaml'), line: 1 },
      },
    ])
  })

  it('measures coverage and mutation only when that is asked for', async () => {
    const [plain] = (await runOf({ [path]: casesOf(holds) })).files
    assert.deepEqual([plain?.coverage, plain?.mutation, plain?.demands], [undefined, undefined, []])
    const asked = await runOf({ [path]: casesOf(holds) }, { coverage: true, mutate: true })
    assert.ok(asked.files[0]?.coverage)
    assert.ok(asked.files[0].mutation)
    assert.deepEqual(asked.files[0].demands, [])
  })

  it('demands a minimum of every file by itself', async () => {
    const files = {
      [path]: casesOf(holds, attested),
      'policies/b.cases.yaml': casesOf(holds),
    }
    const run = await runOf(files, {
      coverage: true,
      minCoverage: 30,
      mutate: true,
      minMutationScore: 0,
    })
    assert.deepEqual(
      run.files.map(({ demands }) => demands.map(({ name, ok }) => [name, ok])),
      [true, false].map((ok) => [
        ['coverage is at least 30 %', ok],
        ['mutation score is at least 0 %', true],
      ]),
    )
  })
})

describe('exitCodeOf', () => {
  const rows: readonly (readonly [what: string, run: () => Promise<number>, code: number])[] = [
    ['0 when all hold', async () => exitCodeOf(await runOf({ [path]: casesOf(holds) })), 0],
    [
      '1 when one does not',
      async () => exitCodeOf(await runOf({ [path]: casesOf(holds, unattested) })),
      1,
    ],
    [
      '1 when all hold, and a minimum is not reached',
      async () =>
        exitCodeOf(await runOf({ [path]: casesOf(holds) }, { coverage: true, minCoverage: 100 })),
      1,
    ],
    [
      '0 when all hold, and coverage is only looked at',
      async () =>
        exitCodeOf(await runOf({ [path]: casesOf(holds) }, { coverage: true, mutate: true })),
      0,
    ],
    ['2 when a file is wrong, whatever the others do', async () => exitCodeOf(await mixedRun()), 2],
  ]
  for (const [what, run, code] of rows) {
    it(`is ${what}`, async () => assert.equal(await run(), code))
  }
})
