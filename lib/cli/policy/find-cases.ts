/**
 * Finds files of policy cases: `*.cases.yaml`, `*.cases.yml` and `*.cases.json` below folders, and
 * files that are named, whatever they are called. Skips node_modules and what begins with a dot;
 * comes to nothing twice, so that symbolic links cannot lead into a circle.
 */
import { readdirSync, realpathSync, statSync, type Stats } from 'node:fs'
import { basename, join } from 'node:path'
import { Exit } from '../exit.ts'

export interface Found {
  /** Paths as they are given, those below a folder in the order of their names. */
  readonly cases: readonly string[]
  /** Other JSON below the folders, which may be key policies. */
  readonly json: readonly string[]
}

export const casesName = /\.cases\.(?:yaml|yml|json)$/

/** Throws Exit 2 for a path that is not there. */
export function findFiles(paths: readonly string[]): Found {
  const seen = new Set<string>()
  const cases: string[] = []
  const json: string[] = []
  for (const path of paths) {
    const stats = statsOf(path)
    if (!stats) throw new Exit(2, `${path}: no such file or folder`)
    if (!stats.isDirectory()) {
      if (firstTime(path, seen)) cases.push(path)
      continue
    }
    for (const file of below(path, seen)) (casesName.test(file) ? cases : json).push(file)
  }
  return { cases, json }
}

/** What is wrong where there are none, in one line with a file that is one; `policies` were found. */
export function noCases(paths: readonly string[], policies: readonly string[]): Exit {
  const [first = './app.json'] = policies.map((path) => `./${basename(path)}`)
  const lint = policies.length === 0 ? '' : ` (policy lint takes ${policies.join(', ')} as it is)`
  return new Exit(
    2,
    `no *.cases.yaml below ${paths.join(', ')}${lint}: make one beside a key policy, ` +
      `like ${first.slice(2).replace(/\.json$/, '.cases.yaml')}: ${skeleton(first)}`,
  )
}

/** YAML in one line. */
function skeleton(policy: string): string {
  const account = '111122223333'
  const key = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
  const name = JSON.stringify(policy)
  return (
    `{ policy: ${name}, key: { arn: "${key}" }, ` +
    `principals: { admin: { arn: "arn:aws:iam::${account}:role/admin" } }, ` +
    'cases: [{ name: no decryption without a document, principal: admin, ' +
    'action: "kms:Decrypt", expect: deny }] }'
  )
}

/** `.` is no part of what people call a file. */
function below(folder: string, seen: Set<string>): string[] {
  if (!firstTime(folder, seen)) return []
  const found: string[] = []
  for (const name of namesIn(folder)) {
    if (name.startsWith('.') || name === 'node_modules') continue
    const path = join(folder, name)
    const isWanted = casesName.test(name) || name.endsWith('.json')
    const stats = statsOf(path)
    if (stats?.isDirectory()) found.push(...below(path, seen))
    else if (stats?.isFile() && isWanted && firstTime(path, seen)) found.push(path)
  }
  return found
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    throw new Exit(2, `${folder}: cannot be read: ${String((error as NodeJS.ErrnoException).code)}`)
  }
}

function firstTime(path: string, seen: Set<string>): boolean {
  const real = realpathSync(path)
  if (seen.has(real)) return false
  seen.add(real)
  return true
}

/** Undefined for what is not there, or is a link to nothing or to itself. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
