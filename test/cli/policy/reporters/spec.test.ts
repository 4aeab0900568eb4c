import assert from 'node:assert/strict'
import { spec } from '../../../../lib/cli/policy/reporters/spec.ts'
import { styleFor } from '../../../../lib/cli/policy/style.ts'
import { attested, casesOf, holds, mixedRun, runOf, surroundings } from './support.ts'

describe('spec', () => {
  it('says what failed, why, what came nearest, and what shows all of it', async () => {
    assert.equal(
      spec(await mixedRun(), surroundings),
      `policies/app.cases.yaml
  ✓ it holds
  ✗ no document
      expected      allow
      actual        implicit-deny
      because       statement Decrypt of the key policy wants StringEqualsIgnoreCase
                    kms:RecipientAttestation:ImageSha384 abababababababab…abababab; the request has
                    none
      nearest miss  the request would have to carry a Nitro enclave's attestation document, whose
                    ImageSha384 would have to be abababababababab…abababab
      hint          the request carried no attestation document (Recipient):
                    kms:RecipientAttestation:ImageSha384 is not there
      to see all    npx enclave-kms policy explain --cases policies/app.cases.yaml --case 'no document'
  ✗ the 'admin' may not
      expected      deny
      actual        allow
      because       statement Administration of the key policy allows it
      to see all    npx enclave-kms policy explain --cases policies/app.cases.yaml --case 'the '\\''admin'\\'' may not'

1 passed, 2 failed in 1 file, 1 file wrong`,
    )
  })

  it('lists what is not covered and not noticed, and what is asked of both', async () => {
    const run = await runOf(
      { 'policies/app.cases.yaml': casesOf(holds, attested) },
      { coverage: true, mutate: true, minCoverage: 50, minMutationScore: 100 },
    )
    const text = spec(run, surroundings)
    const lines = text.split('\n')
    assert.ok(lines.includes('  ✓ coverage is at least 50 %'))
    assert.match(text, /^ {2}✗ mutation score is at least 100 %: mutation score is \d+ %$/m)
    assert.match(text, /^ {2}coverage \d\d %: \d of \d parts of the policy$/m)
    assert.match(
      text,
      /^ {6}not covered {2}Statement\[0\] \(Administration\): no case that it applies to$/m,
    )
    assert.match(text, /^ {2}mutation score \d+ %: \d+ of \d+ changes noticed$/m)
    assert.match(
      text,
      /^ {6}not noticed {2}Statement\[0\]: Administration: without the statement\n {19}add a case: kms:\*, which the statement applies to, expect allow$/m,
    )
    assert.equal(lines.at(-1), '2 passed in 1 file')
  })

  it('counts files and none', async () => {
    const run = await runOf({
      'a.cases.yaml': casesOf(holds).replace('./app.json', './policies/app.json'),
      'b.cases.yaml': casesOf(holds).replace('./app.json', './policies/app.json'),
    })
    assert.match(spec(run, surroundings), /\n2 passed in 2 files$/)
    const { wrong } = await runOf({ 'a.cases.yaml': '' })
    assert.equal(spec({ files: [], wrong }, surroundings), 'no case ran, 1 file wrong')
    assert.equal(spec({ files: [], wrong: [] }, surroundings), 'no case ran')
  })

  it('has colours where they are wanted, and no control character of a name', async () => {
    const run = await runOf({
      'policies/app.cases.yaml': casesOf({ ...holds, name: 'a\u001b[2Jb\nc' }),
    })
    const style = styleFor({ isTTY: true, env: {} })
    const text = spec(run, { ...surroundings, style })
    assert.ok(text.includes('\u001b[32m✓\u001b[39m a\\u001b[2Jb\\u000ac\n'), text)
    assert.ok(!text.includes('\u001b[2J'))
    assert.ok(!spec(run, surroundings).includes('\u001b'))
  })
})
