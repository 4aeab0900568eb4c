/**
 * Holds the house by test: docs/architecture.md and CONTRIBUTING.md say what the rules are for, and
 * test/support/house.test.ts proves that each of them can fail.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  deadMentions,
  focusedOrSkipped,
  leftovers,
  oddOperations,
  poorHeads,
  tooLong,
  untested,
} from './support/house-files.ts'
import { brokenImports, circles, upwardImports, type Sources } from './support/house.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Tests, and the modules without a test of their own that they drive. */
const covered: Readonly<Record<string, readonly string[]>> = {
  'test/cli/command.test.ts': ['lib/cli/exit.ts', 'lib/cli/main.ts'],
  'test/cli/commands/documents.test.ts': [
    'lib/cli/commands/attest.ts',
    'lib/cli/commands/inspect.ts',
    'lib/cli/commands/open.ts',
    'lib/cli/files.ts',
    'lib/cli/inspect/attestation-document.ts',
    'lib/cli/inspect/certificate.ts',
    'lib/cli/inspect/ciphertext-blob.ts',
    'lib/cli/inspect/ciphertext-for-recipient.ts',
    'lib/cli/inspect/eif.ts',
    'lib/cli/inspect/kinds.ts',
    'lib/cli/inspect/settings.ts',
  ],
  'test/cli/commands/serve.test.ts': ['lib/cli/log.ts', 'lib/kms/log.ts'],
  'test/codec/cbor.test.ts': ['lib/errors.ts'],
  'test/config/config.test.ts': [
    'lib/config/config-error.ts',
    'lib/config/files.ts',
    'lib/config/keys.ts',
    'lib/config/load.ts',
    'lib/config/policies.ts',
    'lib/config/principals.ts',
    'lib/config/read.ts',
    'lib/config/roots.ts',
    'lib/config/tags.ts',
  ],
  'test/http/control.test.ts': [
    'lib/http/version.ts',
    'lib/http/address.ts',
    'lib/http/control-access.ts',
    'lib/http/mint-request.ts',
  ],
  'test/http/protocol.test.ts': [
    'lib/http/client-error.ts',
    'lib/http/turn.ts',
    'lib/http/body.ts',
    'lib/kms/operations/index.ts',
  ],
  'test/http/server.test.ts': ['lib/http/tls.ts'],
  'test/http/sigv4.test.ts': [
    'lib/http/authorization.ts',
    'lib/http/signing-key.ts',
    'lib/http/signing-time.ts',
  ],
  'test/http/xks-proxy.test.ts': ['lib/http/xks-operations.ts', 'lib/http/xks-service.ts'],
  'test/iam/authorize.test.ts': ['lib/iam/decision.ts', 'lib/iam/policy-set.ts'],
  'test/iam/document.test.ts': [
    'lib/iam/condition-block.ts',
    'lib/iam/elements.ts',
    'lib/iam/policy-error.ts',
    'lib/iam/policy-kinds.ts',
  ],
  'test/iam/hints.test.ts': [
    'lib/iam/condition-keys.ts',
    'lib/iam/culprits.ts',
    'lib/iam/measurement-mistakes.ts',
  ],
  'test/iam/operators.test.ts': [
    'lib/iam/arn-pattern.ts',
    'lib/iam/condition.ts',
    'lib/iam/ip-address.ts',
    'lib/iam/values.ts',
  ],
  'test/iam/properties.test.ts': ['lib/iam/json.ts'],
  'test/iam/statement.test.ts': ['lib/iam/principals.ts'],
  'test/index.test.ts': ['lib/config/server-options.ts', 'lib/kms/defaults.ts'],
  'test/kms/managed-keys/managed-keys.test.ts': [
    'lib/kms/managed-keys/managed-key-rows.ts',
    'lib/kms/managed-keys/managed-key-statements.ts',
  ],
  'test/kms/operations/connect-custom-key-store.test.ts': ['lib/kms/key-stores/connecting.ts'],
  'test/kms/operations/create-custom-key-store.test.ts': [
    'lib/kms/key-stores/custom-key-store-input.ts',
    'lib/kms/key-stores/custom-key-stores.ts',
  ],
  'test/kms/model/model.test.ts': ['lib/kms/model/shapes.ts'],
}

const folders = ['.ci', 'bench', 'certs', 'docs', 'examples', 'lib', 'policies', 'scripts', 'test']
const lib = filesIn('lib', /\.[jt]s$/, /^lib\/ui\//)
const tests = filesIn('test', /\.ts$/)
const everything: Sources = new Map([
  ...filesAtRoot(),
  ...folders.filter(isThere).flatMap((folder) => [...filesIn(folder)]),
])

describe('the house', () => {
  it('imports only downwards', () => none(upwardImports(lib)))

  it('has no circle of imports', () => none(circles(lib)))

  it('opens every file with what it is', () => none(poorHeads(lib)))

  it('keeps files and functions short', () => none(tooLong(lib)))

  it('has a test for every module', () => {
    none(untested(lib, new Set(tests.keys()), covered))
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

  it('names no path of a machine, and leaves nothing unfinished', () => none(leftovers(everything)))

  it('names only files that are there', () => {
    const named = [...everything].filter(([path]) => !path.startsWith('test/'))
    none(deadMentions(new Map(named), isThere))
  })

  it('runs every test, or says why not', () => none(focusedOrSkipped(tests)))
})

function none(offenders: readonly string[]): void {
  assert.equal(offenders.length, 0, `\n${offenders.join('\n')}`)
}

function isThere(path: string): boolean {
  return existsSync(join(root, path))
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
