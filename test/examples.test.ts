/**
 * Runs the examples and compares what they print, so that none of them can lie.
 */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { hasPythonModule } from './http/signing.ts'
import { plainEnvironment, root, runToEnd, runTypeScript } from './support/programs.ts'

const job = `inside: attack at dawn
outside: AccessDeniedException
because: the request carried no attestation document (Recipient): kms:RecipientAttestation:ImageSha384 is not there
`

describe('examples', () => {
  it('javascript/attested-decrypt.ts prints what it promises', async () => {
    const path = join(root, 'examples/javascript/attested-decrypt.ts')
    const { code, stdout, stderr } = await runTypeScript(path, { env: plainEnvironment() })
    assert.deepEqual({ code, stdout }, { code: 0, stdout: job }, stderr)
  })

  it('javascript/express-app.ts answers KMS and the app', async () => {
    const path = join(root, 'examples/javascript/express-app.ts')
    const { code, stdout, stderr } = await runTypeScript(path, { env: plainEnvironment() })
    const wanted = 'KMS: 32 random bytes\nthe app: hello\n'
    assert.deepEqual({ code, stdout }, { code: 0, stdout: wanted }, stderr)
  })

  const python = hasPythonModule('boto3')
  const test = python ? it : it.skip
  test(`python/attested_decrypt.py prints what it promises${python ? '' : ' (skipped: no boto3)'}`, async () => {
    const server = await serve()
    try {
      const env = plainEnvironment({ AWS_ENDPOINT_URL: server.url })
      const path = join(root, 'examples/python/attested_decrypt.py')
      const { code, stdout, stderr } = await runToEnd('python3', [path], { env })
      assert.deepEqual({ code, stdout }, { code: 0, stdout: job }, stderr)
    } finally {
      server.child.kill()
      await once(server.child, 'exit')
    }
  })

  it('stand in examples/README.md, every one', () => {
    const page = readFileSync(join(root, 'examples/README.md'), 'utf8')
    const folders = readdirSync(join(root, 'examples'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    assert.ok(folders.length >= 3)
    for (const folder of folders) {
      const programs = readdirSync(join(root, 'examples', folder)).filter((name) =>
        /\.(?:ts|py)$/.test(name),
      )
      const entry = folder === 'policy-tests' ? 'app-key.cases.yaml' : 'config.yaml'
      for (const name of programs.length > 0 ? programs : [entry]) {
        assert.ok(page.includes(`(${folder}/${name})`), `${folder}/${name}`)
      }
    }
  })
})

/** The built server as `npm start` starts it, on a port of its own. */
async function serve(): Promise<{ child: ChildProcess; url: string }> {
  const command = [join(root, 'dist/cli/main.js'), 'serve', '--port', '0']
  const child = spawn(process.execPath, command)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, url: /http:\S+/.exec(line.toString())?.[0] ?? '' }
}
