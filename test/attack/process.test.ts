/**
 * The process among hostile neighbours: nobody reads its stderr or its stdout, signals come twice,
 * files do not end.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProcess, start } from '../cli/run.ts'
import { commandOf, kmsClient } from '../support/sdk.ts'

/** A server on a port of its own; nothing reads its stderr unless the caller does. */
async function serve(): Promise<{ child: ChildProcess; url: string; port: number }> {
  const child = start(['serve', '--port', '0'])
  assert.ok(child.stdout)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const url = /http\S+/.exec(line.toString())?.[0] ?? ''
  return { child, url, port: Number(new URL(url).port) }
}

async function ended(child: ChildProcess): Promise<unknown[]> {
  return once(child, 'exit')
}

describe('serve', () => {
  it('answers and stops when nobody reads its stderr', async () => {
    const { child, url } = await serve()
    const kms = kmsClient(url)
    try {
      const command = commandOf('CreateKey', {
        BypassPolicyLockoutSafetyCheck: true,
        Policy: JSON.stringify({ Version: '2012-10-17', Statement: [] }),
      })
      const { KeyMetadata } = (await kms.send(command)) as { KeyMetadata: { KeyId: string } }
      // Each refusal is a line of some 300 bytes: far more than a pipe holds.
      for (let round = 0; round < 600; round++) {
        const use = commandOf('GetKeyPolicy', { KeyId: KeyMetadata.KeyId })
        await assert.rejects(kms.send(use), { name: 'AccessDeniedException' })
      }
      child.kill('SIGTERM')
      assert.deepEqual(await ended(child), [0, null])
    } finally {
      kms.destroy()
      child.kill('SIGKILL')
    }
  })

  it('ends as it should when the signal comes twice', async () => {
    const { child, port } = await serve()
    const slow = connect(port, '127.0.0.1')
    try {
      slow.on('error', () => undefined)
      await once(slow, 'connect')
      slow.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{')
      const end = ended(child)
      await new Promise((resolve) => setTimeout(resolve, 100))
      child.kill('SIGINT')
      await new Promise((resolve) => setTimeout(resolve, 100))
      child.kill('SIGINT')
      assert.deepEqual(await end, [0, null])
    } finally {
      slow.destroy()
      child.kill('SIGKILL')
    }
  })
})

describe('a file that is not what a command wants', () => {
  const folder = mkdtempSync(join(tmpdir(), 'enclave-kms-'))
  const large = join(folder, 'large')
  before(() => {
    const file = openSync(large, 'w')
    writeSync(file, 'A')
    closeSync(file)
    // Sparse: longer than any text of Node's can be.
    truncateSync(large, 600 * 1024 * 1024)
  })
  after(() => {
    rmSync(folder, { recursive: true })
  })

  it('is not of a known kind when it is far too large', async () => {
    const { code, stderr } = await runProcess(['inspect', large])
    assert.deepEqual(
      [code, stderr],
      [2, `enclave-kms: ${large}: not a file of a kind that enclave-kms knows\n`],
    )
  })

  it('cannot be read when it has no end', async () => {
    const { code, stderr } = await runProcess(['inspect', '/dev/zero'])
    assert.deepEqual([code, stderr], [2, 'enclave-kms: /dev/zero: cannot be read: too large\n'])
  })
})

const isPosix = process.platform !== 'win32'
const endless = 'a config without end'
const title = isPosix ? endless : `${endless} (skipped: Windows has no such files)`
;(isPosix ? describe : describe.skip)(title, function () {
  this.timeout(20_000)
  const folder = mkdtempSync(join(tmpdir(), 'enclave-kms-endless-'))
  const pipe = join(folder, 'pipe')
  after(() => {
    rmSync(folder, { recursive: true })
  })

  const tooLong = 'has more than 8388608 bytes'

  it('is refused by the name of the flag', async () => {
    execFileSync('mkfifo', [pipe])
    const late = 'cannot read it: its end did not come within 5 seconds'
    for (const [file, reason] of [
      ['/dev/zero', `it ${tooLong}`],
      [pipe, late],
    ] as const) {
      const { code, stderr } = await runProcess(['serve', '--config', file])
      assert.deepEqual([code, stderr], [2, `enclave-kms: --config: ${file}: ${reason}\n`])
    }
  })

  it('is refused by the member that names it', async () => {
    const arn = 'arn:aws:iam::111122223333:role/app'
    const id = '1234abcd-12ab-34cd-56ef-1234567890ab'
    const zero = '/dev/zero'
    for (const [config, member] of [
      [{ roots: [{ file: zero }] }, 'roots[0].file'],
      [{ keys: [{ id, policy: zero }] }, 'keys[0].policy'],
      [{ principals: [{ arn, policies: [zero] }] }, 'principals[0].policies[0]'],
    ] as const) {
      const file = join(folder, 'config.json')
      writeFileSync(file, JSON.stringify(config))
      const { code, stderr } = await runProcess(['serve', '--config', file])
      assert.deepEqual([code, stderr], [2, `enclave-kms: ${member}: ${zero} ${tooLong}\n`])
    }
  })

  const hasBash = spawnSync('bash', ['-c', 'true']).status === 0
  const shell = 'is not one that a shell writes'
  ;(hasBash ? it : it.skip)(hasBash ? shell : `${shell} (skipped: no bash command)`, () => {
    const script = `exec "$0" "$1" serve --port 0 --config <(printf 'auth: loose')`
    const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
    const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, main])
    assert.equal(status, 2)
    assert.equal(stderr.toString(), 'enclave-kms: auth: want open or strict, got "loose"\n')
  })

  it('is refused as the root to judge a document by', async () => {
    const { stdout } = await runProcess(['attest'])
    const { code, stderr } = await runProcess(['inspect', '-', '--root', '/dev/zero'], {
      stdin: stdout,
    })
    assert.equal(code, 2)
    assert.match(stderr, /^enclave-kms: --root: [^\n]+\n$/)
  })
})

describe('attest', () => {
  it('says nothing when nobody reads its stdout', async () => {
    const child = start(['attest'])
    const errors: Buffer[] = []
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk))
    child.stdout?.destroy()
    const [code] = (await once(child, 'close')) as [number | null]
    assert.deepEqual([code, Buffer.concat(errors).toString()], [0, ''])
  })
})
