/**
 * Holds the house by test: docs/architecture.md and CONTRIBUTING.md say what the rules are for, and
 * test/support/house.test.ts proves that each of them can fail.
 */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  focusedOrSkipped,
  leftovers,
  oddOperations,
  poorHeads,
  tooLong,
  untested,
} from './support/house-files.ts'
import { brokenImports, circles, upwardImports, type Sources } from './support/house.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Modules without a test of their own, and the test that drives them. */
const coveredBy: Readonly<Record<string, string>> = {}

const folders = ['.ci', 'bench', 'certs', 'docs', 'examples', 'lib', 'policies', 'scripts', 'test']
const lib = filesIn('lib', /\.[jt]s$/, /^lib\/ui\//)
const tests = filesIn('test', /\.ts$/)

describe('the house', () => {
  it('imports only downwards', () => none(upwardImports(lib)))

  it('has no circle of imports', () => none(circles(lib)))

  it('opens every file with what it is', () => none(poorHeads(lib)))

  it('keeps files and functions short', () => none(tooLong(lib)))

  it('has a test for every module', () => {
    none(untested(lib, new Set(tests.keys()), coveredBy))
  })

  it('imports only what a user of the package has', () => {
    const text = readFileSync(join(root, 'package.json'), 'utf8')
    const { dependencies, devDependencies } = JSON.parse(text) as Record<string, object>
    none(
      brokenImports(lib, {
        dependencies: Object.keys(dependencies ?? {}),
        devDependencies: Object.keys(devDependencies ?? {}),
      }),
    )
  })

  it('has one file, one row and one name for every operation', () => none(oddOperations(lib)))

  it('names no path of a machine, and leaves nothing unfinished', () => {
    const everything = [filesAtRoot(), ...folders.map((folder) => filesIn(folder))]
    none(leftovers(new Map(everything.flatMap((files) => [...files]))))
  })

  it('runs every test, or says why not', () => none(focusedOrSkipped(tests)))
})

function none(offenders: readonly string[]): void {
  assert.equal(offenders.length, 0, `\n${offenders.join('\n')}`)
}

/** The files of a folder and those below it, by their paths from the root. */
function filesIn(folder: string, wanted = /(?:)/, unwanted = /^$/): Sources {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/'))
  return read(paths.filter((path) => wanted.test(path) && !unwanted.test(path)))
}

/** The lock file is npm's. */
function filesAtRoot(): Sources {
  const entries = readdirSync(root, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  return read(names.filter((name) => name !== 'package-lock.json'))
}

function read(paths: readonly string[]): Sources {
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}
