/**
 * Reads a file of YAML 1.2 or JSON as plain data of bounded size. Refuses a file over 8 MiB, more
 * than one document, repeated names, tags, excessive aliases, and numbers that would be others.
 */
import type { Tags } from 'yaml'
import { changedNumber } from './changed-number.ts'
import { ConfigError } from './config-error.ts'
import { messageOf, readText } from './files.ts'
import type { Place } from './read.ts'

/** The yaml package's own default; it stops files that grow by aliases of aliases. */
const maxAliasCount = 100

/** Null for an empty file. Throws ConfigError under the file's path. */
export function readYamlFile(path: string, readFile: Place['readFile']): Promise<unknown> {
  return parseYaml(
    path,
    readText(() => readFile(path), path, 'it'),
  )
}

/**
 * A text of which not all is used: takes `customTags` and no others, and gives a ChangedNumber for
 * a number that would be another. Throws ConfigError under `path`.
 */
export function parseTemplate(path: string, text: string, customTags: Tags): Promise<unknown> {
  return parseYaml(path, text, customTags)
}

async function parseYaml(path: string, text: string, customTags?: Tags): Promise<unknown> {
  const [{ LineCounter, parseDocument }, { findChangedNumber, keepChangedNumbers }] =
    await Promise.all([import('yaml'), import('./exact-numbers.ts')])
  const lineCounter = new LineCounter()
  const strict = { schema: 'core', uniqueKeys: true, prettyErrors: false } as const
  const how = { ...strict, lineCounter, customTags: customTags ?? [] }
  try {
    const document = parseDocument(text, how)
    const [problem] = [...document.errors, ...document.warnings]
    if (problem) {
      // What it found there is left out: it may be a secret.
      const found = problem.message.replace(/: "[^]*$/, '')
      const { line } = lineCounter.linePos(problem.pos[0])
      throw new ConfigError(path, `${found} at line ${String(line)}`)
    }
    if (customTags) keepChangedNumbers(document)
    const changed = findChangedNumber(document)
    if (changed !== undefined) {
      throw new ConfigError(path, changed === '' ? changedNumber : `${changed}: ${changedNumber}`)
    }
    return document.toJS({ maxAliasCount })
  } catch (error) {
    if (error instanceof ConfigError) throw error
    // Aliases that multiply, or nesting deeper than the parser's stack.
    throw new ConfigError(path, messageOf(error))
  }
}
