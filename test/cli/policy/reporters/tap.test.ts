import assert from 'node:assert/strict'
import { parse as parseYaml } from 'yaml'
import { tap } from '../../../../lib/cli/policy/reporters/tap.ts'
import { casesOf, holds, mixedRun, runOf, surroundings } from './support.ts'

interface Point {
  readonly ok: boolean
  readonly number: number
  readonly description: string
  readonly diagnostic: unknown
}

/** A reader of TAP 14 without subtests and directives: refuses any line that it does not know. */
function readTap(text: string): Point[] {
  const lines = text.split('\n')
  assert.equal(lines.shift(), 'TAP version 14')
  const [, count] = /^1\.\.(\d+)$/.exec(lines.shift() ?? '') ?? []
  const points: Point[] = []
  while (lines.length > 0) {
    const line = lines.shift() ?? ''
    if (line.startsWith('#')) continue
    const [, not, number, description = ''] =
      /^(not )?ok (\d+) - ((?:[^\\#]|\\[\\#])*)$/.exec(line) ?? []
    assert.ok(number, line)
    let diagnostic: unknown
    if (lines[0] === '  ---') {
      const end = lines.indexOf('  ...')
      assert.ok(end > 0)
      diagnostic = parseYaml(
        lines
          .splice(0, end + 1)
          .slice(1, -1)
          .join('\n'),
      )
    }
    points.push({
      ok: not === undefined,
      number: Number(number),
      description: description.replaceAll(/\\([\\#])/g, '$1'),
      diagnostic,
    })
  }
  assert.equal(points.length, Number(count))
  points.forEach((point, index) => assert.equal(point.number, index + 1))
  return points
}

describe('tap', () => {
  it('has a point for each case and each wrong file, and a diagnostic of what failed', async () => {
    const points = readTap(tap(await mixedRun(), surroundings))
    assert.deepEqual(
      points.map(({ ok, description }) => [ok, description]),
      [
        [true, 'policies/app.cases.yaml: it holds'],
        [false, 'policies/app.cases.yaml: no document'],
        [false, "policies/app.cases.yaml: the 'admin' may not"],
        [false, 'policies/bad.cases.yaml'],
      ],
    )
    assert.deepEqual(points[2]?.diagnostic, {
      message: 'statement Administration of the key policy allows it',
      severity: 'fail',
      expected: 'deny',
      actual: 'allow',
      at: { file: 'policies/app.cases.yaml', line: 9 },
      nearestMiss: [],
      hints: [],
      command: `npx enclave-kms policy explain --cases policies/app.cases.yaml --case 'the '\\''admin'\\'' may not'`,
    })
    assert.deepEqual(points[1]?.diagnostic, {
      message:
        'statement Decrypt of the key policy wants StringEqualsIgnoreCase kms:RecipientAttestation:ImageSha384 abababababababab…abababab; the request has none',
      severity: 'fail',
      expected: 'allow',
      actual: 'implicit-deny',
      at: { file: 'policies/app.cases.yaml', line: 8 },
      nearestMiss: [
        "the request would have to carry a Nitro enclave's attestation document, whose ImageSha384 would have to be abababababababab…abababab",
      ],
      hints: [
        'the request carried no attestation document (Recipient): kms:RecipientAttestation:ImageSha384 is not there',
      ],
      command:
        "npx enclave-kms policy explain --cases policies/app.cases.yaml --case 'no document'",
    })
    assert.deepEqual(points[3]?.diagnostic, {
      message: 'key.arn: want a text: the ARN of a key, got nothing',
      severity: 'fail',
      at: { file: 'policies/bad.cases.yaml', line: 2 },
    })
    assert.deepEqual(points[0]?.diagnostic, undefined)
  })

  it('escapes what would be a directive or a line', async () => {
    const name = 'a # TO\\DO\nok 7'
    const run = await runOf({ 'policies/app.cases.yaml': casesOf({ ...holds, name }) })
    const [point, ...more] = readTap(tap(run, surroundings))
    assert.equal(point?.description, 'policies/app.cases.yaml: a # TO\\DO\\u000aok 7')
    assert.deepEqual(more, [])
  })

  it('has a point for what is asked of the whole file', async () => {
    const files = { 'policies/app.cases.yaml': casesOf(holds) }
    const points = readTap(
      tap(await runOf(files, { coverage: true, minCoverage: 100 }), surroundings),
    )
    assert.deepEqual(
      [points[1]?.ok, points[1]?.description],
      [false, 'policies/app.cases.yaml: coverage is at least 100 %'],
    )
  })
})
