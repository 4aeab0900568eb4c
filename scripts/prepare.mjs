/**
 * Makes a fresh clone ready: installs when package-lock.json changed since the last install, and
 * builds when a source changed since the last build. Prints nothing when there is nothing to do,
 * and nothing on stdout ever: `npm start` keeps that for the server's one line.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync, mkdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const installedStamp = join(root, 'node_modules', '.enclave-kms-installed')
const builtStamp = join(root, 'dist', '.built')

const lock = digest([join(root, 'package-lock.json')])
if (read(installedStamp) !== lock) {
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(installedStamp, lock)
}

const sources = digest([
  join(root, 'package.json'),
  join(root, 'package-lock.json'),
  join(root, 'tsconfig.json'),
  join(root, 'tsconfig.build.json'),
  ...files(join(root, 'certs')),
  ...files(join(root, 'lib')),
  ...files(join(root, 'scripts')),
])
if (read(builtStamp) !== sources) {
  run('npm', ['run', '--silent', 'build'])
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeFileSync(builtStamp, sources)
}

/** One digest over names and contents: a modification time says nothing after a checkout. */
function digest(paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0')
  }
  return hash.digest('hex')
}

function files(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** The command's stdout goes to our stderr. */
function run(command, args) {
  try {
    execFileSync(command, args, {
      cwd: root,
      stdio: ['ignore', process.stderr, process.stderr],
      shell: process.platform === 'win32',
    })
  } catch (error) {
    console.error(`${command} ${args.join(' ')} failed`)
    process.exit(typeof error.status === 'number' ? error.status : 1)
  }
}
