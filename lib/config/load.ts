/**
 * Loads a config file, YAML 1.2 or JSON. Refuses what readYamlFile and parseConfig refuse.
 */
import { dirname } from 'node:path'
import { parseConfig, type Config } from './config.ts'
import type { Place } from './read.ts'
import { readYamlFile } from './yaml.ts'

/** Throws ConfigError. `readFile` gives a file's bytes, and throws when it cannot be read. */
export async function loadConfig(path: string, readFile: Place['readFile']): Promise<Config> {
  const value = await readYamlFile(path, readFile)
  return parseConfig(value ?? {}, { baseDir: dirname(path), readFile })
}
