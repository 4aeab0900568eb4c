/**
 * The GitHub Action of action.yml: runs `policy test` and `policy lint` on the files of a workflow,
 * which annotate what does not hold, and fails when one of them does. Installs the packages that they
 * need once, and builds nothing: Node 24 takes the sources as they are.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = join(root, 'dist', 'cli', 'main.js')
const source = join(root, 'lib', 'cli', 'main.ts')

/** As the runner passes it: the names are upper-case, and their hyphens stay. */
function input(name) {
  return (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim()
}

function annotate(message) {
  // As @actions/core writes it: a line break would end the annotation, and begin another.
  const data = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  console.log(`::error::${data}`)
}

function fail(message) {
  annotate(message)
  process.exit(1)
}

/** What the two commands load; the lock file has the integrity of each. */
function install() {
  if (existsSync(join(root, 'node_modules', 'commander'))) return
  const args = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund']
  const { status } = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) fail('the packages of enclave-kms could not be installed')
}

function program() {
  if (process.features.typescript) return source
  if (existsSync(built)) return built
  return fail('want Node.js 24, which runs TypeScript, or a build of enclave-kms')
}

/** Its exit code. */
function run(...args) {
  const { status, error } = spawnSync(process.execPath, [program(), ...args], { stdio: 'inherit' })
  if (error) fail(`enclave-kms could not be run: ${error.message}`)
  return status ?? 1
}

function flag(name) {
  const value = input(name)
  return value === '' ? [] : [`--${name}`, value]
}

const paths = input('paths')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '')
const lint = input('lint')

/** What is wrong with the inputs, before anything runs: the commands would say it once each. */
function* mistakes() {
  if (paths.length === 0) yield 'paths: want at least one file or folder'
  for (const path of paths) {
    if (!existsSync(path)) {
      yield `paths: no such file or folder: ${path}; want one a line, without globs`
    }
  }
  for (const name of ['min-coverage', 'min-mutation-score']) {
    if (!/^(?:100|\d{1,2}|)$/.test(input(name))) {
      yield `${name}: want a whole number from 0 to 100, without a percent sign, got ${input(name)}`
    }
  }
  if (!['true', 'false', ''].includes(lint)) yield 'lint: want true or false'
}

const found = [...mistakes()]
for (const message of found) annotate(message)
if (found.length > 0) process.exit(1)

install()
const demands = [...flag('min-coverage'), ...flag('min-mutation-score')]
const codes = [run('policy', 'test', '--reporter', 'github', ...demands, '--', ...paths)]
if (lint !== 'false') codes.push(run('policy', 'lint', '--format', 'github', '--', ...paths))
process.exitCode = Math.max(...codes)
