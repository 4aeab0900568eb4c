/**
 * Reads a file of YAML 1.2 or JSON as plain data of bounded size. Refuses a file over 8 MiB, more
 * than one document, repeated names, tags and excessive aliases.
 */
import type { Tags } from 'yaml'
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

/** Takes `customTags` and no others. Throws ConfigError under `path`. */
export async function parseYaml(
  path: string,
  text: string,
  customTags: Tags = [],
): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lineCounter = new LineCounter()
  const strict = { schema: 'core', uniqueKeys: true, prettyErrors: false } as const
  const how = { ...strict, lineCounter, customTags }
  try {
    const document = parseDocument(text, how)
    const [problem] = [...document.errors, ...document.warnings]
    if (problem) {
      // What it found there is left out: it may be a secret.
      const found = problem.message.replace(/: "[^]*$/, '')
      const { line } = lineCounter.linePos(problem.pos[0])
      throw new ConfigError(path, `${found} at line ${String(line)}`)
    }
    return document.toJS({ maxAliasCount })
  } catch (error) {
    if (error instanceof ConfigError) throw error
    // Aliases that multiply, or nesting deeper than the parser's stack.
    throw new ConfigError(path, messageOf(error))
  }
}
