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
  'test/attack/process.test.ts': ['lib/cli/main.ts'],
  'test/cli/command.test.ts': ['lib/cli/exit.ts', 'lib/cli/run-command.ts'],
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
  'test/cli/commands/eif-describe.test.ts': ['lib/cli/eif-command.ts', 'lib/cli/eif-file.ts'],
  'test/cli/commands/policy-explain.test.ts': ['lib/cli/policy/explained-case.ts'],
  'test/cli/commands/policy-lint.test.ts': [
    'lib/cli/policy/lint-files.ts',
    'lib/cli/policy/lint-formats.ts',
    'lib/cli/policy/lint-sarif.ts',
  ],
  'test/cli/commands/policy-test.test.ts': [
    'lib/cli/policy-command.ts',
    'lib/cli/policy/reporters/index.ts',
    'lib/cli/words.ts',
  ],
  'test/cli/commands/serve.test.ts': ['lib/cli/log.ts', 'lib/kms/log.ts'],
  'test/kms/decisions.test.ts': ['lib/kms/decision.ts'],
  'test/cli/policy/reporters/spec.test.ts': ['lib/cli/policy/reporters/help.ts'],
  'test/cli/policy/reporters/github.test.ts': ['lib/cli/policy/workflow-command.ts'],
  'test/codec/cbor.test.ts': ['lib/errors.ts'],
  'test/config/exact-numbers.test.ts': ['lib/config/changed-number.ts'],
  'test/config/config.test.ts': [
    'lib/config/config-error.ts',
    'lib/config/files.ts',
    'lib/config/keys.ts',
    'lib/config/load.ts',
    'lib/config/policies.ts',
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
  'test/iam/authorize.test.ts': ['lib/iam/policy-set.ts'],
  'test/iam/document.test.ts': [
    'lib/iam/condition-block.ts',
    'lib/iam/elements.ts',
    'lib/iam/policy-error.ts',
    'lib/iam/policy-kinds.ts',
  ],
  'test/iam/hints.test.ts': [
    'lib/iam/condition-keys.ts',
    'lib/iam/distance.ts',
    'lib/iam/culprits.ts',
    'lib/iam/measurement-mistakes.ts',
    'lib/iam/statement-mistakes.ts',
  ],
  'test/iam/mutate.test.ts': [
    'lib/iam/missing-case.ts',
    'lib/iam/mutate-conditions.ts',
    'lib/iam/written-policy.ts',
  ],
  'test/iam/nearest-miss.test.ts': [
    'lib/iam/attempt.ts',
    'lib/iam/nearest-grants.ts',
    'lib/iam/nearest-options.ts',
    'lib/iam/nearest-principals.ts',
    'lib/iam/nearest-slips.ts',
    'lib/iam/nearest-unattested.ts',
    'lib/iam/nearest-values.ts',
    'lib/iam/nearest-words.ts',
    'lib/iam/what-if.ts',
  ],
  'test/iam/lint/index.test.ts': [
    'lib/iam/lint/caller-limits.ts',
    'lib/iam/lint/contexts.ts',
    'lib/iam/lint/callers.ts',
    'lib/iam/lint/conditions.ts',
    'lib/iam/lint/impossible.ts',
    'lib/iam/lint/measurements.ts',
    'lib/iam/lint/names.ts',
    'lib/iam/lint/powers.ts',
    'lib/iam/lint/reach.ts',
    'lib/iam/lint/refusals.ts',
    'lib/iam/lint/registers.ts',
    'lib/iam/lint/rules.ts',
    'lib/iam/lint/statement-view.ts',
    'lib/iam/lint/unattested.ts',
    'lib/iam/lint/value-forms.ts',
  ],
  'test/iam/operators.test.ts': ['lib/iam/ip-address.ts', 'lib/iam/values.ts'],
  'test/iam/properties.test.ts': ['lib/iam/json.ts'],
  'test/iam/statement.test.ts': ['lib/iam/principals.ts'],
  'test/index.test.ts': ['lib/config/server-options.ts', 'lib/kms/defaults.ts'],
  'test/kms/conditions.test.ts': [
    'lib/kms/context/facts.ts',
    'lib/kms/context/families.ts',
    'lib/kms/context/global-keys.ts',
    'lib/kms/context/kms-keys.ts',
  ],
  'test/config/principals.test.ts': ['lib/config/mfa-devices.ts'],
  'test/sts/actions/assume-role.test.ts': [
    'lib/sts/action.ts',
    'lib/sts/roles.ts',
    'lib/sts/session-policies.ts',
    'lib/sts/session-tags.ts',
    'lib/sts/session.ts',
  ],
  'test/sts/actions/assume-role-with-web-identity.test.ts': [
    'lib/sts/web-identity-claims.ts',
    'lib/sts/web-identity.ts',
  ],
  'test/sts/parameters.test.ts': ['lib/sts/parameter-rows.ts'],
  'test/sts/service.test.ts': [
    'lib/sts/actions/get-caller-identity.ts',
    'lib/sts/actions/index.ts',
    'lib/sts/errors.ts',
  ],
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
