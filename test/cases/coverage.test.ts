import assert from 'node:assert/strict'
import { coverageOf } from '../../lib/cases/coverage.ts'
import { runCases } from '../../lib/cases/run.ts'
import { describeGap } from '../../lib/iam/coverage.ts'
import { example, members, nowMs, read } from './support.ts'

async function gapsOf(...cases: readonly object[]): Promise<string[]> {
  const file = await read({ ...members, cases })
  const { items } = coverageOf(file, await runCases(file, nowMs))
  return items.filter(({ covered }) => !covered).map(describeGap)
}

const without = { ...example, name: 'without', attestation: undefined, expect: 'deny' }

describe('coverageOf', () => {
  it('says what no case exercises', async () => {
    assert.deepEqual(await gapsOf(example), [
      'Statement[0] (Allow): no case that it misses by its principal, its action, its resource or its conditions alone',
      'Statement[0].Condition.StringEqualsIgnoreCase.kms:RecipientAttestation:ImageSha384[0] ' +
        '(abababababababab…): no case in which the condition fails',
    ])
  })

  it('finds all of it in cases that do', async () => {
    assert.deepEqual(await gapsOf(example, without), [])
  })

  it('counts a case that does not hold: it asked', async () => {
    assert.deepEqual(await gapsOf(example, { ...without, expect: 'allow' }), [])
  })

  it('counts no case about an action on no key', async () => {
    const random = { ...without, action: 'kms:GenerateRandom' }
    assert.equal((await gapsOf(example, random)).length, 2)
  })

  it('takes the results of some cases alone', async () => {
    const file = await read({ ...members, cases: [example, without] })
    const results = await runCases(file, nowMs)
    assert.equal(coverageOf(file, results).percent, 100)
    assert.equal(coverageOf(file, results.slice(0, 1)).percent, 50)
    assert.equal(coverageOf(file, []).percent, 0)
  })
})
