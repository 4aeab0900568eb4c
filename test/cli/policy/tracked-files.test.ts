import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TrackedFiles } from '../../../lib/cli/policy/tracked-files.ts'

describe('TrackedFiles', () => {
  let folder: string
  let path: string
  let files: TrackedFiles
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-tracked-'))
    path = join(folder, 'a.json')
    writeFileSync(path, 'one')
    files = new TrackedFiles()
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('reads each file once, and knows its text', () => {
    assert.equal(Buffer.from(files.read(path)).toString(), 'one')
    writeFileSync(path, 'two')
    assert.equal(Buffer.from(files.read(path)).toString(), 'one')
    assert.equal(files.textOf(path), 'one')
    assert.equal(files.textOf(join(folder, 'b.json')), '')
    assert.deepEqual(files.paths, [path])
  })

  it('reads again what was too long', () => {
    assert.equal(files.read(path, 1).length, 2)
    assert.equal(files.read(path, 3).length, 3)
  })

  it('says what has changed since it was read', () => {
    files.read(path)
    assert.deepEqual(files.changed(), [])
    writeFileSync(path, 'longer')
    assert.deepEqual(files.changed(), [path])
  })

  it('sees a file of the same length that took the place of another', () => {
    files.read(path)
    writeFileSync(join(folder, 'new'), 'two')
    renameSync(join(folder, 'new'), path)
    assert.deepEqual(files.changed(), [path])
  })

  it('sees a file go, and one come that was not there', () => {
    const later = join(folder, 'later.json')
    assert.throws(() => files.read(later), { code: 'ENOENT' })
    files.read(path)
    assert.deepEqual(files.changed(), [])
    writeFileSync(later, '')
    unlinkSync(path)
    assert.deepEqual(files.changed().sort(), [path, later].sort())
  })
})
