import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runAndWatch, type Watched } from '../../../lib/cli/policy/watch.ts'

describe('runAndWatch', function () {
  this.timeout(20_000)
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-watch-'))
    path = join(folder, 'a')
    writeFileSync(path, '0')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** Runs as often as `steps` has; each makes a change, the last one ends it. Gives what was told. */
  async function watchThrough(
    steps: readonly ((stop: () => void) => void)[],
    more: Partial<Watched> = {},
  ): Promise<{ runs: string[]; announced: (readonly string[])[] }> {
    const stop = new AbortController()
    const runs: string[] = []
    const announced: (readonly string[])[] = []
    const run = () => {
      const text = readFileSync(path, 'utf8')
      const step = steps[runs.length]
      runs.push(text)
      // After the watching has begun, but for a step that is at once.
      setTimeout(() => step?.(() => stop.abort()), 30)
      const changed = () => (readFileSync(path, 'utf8') === text ? [] : [path])
      return Promise.resolve({ folders: [], files: [path], changed, ...more })
    }
    const announce = (paths: readonly string[]) => announced.push(paths)
    await runAndWatch(run, { signal: stop.signal, announce, quietMs: 20 })
    return { runs, announced }
  }

  it('runs again when a file has changed, and says which', async () => {
    const { runs, announced } = await watchThrough([
      () => writeFileSync(path, '1'),
      () => writeFileSync(path, '2'),
      (stop) => stop(),
    ])
    assert.deepEqual(runs, ['0', '1', '2'])
    assert.deepEqual(announced, [[path], [path]])
  })

  it('runs once for several changes that come together', async () => {
    const { runs } = await watchThrough([
      () => {
        writeFileSync(path, '1')
        writeFileSync(path, '2')
        writeFileSync(path, '3')
      },
      (stop) => stop(),
    ])
    assert.deepEqual(runs, ['0', '3'])
  })

  it('runs again for what changed while it ran', async () => {
    const texts = ['0', '1']
    const stop = new AbortController()
    const runs: string[] = []
    await runAndWatch(
      () => {
        const text = texts[Math.min(runs.length, 1)] ?? ''
        runs.push(text)
        if (runs.length === 2) stop.abort()
        return Promise.resolve({
          folders: [],
          files: [path],
          changed: () => (text === '0' ? [path] : []),
        })
      },
      { signal: stop.signal, announce: () => undefined, quietMs: 5 },
    )
    assert.deepEqual(runs, ['0', '1'])
  })

  it('does not run for an event that changed nothing', async () => {
    const { runs } = await watchThrough([
      (stop) => {
        writeFileSync(join(folder, 'other'), '')
        writeFileSync(path, '0')
        setTimeout(stop, 150)
      },
    ])
    assert.deepEqual(runs, ['0'])
  })

  it('sees a file come in a folder that had none', async () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    const { runs } = await watchThrough(
      [
        () => {
          writeFileSync(path, '1')
          writeFileSync(join(empty, 'new'), '')
        },
        (stop) => stop(),
      ],
      { folders: [empty], files: [] },
    )
    assert.deepEqual(runs, ['0', '1'])
  })

  it('takes a folder that is not there', async () => {
    const gone = join(folder, 'gone', 'file')
    const { runs } = await watchThrough([(stop) => stop()], { files: [gone], changed: () => [] })
    assert.deepEqual(runs, ['0'])
  })

  it('does not run once it was stopped', async () => {
    const stop = new AbortController()
    stop.abort()
    await runAndWatch(() => assert.fail('it runs'), {
      signal: stop.signal,
      announce: () => undefined,
    })
  })
})
