import assert from 'node:assert/strict'
import { once } from 'node:events'
import { credential } from '../../support/custom-key-stores.ts'
import { signedHeaders } from '../../support/xks-signer.ts'
import { runProcess, start } from '../run.ts'

const flags = ['--access-key-id', credential.AccessKeyId]
const secret = ['--secret-access-key', credential.RawSecretAccessKey]
const keyFlag = ['--key', 'a=generated']

async function refused(args: readonly string[], code: number, line: string): Promise<void> {
  const { stdout, stderr, ...ended } = await runProcess(['xks-proxy', '--port', '0', ...args])
  assert.deepEqual(
    { code: ended.code, stdout: stdout.toString(), stderr },
    { code, stdout: '', stderr: `enclave-kms: ${line}\n` },
  )
}

describe('xks-proxy', () => {
  it('says in one line on stdout where it listens, answers, and ends at SIGTERM', async () => {
    const args = ['xks-proxy', '--port', '0', '--uri-path', '/a/kms/xks/v1', ...flags]
    const env = { ENCLAVE_KMS_XKS_SECRET_ACCESS_KEY: credential.RawSecretAccessKey }
    const key = `b.1=${Buffer.alloc(32, 1).toString('base64')}`
    const child = start([...args, ...keyFlag, '--key', key], { env })
    const output = { stdout: '', stderr: '' }
    child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
    await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')])
    const line = /^enclave-kms xks-proxy listening on (http:\/\/127\.0\.0\.1:\d+)\n$/
    const url = line.exec(output.stdout)?.[1]
    assert.ok(url, output.stderr)
    for (const [id, status] of [
      ['a', 200],
      ['b.1', 200],
      ['c', 404],
    ] as const) {
      const path = `/a/kms/xks/v1/keys/${id}/metadata`
      const requestMetadata = { awsPrincipalArn: 'x', kmsOperation: 'x', kmsRequestId: 'x' }
      const body = JSON.stringify({ requestMetadata })
      const { host: _, ...headers } = await signedHeaders({ host: url.slice(7), path, body })
      assert.equal((await fetch(url + path, { method: 'POST', headers, body })).status, status)
    }
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    assert.equal(((await exit) as [number | null])[0], 0)
    assert.match(output.stderr, /"errorName":"KeyNotFoundException"/)
    assert.equal(output.stderr.includes(credential.RawSecretAccessKey), false)
  })

  it('refuses flags that are wrong, and repeats no secret', async () => {
    const wrongSecret = ['--secret-access-key', 'short']
    const wanted = '43 to 64 of A to Z, a to z, 0 to 9, /, + and ='
    await refused(
      [...flags, ...wrongSecret, ...keyFlag],
      2,
      `--secret-access-key: expected ${wanted}`,
    )
    for (const key of ['a', 'a=', 'a=AAAA', 'a=generated2']) {
      const line = key.includes('=')
        ? '--key a: expected 32 bytes in base64, or generated'
        : '--key: expected ID=KEY'
      await refused([...flags, ...secret, '--key', key], 2, line)
    }
    await refused([...flags, ...secret, '--key', 'a b=generated'], 2, '--key: expected ID=KEY')
    const path = ['--uri-path', '/kms/xks/v2']
    const line = '--uri-path: expected a path that ends in /kms/xks/v1'
    await refused([...flags, ...secret, ...keyFlag, ...path], 2, line)
    const id = ['--access-key-id', 'lower']
    const idLine = '--access-key-id: expected 20 to 30 of A to Z and 2 to 7'
    await refused([...id, ...secret, ...keyFlag], 2, idLine)
    const port = ['--port', '70000']
    await refused([...flags, ...secret, ...keyFlag, ...port], 2, '--port: expected 0 to 65535')
  })

  it('requires a credential and a key', async () => {
    for (const [args, flag] of [
      [[...secret, ...keyFlag], '--access-key-id <id>'],
      [[...flags, ...keyFlag], '--secret-access-key <secret>'],
      [[...flags, ...secret], '--key <ID=KEY>'],
    ] as const) {
      await refused(args, 2, `required option '${flag}' not specified`)
    }
  })

  it('says that its port is in use', async () => {
    const args = ['xks-proxy', '--port', '0', ...flags, ...secret, ...keyFlag]
    const child = start(args)
    const [bytes] = (await once(child.stdout!, 'data')) as [Buffer]
    const port = /:(\d+)\n$/.exec(bytes.toString())?.[1] ?? ''
    await refused([...flags, ...secret, ...keyFlag, '--port', port], 1, `port ${port} is in use`)
    const exit = once(child, 'exit')
    child.kill('SIGINT')
    await exit
  })
})
