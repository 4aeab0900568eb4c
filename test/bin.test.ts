/** The file that npm links as the command: before anything is built, and after. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, runToEnd } from './support/programs.ts'

interface Package {
  readonly bin: Readonly<Record<string, string>>
  readonly files: readonly string[]
  readonly scripts: Readonly<Record<string, string>>
}

const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8')) as unknown
const { bin, files, scripts } = read('package.json') as Package
const file = join(root, 'bin/enclave-kms.mjs')

describe('bin/enclave-kms.mjs', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-bin-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is the command of the package, and part of it', () => {
    assert.deepEqual(bin, { 'enclave-kms': 'bin/enclave-kms.mjs' })
    assert.ok(files.includes('bin') && files.includes('dist'))
    const { packages } = read('package-lock.json') as { packages: Record<string, Package> }
    assert.deepEqual(packages['']?.bin, bin)
  })

  const onWindows = process.platform === 'win32'
  const test = onWindows ? it.skip : it
  test(`is executable${onWindows ? ' (skipped: Windows has no such mode)' : ''}`, () => {
    assert.equal(statSync(file).mode & 0o111, 0o111)
  })

  it('says in one line how to build what is not built, and exits with 2', async () => {
    cpSync(file, join(folder, 'bin/enclave-kms.mjs'))
    const ended = await runToEnd(process.execPath, [join(folder, 'bin/enclave-kms.mjs'), '--help'])
    assert.deepEqual(ended, {
      code: 2,
      stdout: '',
      stderr:
        'enclave-kms: not built yet: run `npm start` once in the clone, or `npm ci && npm run build`\n',
    })
  })

  it('is the built command: its output, its exit codes and its stdin', async () => {
    for (const [args, stdin] of [
      [['--version'], ''],
      [['bogus'], ''],
      [['inspect', '-', '--json'], 'neither this nor that'],
    ] as const) {
      const [linked, built] = await Promise.all(
        [file, join(root, 'dist/cli/main.js')].map((path) =>
          runToEnd(process.execPath, [path, ...args], { stdin }),
        ),
      )
      assert.deepEqual(linked, built)
      assert.notEqual(`${built?.stdout ?? ''}${built?.stderr ?? ''}`, '')
    }
  })

  it('is packed with what it runs: packing builds first', () => {
    assert.equal(scripts.prepack, 'node scripts/prepare.mjs')
  })
})
