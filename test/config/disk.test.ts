import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readFromDisk } from '../../lib/config/disk.ts'

const limit = 8 * 1024 * 1024
const hasPipes = spawnSync('mkfifo', ['--version']).error === undefined
const hasZero = existsSync('/dev/zero')

describe('readFromDisk', function () {
  this.timeout(20_000)
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-disk-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  it('reads a file of any length', () => {
    for (const length of [0, 1, 65_536, 65_537, 200_000]) {
      const bytes = Buffer.alloc(length, length)
      writeFileSync(join(folder, 'file'), bytes)
      assert.deepEqual(readFromDisk(join(folder, 'file')), bytes)
    }
  })

  it('reads one byte more than the limit of a longer file', () => {
    writeFileSync(join(folder, 'long'), 'a')
    truncateSync(join(folder, 'long'), limit)
    assert.equal(readFromDisk(join(folder, 'long')).length, limit)
    assert.equal(readFromDisk(join(folder, 'long'), 100).length, 101)
    truncateSync(join(folder, 'long'), 600 * 1024 * 1024)
    assert.equal(readFromDisk(join(folder, 'long')).length, limit + 1)
  })

  it('throws what the system says of a file that is not there, or a folder', () => {
    assert.throws(() => readFromDisk(join(folder, 'none')), { code: 'ENOENT' })
    assert.throws(() => readFromDisk(folder), { code: 'EISDIR' })
  })

  const zero = 'reads no more than the limit of a device without end'
  ;(hasZero ? it : it.skip)(hasZero ? zero : `${zero} (skipped: no /dev/zero)`, () => {
    assert.equal(readFromDisk('/dev/zero').length, limit + 1)
  })

  const pipes = hasPipes ? 'a pipe' : 'a pipe (skipped: no mkfifo command)'
  ;(hasPipes ? describe : describe.skip)(pipes, () => {
    let pipe: string
    beforeEach(() => {
      pipe = join(folder, 'pipe')
      rmSync(pipe, { force: true })
      execFileSync('mkfifo', [pipe])
    })

    it('is read to its end, however late and slowly it comes', () => {
      const script = `sleep 0.3; { printf 'a: 1\\n'; sleep 0.3; printf 'b: 2\\n'; } > '${pipe}'`
      spawn('sh', ['-c', script])
      assert.equal(Buffer.from(readFromDisk(pipe)).toString(), 'a: 1\nb: 2\n')
    })

    it('is read up to the limit when it is longer', () => {
      spawn('sh', ['-c', `head -c ${2 * limit} /dev/zero > '${pipe}'`])
      assert.equal(readFromDisk(pipe).length, limit + 1)
    })

    for (const [who, script] of [
      ['nobody writes to', 'true'],
      ['somebody keeps open and says nothing on', 'exec sleep 8 > "$0"'],
    ] as const) {
      it(`that ${who} is refused when its time is over`, () => {
        const writer = spawn('sh', ['-c', script, pipe])
        assert.throws(() => readFromDisk(pipe, limit, 200), {
          name: 'Error',
          message: 'its end did not come within 0.2 seconds',
        })
        writer.kill()
      })
    }
  })
})
