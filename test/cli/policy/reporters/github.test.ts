import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { github } from '../../../../lib/cli/policy/reporters/github.ts'
import { attested, casesOf, holds, mixedRun, runOf, surroundings } from './support.ts'

async function linesOf(
  files: Readonly<Record<string, string>>,
  options: Parameters<typeof runOf>[1] = {},
): Promise<string[]> {
  return github(await runOf(files, options), surroundings).split('\n')
}

describe('github', () => {
  it('annotates the statement that allowed, the one that came nearest, and a wrong file', async () => {
    assert.deepEqual(github(await mixedRun(), surroundings).split('\n'), [
      `::error file=policies/app.json,line=10,title=policies/app.cases.yaml%3A no document::expected allow, got implicit-deny: statement Decrypt of the key policy wants StringEqualsIgnoreCase kms:RecipientAttestation:ImageSha384 abababababababab…abababab; the request has none%0Anearest miss: the request would have to carry a Nitro enclave's attestation document, whose ImageSha384 would have to be abababababababab…abababab%0Ahint: the request carried no attestation document (Recipient): kms:RecipientAttestation:ImageSha384 is not there%0Ato see all: npx enclave-kms policy explain --cases policies/app.cases.yaml --case 'no document'`,
      "::error file=policies/app.json,line=4,title=policies/app.cases.yaml%3A the 'admin' may not::expected deny, got allow: statement Administration of the key policy allows it%0Ato see all: npx enclave-kms policy explain --cases policies/app.cases.yaml --case 'the '\\''admin'\\'' may not'",
      '::error file=policies/bad.cases.yaml,line=2,title=policies/bad.cases.yaml is wrong::key.arn: want a text: the ARN of a key, got nothing',
      'cases: 1 passed, 2 failed',
    ])
  })

  it('annotates the case where no statement of the key policy is near', async () => {
    const text = casesOf(holds, { ...holds, action: 'kms:CreateKey', expect: 'allow' })
    const [line] = await linesOf({ 'policies/app.cases.yaml': text })
    assert.match(line ?? '', /^::error file=policies\/app\.cases\.yaml,line=8,/)
  })

  it('annotates a policy that stands in the cases file, on its line there', async () => {
    const inside = `policy:
      Version: '2012-10-17'
      Statement:
        - Effect: Deny
          Principal: '*'
          Action: kms:*
          Resource: '*'`
    const text = casesOf({ ...holds, expect: 'allow' }).replace('policy: ./app.json', inside)
    const [line] = await linesOf({ 'policies/app.cases.yaml': text })
    assert.match(line ?? '', /^::error file=policies\/app\.cases\.yaml,line=4,/)
  })

  it('warns of what is not covered and not noticed, and fails what is asked for', async () => {
    const lines = await linesOf(
      { 'policies/app.cases.yaml': casesOf(holds, attested) },
      { coverage: true, mutate: true, minCoverage: 100 },
    )
    const demand = lines.find((line) => line.startsWith('::error'))
    assert.match(
      demand ?? '',
      /^::error file=policies\/app\.json,line=1,title=policies\/app\.cases\.yaml%3A coverage is at least 100 %25::coverage is \d+ %25$/,
    )
    assert.ok(
      lines.includes(
        '::warning file=policies/app.json,line=4,title=policies/app.cases.yaml%3A not covered::Statement[0] (Administration): no case that it applies to',
      ),
    )
    assert.ok(
      lines.includes(
        '::warning file=policies/app.json,line=4,title=policies/app.cases.yaml%3A no case notices a change::Statement[0]: Administration: without the statement',
      ),
    )
  })

  it('escapes what would end a command or a property', async () => {
    const name = 'a,b: 100 %\n::error::x'
    const [line, ...more] = await linesOf({
      'policies/app.cases.yaml': casesOf({ ...holds, name, expect: 'allow' }),
    })
    assert.match(
      line ?? '',
      /,title=policies\/app\.cases\.yaml%3A a%2Cb%3A 100 %25\\u000a%3A%3Aerror%3A%3Ax::expected/,
    )
    assert.deepEqual(more, ['cases: 0 passed, 1 failed'])
  })

  it("breaks the runner's old form of a command, in names of cases and of files", async () => {
    const file = 'policies/##[group]\u001b.cases.yaml'
    const text = casesOf({ ...holds, name: '##[error]x', expect: 'allow' })
    const [line = ''] = await linesOf({ [file]: text })
    assert.match(
      line,
      /title=policies\/#\\u0023\[group\]\\u001b\.cases\.yaml%3A #\\u0023\[error\]x::/,
    )
    const [wrong = ''] = await linesOf({ [file]: 'policy: 1\n' })
    assert.match(wrong, /^::error file=policies\/#\\u0023\[group\]\\u001b\.cases\.yaml,line=1,/)
  })

  it('names a file outside of the repository by its whole path', async () => {
    const path = join('..', 'elsewhere', 'app.cases.yaml')
    const [line] = await linesOf({ [path]: 'policy: 1\n' })
    assert.ok(
      line?.startsWith(`::error file=${resolve(path).replaceAll(':', '%3A')},line=1,`),
      line,
    )
  })
})
