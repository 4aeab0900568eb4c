/** `policy explain` as its users run it: what goes to stdout, what the exit code says, what it refuses. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Decision } from '../../../lib/kms/decision.ts'
import { fencesOf } from '../../support/fences.ts'
import { hasProgram, root, runToEnd } from '../../support/programs.ts'
import { run, type Finished } from '../run.ts'

const image =
  '377d0e1eebe8cf07dbc412054bd98c1022ce1694c2253a5e2c7e1d5180d182ea2019c5e023c469fe4c2544845832dd4c'
const parent = 'arn:aws:iam::111122223333:role/enclave-parent'
const pinned = ['--policy', 'policies/image-pinned.json', '--principal', parent]
const decrypt = [...pinned, '--action', 'kms:Decrypt']
const cases = ['--cases', 'policies/image-pinned.cases.yaml']

function explain(args: readonly string[], env = {}): Promise<Finished> {
  return run(['policy', 'explain', ...args], { cwd: root, env: { FORCE_COLOR: '0', ...env } })
}

async function decisionOf(args: readonly string[]): Promise<Decision> {
  const { stdout, stderr } = await explain([...args, '--json'])
  assert.equal(stderr, '')
  return JSON.parse(stdout.toString()) as Decision
}

describe('policy explain', () => {
  let folder: string
  const path = (name: string) => join(folder, name)
  const write = (name: string, ...statements: object[]): string => {
    writeFileSync(path(name), JSON.stringify({ Version: '2012-10-17', Statement: statements }))
    return path(name)
  }

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-explain-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  it('prints an allowed request and exits with 0', async () => {
    const { code, stdout, stderr } = await explain([...decrypt, '--pcr', `0=${image}`])
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout.toString(), /^✓ ALLOW {2}kms:Decrypt\n {2}principal .*\n/)
  })

  it('prints a denied request, with its nearest miss, and exits with 1', async () => {
    const { code, stdout, stderr } = await explain(decrypt)
    assert.deepEqual([code, stderr], [1, ''])
    assert.match(stdout.toString(), /^✗ IMPLICIT DENY {2}kms:Decrypt\n/)
    assert.match(stdout.toString(), /\n {2}→ the request would have to carry a Nitro enclave's/)
    assert.ok(!stdout.includes('\u001b'))
  })

  it('prints the policies around a case of a file, and which of them denies it', async () => {
    const statement = { Effect: 'Allow', Action: '*', Resource: '*' }
    const id = 'vpce-1234abcd'
    write('scp.json', statement, { ...statement, Sid: 'Never', Effect: 'Deny' })
    write('endpoint.json', { ...statement, Principal: '*' })
    write('key.json', { ...statement, Principal: { AWS: parent } })
    const file = {
      policy: './key.json',
      key: { arn: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab' },
      principals: { parent: { arn: parent } },
      organization: { id: 'o-exampleorgid', serviceControlPolicies: ['./scp.json'] },
      vpcEndpoints: [{ id, vpc: 'vpc-1234abcd', policy: './endpoint.json' }],
      cases: [
        {
          name: 'a',
          principal: 'parent',
          action: 'kms:Decrypt',
          vpcEndpoint: id,
          expect: 'explicit-deny',
        },
      ],
    }
    writeFileSync(path('around.cases.json'), JSON.stringify(file))
    const { code, stdout } = await explain(['--cases', path('around.cases.json'), '--case', 'a'])
    assert.equal(code, 1)
    const text = stdout.toString()
    assert.match(text, /^✗ EXPLICIT DENY {2}kms:Decrypt\n/)
    assert.match(text, /with an explicit deny\s+in a service\s+control policy\n/)
    assert.match(text, /\nService control policy scp\.json\n[^]* Deny Never: applies/)
    assert.match(text, /\nVPC endpoint policy endpoint\.json\n└─ Allow statement 0: applies\n/)
  })

  it('prints the decision as the server answers it', async () => {
    const decision = await decisionOf([...decrypt, '--debug'])
    assert.deepEqual(
      [decision.effect, decision.attestation?.debug, decision.nearestMiss?.changes.length],
      ['IMPLICIT_DENY', true, 1],
    )
    assert.equal(decision.requestContext['aws:PrincipalArn'], parent)
  })

  it('has colours where they are asked for', async () => {
    const coloured = await explain(decrypt, { FORCE_COLOR: '1' })
    assert.ok(coloured.stdout.toString().startsWith('\u001b[1m'))
    const plain = await explain([...decrypt, '--no-color'], { FORCE_COLOR: '1' })
    assert.ok(!plain.stdout.includes('\u001b'))
  })

  it('takes what a request may have', async () => {
    const decision = await decisionOf([
      ...decrypt,
      '--session-name=worker-7',
      '--context=aws:SourceIp=10.0.0.7',
      '--context=aws:TagKeys=a',
      '--context=aws:TagKeys=b=c',
      '--encryption-context=tenant=a=b',
      '--key=arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    ])
    const { principal, resource, requestContext } = decision
    assert.equal(principal, 'arn:aws:sts::111122223333:assumed-role/enclave-parent/worker-7')
    assert.match(resource, /^arn:aws:kms:eu-central-1:444455556666:key\//)
    assert.equal(requestContext['aws:SourceIp'], '10.0.0.7')
    assert.deepEqual(requestContext['aws:TagKeys'], ['a', 'b=c'])
    assert.equal(requestContext['kms:EncryptionContext:tenant'], 'a=b')
  })

  it('takes the session that AWS names in its texts', async () => {
    const session = 'arn:aws:sts::111122223333:assumed-role/enclave-parent/w-1'
    const args = ['--policy', 'policies/image-pinned.json', '--principal', session]
    const { effect, principal } = await decisionOf([...args, '--action', 'kms:Encrypt'])
    assert.deepEqual([effect, principal], ['ALLOW', session])
  })

  for (const [partition, region] of [
    ['aws', 'us-east-1'],
    ['aws-cn', 'cn-north-1'],
    ['aws-us-gov', 'us-gov-west-1'],
  ]) {
    it(`asks about a key in the principal's account, in ${String(partition)}`, async () => {
      const arn = `arn:${String(partition)}:iam::444455556666:user/u`
      const everyone = { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }
      const policy = ['--policy', write('everyone.json', everyone), '--principal', arn]
      const { resource } = await decisionOf([...policy, '--action', 'kms:Decrypt'])
      assert.equal(
        resource,
        `arn:${String(partition)}:kms:${String(region)}:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
      )
    })
  }

  it('assumes a key of the only account that the policy names, and says so', async () => {
    const asked = ['--policy', 'policies/image-pinned.json', '--action', 'kms:Encrypt']
    const foreign = [...asked, '--principal', 'arn:aws:iam::444455556666:role/p']
    const arn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
    const assumed =
      /\n {2}resource {3}\S+:111122223333:key\/\S+ \(assumed:\n {13}--key says which\)\n/
    const { code, stdout } = await explain(foreign)
    assert.equal(code, 1)
    assert.match(stdout.toString(), assumed)
    for (const args of [
      [...foreign, '--key', arn],
      [...asked, '--principal', parent],
    ]) {
      const { stdout } = await explain(args)
      assert.match(stdout.toString(), /:111122223333:key/)
      assert.doesNotMatch(stdout.toString(), /assumed:/)
    }
  })

  it('takes the policies of the principal and of its session', async () => {
    const all = { Effect: 'Allow', Action: 'kms:*', Resource: '*' }
    const key = write('key.json', { ...all, Principal: { AWS: '111122223333' } })
    const request = ['--policy', key, '--principal', parent, '--action', 'kms:Encrypt']
    const none = await decisionOf(request)
    const identity = [...request, '--identity-policy', write('all.json', all)]
    const limited = write('limited.json', { ...all, Action: 'kms:Decrypt' })
    const effects = [none, await decisionOf(identity)]
    effects.push(await decisionOf([...identity, '--boundary', limited]))
    effects.push(await decisionOf([...identity, '--session-policy', limited]))
    const bothSessions = ['--session-policy', limited, '--session-policy', path('all.json')]
    effects.push(await decisionOf([...identity, ...bothSessions]))
    assert.deepEqual(
      effects.map(({ effect }) => effect),
      ['IMPLICIT_DENY', 'ALLOW', 'IMPLICIT_DENY', 'IMPLICIT_DENY', 'ALLOW'],
    )
    assert.match(
      none.nearestMiss?.changes[0]?.text ?? '',
      /^an identity policy of role\/enclave-parent would have to allow/,
    )
  })

  it('believes an attestation document, raw or in base64', async () => {
    const raw = path('document.bin')
    const mint = ['attest', '--pcr', `0=${image}`]
    await run([...mint, '--out', raw])
    const { stdout } = await run(mint)
    writeFileSync(path('document.txt'), stdout)
    for (const document of [raw, path('document.txt')]) {
      const { effect, attestation } = await decisionOf([...decrypt, '--document', document])
      assert.deepEqual([effect, attestation?.pcrs[0]], ['ALLOW', image])
    }
  })

  it('takes a NitroTPM for what it is', async () => {
    const args = ['--platform', 'nitro-tpm', '--pcr', `0=${image}`]
    const { effect, attestation } = await decisionOf([...decrypt, ...args])
    assert.deepEqual([effect, attestation?.platform], ['IMPLICIT_DENY', 'nitro-tpm'])
  })

  it('explains a case of a cases file', async () => {
    const name = 'another image may not decrypt'
    const { code, stdout } = await explain([...cases, '--case', name])
    assert.equal(code, 1)
    assert.match(stdout.toString(), /ImageSha384 would have to be 377d0e1eebe8cf07…5832dd4c \(is\n/)
  })

  const wrong: readonly [args: readonly string[], line: RegExp][] = [
    [[], /^--policy: want it, or --cases and --case$/],
    [['--policy', 'p.json'], /^--principal: want it/],
    [pinned, /^--action: want it/],
    [
      [...pinned, '--action', 'kms:Frobnicate'],
      /^--action: want .* like kms:Decrypt, got "kms:Frobnicate"$/,
    ],
    [[...pinned, '--action', 'kms:ReEncrypt'], /^--action: ReEncrypt asks for two actions/],
    [[...decrypt, '--policy', 'nowhere.json'], /^--policy: cannot read nowhere\.json: ENOENT/],
    [[...decrypt, '--policy', '{"Statement":[{}]}'], /^--policy: Statement\[0\]/],
    [[...decrypt, '--principal', 'alice'], /^--principal: want arn:aws:iam::ACCOUNT/],
    [[...decrypt, '--session-name', 'x'], /^--session-name: want a text: a session name/],
    [[...decrypt, '--identity-policy', 'policies/image-pinned.json'], /^--identity-policy: /],
    [[...decrypt, '--boundary', 'nowhere.json'], /^--boundary: cannot read nowhere\.json/],
    [[...decrypt, '--session-policy', 'nowhere.json'], /^--session-policy: cannot read nowhere/],
    [
      [
        '--policy',
        'policies/cross-account-enclave.json',
        '--principal',
        parent,
        '--action=kms:Decrypt',
      ],
      /^--key: want it: the policy names accounts \d{12} and \d{12}$/,
    ],
    [[...decrypt, '--key', 'alias/app'], /^--key: want arn:aws:kms:REGION:ACCOUNT:key\/ID$/],
    [[...decrypt, '--pcr', image], /^--pcr: want N=HEX$/],
    [[...decrypt, '--pcr', '0=12'], /^--pcr 0: want a text of 96 hex digits$/],
    [[...decrypt, '--pcr', `32=${image}`], /^--pcr 32: want a register from 0 to 31$/],
    [[...decrypt, '--pcr', `0=${image}`, '--pcr', `0=${image}`], /^--pcr 0: it is there twice$/],
    [[...decrypt, '--platform', 'sgx'], /^--platform: want --pcr/],
    [[...decrypt, '--platform', 'sgx', '--debug'], /^--platform: want nitro-enclave or nitro-tpm/],
    [[...decrypt, '--platform', 'nitro-tpm', '--debug'], /^--debug: a NitroTPM has no debug mode$/],
    [[...decrypt, '--document', 'package.json'], /^--document: the document is not valid: /],
    [[...decrypt, '--document', 'nowhere', '--debug'], /^--document: cannot read nowhere/],
    [[...decrypt, '--eif', 'nowhere.eif'], /^--eif: cannot read nowhere\.eif/],
    [[...decrypt, '--context', 'x'], /^--context: want KEY=VALUE$/],
    [[...decrypt, '--context', 'x=y'], /^--context x: want the name of a condition key/],
    [[...decrypt, '--encryption-context', '=y'], /^--encryption-context: want KEY=VALUE$/],
    [[...decrypt, '--encryption-context=a=1', '--encryption-context=a=2'], /twice$/],
    [['--cases', 'nowhere.yaml', '--case', 'x'], /^nowhere\.yaml: cannot read it: ENOENT/],
    [cases, /^--case: want the name of one case of policies\/image-pinned\.cases\.yaml: '/],
    [[...cases, '--case', 'no such case'], /^--case: want the name of one case of .*, …$/],
    [[...cases, '--encryption-context', 'a=b'], /^--encryption-context: the cases file says this/],
    [['--case', 'x'], /^--case: want --cases beside it$/],
  ]
  for (const [args, line] of wrong) {
    it(`says what is wrong with: ${args.slice(-2).join(' ').slice(0, 60)}`, async () => {
      const { code, stderr } = await run(['policy', 'explain', ...args])
      assert.equal(code, 2)
      const [, said = ''] = /^enclave-kms: (.*)\n$/.exec(stderr) ?? []
      assert.match(said, line)
    })
  }

  for (const [args, line] of [
    [pinned, /^enclave-kms: --action: want it.*\n$/],
    [['extra'], /^enclave-kms: too many arguments.*\n$/],
  ] as const) {
    it(`says it in one line, and exits with 2: ${String(line)}`, async () => {
      const { code, stdout, stderr } = await explain(args)
      assert.deepEqual([code, stdout.toString()], [2, ''])
      assert.match(stderr, line)
    })
  }
})

describe('docs/policy-explain.md', () => {
  const page = readFileSync(join(root, 'docs/policy-explain.md'), 'utf8')
  const fences = fencesOf(page).filter(({ language }) => language === 'sh')
  const hasBash = hasProgram('bash')
  const test = hasBash ? it : it.skip

  test(`has commands that print what it shows${hasBash ? '' : ' (skipped: no bash)'}`, async () => {
    assert.ok(fences.length >= 5)
    for (const { text, output } of fences) {
      const script = `exec 2>&1\nenclave-kms() { node dist/cli/main.js "$@"; }\n${text}`
      const env = { ...process.env, FORCE_COLOR: '0' }
      const { stdout } = await runToEnd('bash', ['-c', script], { cwd: root, env })
      assert.equal(stdout, output, text)
    }
  })

  it('names every flag', async () => {
    const { stdout } = await explain(['--help'])
    const flags = [...stdout.toString().matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)].map(
      ([, flag]) => flag,
    )
    assert.ok(flags.length > 15)
    for (const flag of flags) {
      if (flag !== '--help')
        assert.ok(page.includes(`${String(flag)} `) || page.includes(`\`${String(flag)}\``), flag)
    }
  })
})
