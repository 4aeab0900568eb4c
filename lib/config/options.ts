/**
 * The options of `serve`, one row each: a flag wins over the environment, which wins over the config
 * file. Refuses a wrong value under the name that it was given by. See docs/config.md.
 */
import { resolve as resolvePath } from 'node:path'
import { defaults } from '../kms/defaults.ts'
import { ConfigError } from './config-error.ts'
import { oneOf, optional, text, whole, wantsOf, type Place, type Read } from './read.ts'

export interface ServeOptions {
  /** 0 picks one. */
  readonly port: number
  readonly host: string
  /** The folder of a durable store. */
  readonly data: string | undefined
  readonly databaseUrl: string | undefined
  readonly workers: number
  readonly auth: 'open' | 'strict'
  readonly tls: boolean
  readonly logLevel: (typeof logLevels)[number]
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

interface Row<T> {
  readonly flag: string
  readonly environment: string
  readonly read: Read<T>
  readonly fallback: T
  /** Whether a value belongs to a part that is not built yet. */
  readonly notBuilt?: (value: T) => boolean
}

const isGiven = (value: unknown) => value !== undefined
const nonEmpty = text('a text that is not empty', /\S/)

const rows: { readonly [K in keyof ServeOptions]: Row<ServeOptions[K]> } = {
  port: {
    flag: '--port',
    environment: 'ENCLAVE_KMS_PORT',
    read: whole(0, 65_535),
    fallback: defaults.port,
  },
  host: {
    flag: '--host',
    environment: 'ENCLAVE_KMS_HOST',
    read: text('a text: an address or a host name', /^[\w.:%-]+$/),
    fallback: defaults.host,
  },
  data: {
    flag: '--data',
    environment: 'ENCLAVE_KMS_DATA',
    // Relative to the config file; from a flag or the environment, to where the command runs.
    read: (value, place) => resolvePath(place.baseDir, nonEmpty(value, place)),
    fallback: undefined,
    notBuilt: isGiven,
  },
  databaseUrl: {
    flag: '--database-url',
    environment: 'ENCLAVE_KMS_DATABASE_URL',
    read: text('a text: postgres://…', /^postgres(?:ql)?:\/\/\S+$/),
    fallback: undefined,
    notBuilt: isGiven,
  },
  workers: {
    flag: '--workers',
    environment: 'ENCLAVE_KMS_WORKERS',
    read: whole(1, 256),
    fallback: 1,
    notBuilt: (workers) => workers > 1,
  },
  auth: {
    flag: '--auth',
    environment: 'ENCLAVE_KMS_AUTH',
    read: oneOf('open', 'strict'),
    fallback: 'open',
  },
  tls: {
    flag: '--tls',
    environment: 'ENCLAVE_KMS_TLS',
    read: readSwitch,
    fallback: false,
  },
  logLevel: {
    flag: '--log-level',
    environment: 'ENCLAVE_KMS_LOG_LEVEL',
    read: oneOf(...logLevels),
    fallback: 'info',
  },
}

function readSwitch(value: unknown, place: Place): boolean {
  if (value === true || value === 'true' || value === '1') return true
  if (value === false || value === 'false' || value === '0') return false
  throw wantsOf(place, 'true or false', value)
}

/** The options that a config file sets, by their own names. */
export type FileOptions = { readonly [K in keyof ServeOptions]?: ServeOptions[K] | undefined }

/** The readers of the config file's members that are options. */
export const fileOptionRows = Object.fromEntries(
  optionNames().map((name) => [name, optional<unknown>(rows[name].read)]),
) as { readonly [K in keyof FileOptions]-?: Read<FileOptions[K]> }

function optionNames(): (keyof ServeOptions)[] {
  return Object.keys(rows) as (keyof ServeOptions)[]
}

/** Flags by the option's name, as commander gives them: a text, or `true` for a flag without one. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>
export type Environment = Readonly<Record<string, string | undefined>>

export interface ResolvedOptions {
  readonly options: ServeOptions
  /** What was asked for and is not built yet, by the name that it was given by. */
  readonly notBuilt: readonly string[]
}

/** Throws ConfigError under the name of the flag or the variable. */
export function resolveOptions(
  flags: Flags,
  environment: Environment,
  file: FileOptions = {},
): ResolvedOptions {
  const notBuilt: string[] = []
  const settle = <K extends keyof ServeOptions>(name: K): ServeOptions[K] => {
    const row = rows[name]
    const { value, source } = resolve(name, row, flags, environment, file)
    if (row.notBuilt?.(value)) notBuilt.push(source)
    return value
  }
  const options = {
    port: settle('port'),
    host: settle('host'),
    data: settle('data'),
    databaseUrl: settle('databaseUrl'),
    workers: settle('workers'),
    auth: settle('auth'),
    tls: settle('tls'),
    logLevel: settle('logLevel'),
  }
  return { options, notBuilt }
}

function resolve<K extends keyof ServeOptions>(
  name: K,
  row: Row<ServeOptions[K]>,
  flags: Flags,
  environment: Environment,
  file: FileOptions,
): { value: ServeOptions[K]; source: string } {
  const flag = flags[name]
  if (flag !== undefined) return { value: readAt(row, flag, row.flag), source: row.flag }
  const variable = environment[row.environment]
  if (variable) {
    return { value: readAt(row, variable, row.environment), source: row.environment }
  }
  return { value: file[name] ?? row.fallback, source: name }
}

function readAt<T>(row: Row<T>, value: unknown, path: string): T {
  return row.read(value, { path, baseDir: '', readFile: noFiles })
}

function noFiles(path: string): never {
  throw new ConfigError(path, 'an option is read from no file')
}

/** A config file, and the flag or the variable that names it. */
export interface ConfigFile {
  readonly path: string
  readonly source: '--config' | 'ENCLAVE_KMS_CONFIG'
}

/** The config file that a flag or the environment names. */
export function configFileOf(flags: Flags, environment: Environment): ConfigFile | undefined {
  const flag = flags.config
  if (typeof flag === 'string' && flag !== '') return { path: flag, source: '--config' }
  if (flag !== undefined) throw new ConfigError('--config', 'want the path of a file')
  const variable = environment.ENCLAVE_KMS_CONFIG
  return variable ? { path: variable, source: 'ENCLAVE_KMS_CONFIG' } : undefined
}
