/**
 * Loads a config file, YAML 1.2 or JSON. Refuses a file over 8 MiB, more than one document, repeated
 * names, tags and excessive aliases: what is read is plain data of bounded size.
 */
import { dirname } from 'node:path'
import { ConfigError } from './config-error.ts'
import { parseConfig, type Config } from './config.ts'
import { messageOf, readText } from './files.ts'
import type { Place } from './read.ts'

/** The yaml package's own default; it stops files that grow by aliases of aliases. */
const maxAliasCount = 100

/** Throws ConfigError. `readFile` gives a file's bytes, and throws when it cannot be read. */
export async function loadConfig(path: string, readFile: Place['readFile']): Promise<Config> {
  const text = readText(() => readFile(path), path, 'it')
  const value = await readYaml(path, text)
  return parseConfig(value ?? {}, { baseDir: dirname(path), readFile })
}

async function readYaml(path: string, text: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lineCounter = new LineCounter()
  const how = { schema: 'core', uniqueKeys: true, prettyErrors: false, lineCounter } as const
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
