import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { junit } from '../../../../lib/cli/policy/reporters/junit.ts'
import { hasProgram } from '../../../support/programs.ts'
import { casesOf, holds, mixedRun, runOf, surroundings } from './support.ts'

const hasXmllint = hasProgram('xmllint')
const hasPython = hasProgram('python3')

describe('junit', () => {
  it('is what CI systems read: suites of cases, failures, and an error for a wrong file', async () => {
    const text = junit(await mixedRun(), surroundings)
    const file = 'classname="policies/app.cases.yaml" file="policies/app.cases.yaml"'
    const lines = text.split('\n')
    assert.deepEqual(lines.slice(0, 5), [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="enclave-kms policy test" tests="4" failures="2" errors="1">',
      '  <testsuite name="policies/app.cases.yaml" file="policies/app.cases.yaml" tests="3" failures="2" errors="0" skipped="0">',
      `    <testcase name="it holds" ${file} line="7"/>`,
      `    <testcase name="no document" ${file} line="8">`,
    ])
    assert.ok(
      text.includes(
        `<testcase name="the &apos;admin&apos; may not" ${file} line="9">
      <failure type="expectation" message="expected deny, got allow">expected deny, got allow: statement Administration of the key policy allows it&#10;to see all: npx enclave-kms policy explain --cases policies/app.cases.yaml --case &apos;the &apos;\\&apos;&apos;admin&apos;\\&apos;&apos; may not&apos;</failure>
    </testcase>
  </testsuite>`,
      ),
      text,
    )
    assert.ok(
      text.includes(
        '&#10;nearest miss: the request would have to carry a Nitro enclave&apos;s attestation document, whose ImageSha384 would have to be abababababababab…abababab&#10;hint: the request carried no attestation document (Recipient): kms:RecipientAttestation:ImageSha384 is not there&#10;to see all: ',
      ),
      text,
    )
    assert.ok(
      text.endsWith(`  <testsuite name="policies/bad.cases.yaml" file="policies/bad.cases.yaml" tests="1" failures="0" errors="1" skipped="0">
    <testcase name="policies/bad.cases.yaml" classname="policies/bad.cases.yaml" file="policies/bad.cases.yaml" line="2">
      <error type="file" message="key.arn: want a text: the ARN of a key, got nothing">key.arn: want a text: the ARN of a key, got nothing</error>
    </testcase>
  </testsuite>
</testsuites>`),
      text,
    )
  })

  it('escapes names, and replaces what XML cannot write', async () => {
    const name = '<a & "b">\u0000\u001b\ud800\uffff\t\u{1f512}'
    const run = await runOf({ 'policies/app.cases.yaml': casesOf({ ...holds, name }) })
    const [, written] = /<testcase name="([^"]*)"/.exec(junit(run, surroundings)) ?? []
    const bad = '\ufffd'
    assert.equal(written, `&lt;a &amp; &quot;b&quot;&gt;${bad}${bad}${bad}${bad}&#9;\u{1f512}`)
  })

  const note = hasXmllint ? '' : ' (skipped: no xmllint)'
  const test = hasXmllint ? it : it.skip
  test(`is well-formed for xmllint${note}`, async () => {
    const { status, stderr } = spawnSync('xmllint', ['--noout', '-'], {
      input: junit(await mixedRun(), surroundings),
    })
    assert.equal(status, 0, String(stderr))
  })

  const pythonNote = hasPython ? '' : ' (skipped: no python3)'
  const pythonTest = hasPython ? it : it.skip
  pythonTest(`gives any name back through an XML parser${pythonNote}`, async function () {
    this.timeout(30_000)
    const names = fc.sample(fc.string({ unit: 'grapheme', minLength: 1 }), 200)
    const spoken = names
      .filter((name) => /\S/.test(name))
      .map((name, index) => `${name}.${String(index)}`)
    const cases = spoken.map((name) => ({ ...holds, name }))
    const text = junit(await runOf({ 'policies/app.cases.yaml': casesOf(...cases) }), surroundings)
    const program =
      'import sys,json,xml.etree.ElementTree as E;print(json.dumps([c.get("name") for c in E.parse(sys.stdin.buffer).iter("testcase")]))'
    const { stdout, stderr } = spawnSync('python3', ['-c', program], { input: text })
    assert.deepEqual(JSON.parse(String(stdout) || String(stderr)), spoken.map(inXml))
  })
})

function inXml(name: string): string {
  // eslint-disable-next-line no-control-regex
  return name.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
}
