import assert from 'node:assert/strict'
import { run } from './run.ts'

describe('the command line', () => {
  it('prints its version', async () => {
    const { code, stdout } = await run(['--version'])
    assert.equal(code, 0)
    assert.match(stdout.toString(), /^\d+\.\d+\.\d+\n$/)
  })

  it('prints help on stdout when it is asked for', async () => {
    const { code, stdout, stderr } = await run(['--help'])
    assert.equal(code, 0)
    assert.match(stdout.toString(), /serve .*\n(.*\n)*.*attest/)
    assert.equal(stderr, '')
  })

  it('says in the help of a command what its exit codes mean, and no default that is none', async () => {
    for (const command of [
      'serve',
      'attest',
      'inspect',
      'open',
      'policy test',
      'policy lint',
      'policy explain',
    ]) {
      const { code, stdout } = await run([...command.split(' '), '--help'])
      assert.equal(code, 0)
      assert.match(stdout.toString(), /\nexit code: 0 .*; 2 .*\n/, command)
      assert.doesNotMatch(stdout.toString(), /\{\}/)
    }
  })

  const wrong: [args: string[], line: RegExp][] = [
    [['bogus'], /unknown command 'bogus'/],
    [['serve', '--bogus'], /unknown option '--bogus'/],
    [['serve', 'extra'], /too many arguments/],
    [['serve', '--port', 'x'], /--port: /],
    [['serve', '--port', '65536'], /--port: /],
    [['serve', '--auth', 'never'], /--auth: /],
    [['serve', '--log-level', 'loud'], /--log-level: /],
    [['serve', '--config', 'nowhere.yaml'], /nowhere\.yaml: /],
    [['serve', '--data', 'somewhere'], /--data is not built yet/],
    [['serve', '--database-url', 'postgres://x/y'], /--database-url is not built yet/],
    [['serve', '--workers', '2'], /--workers is not built yet/],
    [
      ['policy', 'test', '--reporter', 'dots'],
      /Allowed choices are spec, tap, junit, json, github/,
    ],
    [['policy', 'test', 'nothing.cases.yaml'], /nothing\.cases\.yaml: no such file or folder/],
    [['policy', 'bogus'], /unknown command 'bogus'/],
    [['eif', 'describe', 'nothing.eif'], /nothing\.eif: cannot be read: ENOENT/],
    [['eif', 'describe'], /missing required argument 'file'/],
    [['eif', 'build', '--docker-uri', 'x'], /eif build is not built yet/],
    [['eif', 'sign', 'x'], /eif sign is not built yet/],
    [['eif', 'bogus'], /unknown command 'bogus'/],
    [['nitro-cli', 'run-enclave', '--memory', '5'], /nitro-cli is not built yet/],
    [['attest', '--pcr', '1=zz'], /expected N=HEX, with 96 hex digits/],
    [['attest', '--pcr', `1=0x${'ab'.repeat(48)}`], /'--pcr <N=HEX>'.* 96 hex digits without 0x/],
    [['attest', '--platform', 'sgx'], /Allowed choices are nitro-enclave, nitro-tpm/],
    [['attest', '--public-key', 'a', '--generate-key', 'b'], /cannot be used with/],
    [['attest', '--eif', 'nothing.eif'], /nothing\.eif: cannot be read: ENOENT/],
    [['attest', '--eif', 'x', '--platform', 'nitro-tpm'], /--eif: an image is measured for/],
    [['attest', '--timestamp', 'noon'], /--timestamp: /],
    [['attest', '--nonce', 'xyz'], /--nonce: /],
    [['attest', '--role-arn', 'x'], /roleArn: /],
    [['inspect'], /missing required argument 'file'/],
    [['inspect', 'nothing.bin'], /nothing\.bin: cannot be read: ENOENT/],
    [['inspect', '-', '--at', 'noon'], /--at: /],
    [['open', 'x'], /required option '--key <file>'/],
  ]
  for (const [args, line] of wrong) {
    it(`says in one line what is wrong with: ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await run(args)
      assert.equal(code, 2)
      assert.equal(stdout.toString(), '')
      assert.match(stderr, line)
      assert.match(stderr, /^enclave-kms: [^\n]+\n$/)
    })
  }
})
