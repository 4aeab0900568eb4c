import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { readCasesFile } from '../../../lib/cases/file.ts'
import { Exit } from '../../../lib/cli/exit.ts'
import { findFiles, noCases } from '../../../lib/cli/policy/find-cases.ts'
import { root } from '../../support/programs.ts'

describe('findFiles', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-find-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const at = (...names: string[]) => join(folder, ...names)

  function make(...names: readonly string[]): void {
    for (const name of names) {
      mkdirSync(dirname(at(name)), { recursive: true })
      writeFileSync(at(name), '')
    }
  }

  /** What is found, without the folder in front. */
  function found(...paths: readonly string[]): string[] {
    return findFiles(paths).cases.map((path) => path.slice(folder.length + 1).replaceAll('\\', '/'))
  }

  function refuses(paths: readonly string[], message: RegExp): void {
    assert.throws(
      () => findFiles(paths),
      (error) => {
        assert.ok(error instanceof Exit)
        assert.equal(error.code, 2)
        assert.match(error.message, message)
        assert.ok(!error.message.includes('\n'))
        return true
      },
    )
  }

  it('finds the three kinds below a folder, in the order of their names', () => {
    make('b.cases.yml', 'a.cases.yaml', 'c/a.cases.json', 'B.cases.yaml')
    make('app.json', 'cases.yaml', 'a.cases.yaml.bak', 'x.cases.toml')
    assert.deepEqual(found(folder), [
      'B.cases.yaml',
      'a.cases.yaml',
      'b.cases.yml',
      'c/a.cases.json',
    ])
  })

  it('skips node_modules and what begins with a dot, unless it is named', () => {
    make('node_modules/p/a.cases.yaml', '.git/a.cases.yaml', 'x/.a.cases.yaml', 'x/a.cases.yaml')
    assert.deepEqual(found(folder), ['x/a.cases.yaml'])
    assert.deepEqual(found(at('.git')), ['.git/a.cases.yaml'])
    assert.deepEqual(found(at('node_modules')), ['node_modules/p/a.cases.yaml'])
  })

  it('takes a file that is named, whatever its name is, and each file once', () => {
    make('mine.yaml', 'a.cases.yaml')
    assert.deepEqual(found(at('mine.yaml'), folder, at('a.cases.yaml'), folder), [
      'mine.yaml',
      'a.cases.yaml',
    ])
  })

  it('follows links, and into no circle', () => {
    make('real/a.cases.yaml', 'real/deep/b.cases.yaml')
    symlinkSync(folder, at('real/deep/up'), 'junction')
    symlinkSync(at('real'), at('again'), 'junction')
    symlinkSync(at('gone'), at('nowhere.cases.yaml'))
    symlinkSync(at('loop.cases.yaml'), at('loop.cases.yaml'))
    symlinkSync(at('real/a.cases.yaml'), at('real/z.cases.yaml'))
    assert.deepEqual(found(folder), ['again/a.cases.yaml', 'again/deep/b.cases.yaml'])
  })

  it('finds other JSON below folders beside them', () => {
    make('app.json', 'x/b.json', 'a.cases.json', 'a.yaml', 'node_modules/p.json', '.c.json')
    const { cases, json } = findFiles([folder, at('app.json')])
    assert.deepEqual([cases, json], [[at('a.cases.json')], [at('app.json'), at('x', 'b.json')]])
  })

  it('refuses a path that is not there', () => {
    refuses([at('gone')], /gone: no such file or folder$/)
  })

  const readsAll = process.getuid?.() === 0 || process.platform === 'win32'
  const note = readsAll ? ' (skipped: this user reads every folder)' : ''
  const test = readsAll ? it.skip : it
  test(`refuses a folder that it may not read${note}`, () => {
    make('shut/a.cases.yaml')
    chmodSync(at('shut'), 0)
    refuses([folder], /shut: cannot be read: EACCES$/)
    chmodSync(at('shut'), 0o700)
  })
})

describe('noCases', () => {
  it('says in one line how to make one, with a file that is one', async () => {
    const { code, message } = noCases(['x', 'y'], [])
    assert.equal(code, 2)
    const [, skeleton = ''] =
      /^no \*\.cases\.yaml below x, y: make one beside a key policy, like app\.cases\.yaml: (\{.*\})$/.exec(
        message,
      ) ?? []
    const texts = new Map([
      ['app.cases.yaml', skeleton],
      ['app.json', readFileSync(join(root, 'policies/image-pinned.json'), 'utf8')],
    ])
    const read = (path: string) => Buffer.from(texts.get(basename(path)) ?? '')
    const { cases } = await readCasesFile('app.cases.yaml', read)
    assert.equal(cases.length, 1)
  })

  it('names the policies that are there, and what takes them', () => {
    const { message } = noCases(['x'], ['x/extra one.json'])
    assert.match(
      message,
      /below x \(policy lint takes x\/extra one\.json as it is\): .* like extra one\.cases\.yaml: \{ policy: "\.\/extra one\.json"/,
    )
  })
})
