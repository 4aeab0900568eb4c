import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  ListAliasesCommand,
  SignCommand,
  VerifyCommand,
} from '@aws-sdk/client-kms'
import { kmsClient } from '../../support/sdk.ts'
import { runProcess, start, type RunOptions } from '../run.ts'

interface Served {
  readonly child: ChildProcess
  readonly url: string
  readonly output: { stdout: string; stderr: string }
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

async function serve(args: readonly string[], options: RunOptions = {}): Promise<Served> {
  const child = start(['serve', '--port', '0', ...args], options)
  const output = { stdout: '', stderr: '' }
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')])
  const url = /listening on (\S+)\n/.exec(output.stdout)?.[1]
  assert.ok(url, output.stderr)
  return {
    child,
    url,
    output,
    async stop(signal = 'SIGTERM') {
      const exit = once(child, 'exit')
      child.kill(signal)
      return ((await exit) as [number | null])[0]
    },
  }
}

describe('serve', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-serve-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  it('says in one line on stdout where it listens, and nothing else', async () => {
    const served = await serve([])
    const client = kmsClient(served.url)
    await client.send(new ListAliasesCommand({}))
    client.destroy()
    assert.equal(await served.stop(), 0)
    assert.match(served.output.stdout, /^enclave-kms listening on http:\/\/127\.0\.0\.1:\d+\n$/)
    assert.equal(served.output.stderr, '')
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends with 0 on ${signal}, with idle connections open`, async () => {
      const served = await serve([])
      const client = kmsClient(served.url)
      await client.send(new ListAliasesCommand({}))
      const begun = Date.now()
      assert.equal(await served.stop(signal), 0)
      assert.ok(Date.now() - begun < 5_000)
      client.destroy()
    })
  }

  it('has the threads of its slow primitives', async () => {
    const served = await serve([])
    // SM2 is in China's Regions alone.
    const client = kmsClient(served.url, { region: 'cn-north-1' })
    for (const [KeySpec, SigningAlgorithm] of [
      ['ML_DSA_44', 'ML_DSA_SHAKE_256'],
      ['SM2', 'SM2DSA'],
    ] as const) {
      const create = new CreateKeyCommand({ KeySpec, KeyUsage: 'SIGN_VERIFY' })
      const { KeyMetadata } = await client.send(create)
      const message = { KeyId: KeyMetadata?.KeyId, Message: Buffer.from('x'), SigningAlgorithm }
      const { Signature } = await client.send(new SignCommand(message))
      const { SignatureValid } = await client.send(new VerifyCommand({ ...message, Signature }))
      assert.equal(SignatureValid, true)
    }
    client.destroy()
    assert.equal(await served.stop(), 0)
  })

  it('reads a config in YAML, with paths relative to it', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:*', Resource: '*' }],
    }
    writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy))
    const material = Buffer.alloc(32, 7).toString('base64')
    writeFileSync(
      join(folder, 'config.yaml'),
      [
        'account: 222233334444',
        'region: eu-west-1',
        'keys:',
        '  - id: 1234abcd-12ab-34cd-56ef-1234567890ab',
        '    aliases: [alias/app]',
        '    policy: ./policy.json',
        `    material: ${material}`,
      ].join('\n'),
    )
    const config = ['--config', join(folder, 'config.yaml')]
    const [first, second] = [await serve(config), await serve(config)]
    const [one, other] = [first, second].map(({ url }) =>
      kmsClient(url, { account: '222233334444', region: 'eu-west-1' }),
    )
    const { CiphertextBlob, KeyId } = await one!.send(
      new EncryptCommand({ KeyId: 'alias/app', Plaintext: Buffer.from('text') }),
    )
    assert.equal(
      KeyId,
      'arn:aws:kms:eu-west-1:222233334444:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    )
    const { Plaintext } = await other!.send(new DecryptCommand({ CiphertextBlob }))
    assert.equal(Buffer.from(Plaintext!).toString(), 'text')
    for (const client of [one!, other!]) client.destroy()
    for (const served of [first, second]) assert.equal(await served.stop(), 0)
  })

  it('ends with 0 in time while RSA_4096 keys are made', async () => {
    const served = await serve([])
    const client = kmsClient(served.url)
    const command = new CreateKeyCommand({ KeySpec: 'RSA_4096', KeyUsage: 'SIGN_VERIFY' })
    const made = Array.from({ length: 6 }, () => client.send(command).catch(() => undefined))
    await new Promise((resolve) => setTimeout(resolve, 200))
    const begun = Date.now()
    assert.equal(await served.stop(), 0)
    assert.ok(Date.now() - begun < 5_000, `${Date.now() - begun} ms`)
    client.destroy()
    await Promise.all(made)
  }).timeout(30_000)

  it('ends with 0 in time when it has not started yet', async () => {
    const file = join(folder, 'slow.json')
    const ids = Array.from({ length: 9 }, (_, at) => `1234abcd-12ab-34cd-56ef-12345678900${at}`)
    const keys = ids.map((id) => ({ id, spec: 'RSA_4096', usage: 'SIGN_VERIFY' }))
    writeFileSync(file, JSON.stringify({ keys }))
    const child = start(['serve', '--port', '0', '--config', file])
    const stdout: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const begun = Date.now()
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    assert.deepEqual(await exit, [0, null])
    assert.ok(Date.now() - begun < 5_000, `${Date.now() - begun} ms`)
    assert.equal(Buffer.concat(stdout).toString(), '')
  }).timeout(30_000)

  it('names the place in a config that is wrong', async () => {
    const file = join(folder, 'wrong.yaml')
    writeFileSync(file, 'keys:\n  - id: 1234abcd-12ab-34cd-56ef-1234567890ab\n    polcy: {}\n')
    const { code, stderr } = await runProcess(['serve', '--config', file])
    assert.equal(code, 2)
    assert.match(stderr, /^enclave-kms: keys\[0\]\.polcy: [^\n]+\n$/)
  })

  it('names the flag or the variable of a config that cannot be read', async () => {
    const file = join(folder, 'none.yaml')
    const reason = `${file}: cannot read it: ENOENT: no such file or directory, open '${file}'`
    const byFlag = await runProcess(['serve', '--config', file])
    assert.deepEqual([byFlag.code, byFlag.stderr], [2, `enclave-kms: --config: ${reason}\n`])
    const { code, stderr } = await runProcess(['serve'], { env: { ENCLAVE_KMS_CONFIG: file } })
    assert.deepEqual([code, stderr], [2, `enclave-kms: ENCLAVE_KMS_CONFIG: ${reason}\n`])
  })

  it('takes its options from the environment, and a flag wins', async () => {
    const { code, stderr } = await runProcess(['serve'], { env: { ENCLAVE_KMS_PORT: 'x' } })
    assert.equal(code, 2)
    assert.match(stderr, /ENCLAVE_KMS_PORT/)
    const served = await serve([], { env: { ENCLAVE_KMS_PORT: 'x' } })
    assert.equal(await served.stop(), 0)
  })

  it('says in one line that its port is in use', async () => {
    const served = await serve([])
    const { port } = new URL(served.url)
    const { code, stdout, stderr } = await runProcess(['serve', '--port', port])
    assert.deepEqual(
      { code, stdout: stdout.toString(), stderr },
      { code: 1, stdout: '', stderr: `enclave-kms: port ${port} is in use\n` },
    )
    await served.stop()
  })

  it('logs a refused call in one line, with the condition that failed', async () => {
    const file = join(folder, 'denied.json')
    const condition = { StringEquals: { 'kms:RecipientAttestation:PCR3': 'ab'.repeat(48) } }
    const statement = {
      Sid: 'enclave',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: 'kms:Encrypt',
      Resource: '*',
      Condition: condition,
    }
    const policy = { Version: '2012-10-17', Statement: [statement] }
    writeFileSync(
      file,
      JSON.stringify({ keys: [{ id: '1234abcd-12ab-34cd-56ef-1234567890ab', policy }] }),
    )
    const served = await serve(['--config', file])
    const client = kmsClient(served.url)
    const secret = 'plaintext-that-must-not-be-logged'
    await assert.rejects(
      client.send(
        new EncryptCommand({
          KeyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
          Plaintext: Buffer.from(secret),
        }),
      ),
      { name: 'AccessDeniedException' },
    )
    client.destroy()
    await served.stop()
    const lines = served.output.stderr.trim().split('\n')
    assert.equal(lines.length, 1)
    const entry = JSON.parse(lines[0]!) as { msg: string; failing: Record<string, unknown> }
    assert.equal(entry.msg, 'access denied')
    assert.equal(entry.failing.key, 'kms:RecipientAttestation:PCR3')
    assert.deepEqual(entry.failing.expected, ['ab'.repeat(48)])
    assert.equal(entry.failing.actual, null)
    assert.ok(!served.output.stderr.includes(Buffer.from(secret).toString('base64')))
  })
})
