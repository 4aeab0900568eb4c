/**
 * Finds files of policy cases: `*.cases.yaml`, `*.cases.yml` and `*.cases.json` below folders, and
 * files that are named, whatever they are called. Skips node_modules and what begins with a dot;
 * comes to nothing twice, so that symbolic links cannot lead into a circle.
 */
import { readdirSync, realpathSync, statSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { Exit } from '../exit.ts'

const casesName = /\.cases\.(?:yaml|yml|json)$/

/** Paths as they are given, those below a folder in the order of their names. Throws Exit 2. */
export function findCases(paths: readonly string[]): string[] {
  const seen = new Set<string>()
  const found = paths.flatMap((path) => {
    const stats = statsOf(path)
    if (!stats) throw new Exit(2, `${path}: no such file or folder`)
    return stats.isDirectory() ? below(path, seen) : firstTime(path, seen) ? [path] : []
  })
  if (found.length > 0) return found
  throw new Exit(
    2,
    `no *.cases.yaml below ${paths.join(', ')}: make one beside a key policy, with its members ` +
      'policy, key, principals and cases (examples/policy-tests has one, docs/policy-cases.md the form)',
  )
}

/** `.` is no part of what people call a file. */
function below(folder: string, seen: Set<string>): string[] {
  if (!firstTime(folder, seen)) return []
  const found: string[] = []
  for (const name of namesIn(folder)) {
    if (name.startsWith('.') || name === 'node_modules') continue
    const path = join(folder, name)
    const stats = statsOf(path)
    if (stats?.isDirectory()) found.push(...below(path, seen))
    else if (stats?.isFile() && casesName.test(name) && firstTime(path, seen)) found.push(path)
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
