/**
 * What another program may import: start a server or mount one, verify an attestation document. What
 * code inside an enclave needs is in `enclave-kms/enclave`.
 */
/// <reference types="node" preserve="true" />
import { trustAnchors, type RootSpec } from './attest/roots.ts'
import { Verifier, type VerifiedDocument } from './attest/verify.ts'
import { ConfigError } from './config/config-error.ts'
import { defaultConfig, parseConfig, type Config } from './config/config.ts'
import { readFromDisk } from './config/disk.ts'
import { resolveOptions, type Flags, type ServeOptions } from './config/options.ts'
import { serverOptionsOf } from './config/server-options.ts'
import { KmsHandler, startServer as listen, type RunningServer } from './http/server.ts'
import { defaults } from './kms/defaults.ts'
import type { Log } from './kms/log.ts'

export { Enclave, type EnclaveOptions } from './enclave/enclave.ts'
export { ConfigError }
export { DecodeError, TrustError } from './errors.ts'
export type { KmsHandler, RunningServer, Log, RootSpec, VerifiedDocument }

export interface KmsOptions {
  /** The path of a config file, or what one would hold; paths in the latter are from the cwd. */
  readonly config?: string | object
  /** Nothing is logged unless said. */
  readonly log?: Log
  /** What a control call from another machine has to carry as its bearer token. */
  readonly controlToken?: string
}

export interface ServerOptions extends KmsOptions {
  /** 4599 unless said, here or in the config; 0 picks one. */
  readonly port?: number
  readonly host?: string
  readonly auth?: 'open' | 'strict'
  readonly tls?: boolean
}

/**
 * A KMS for an express app of your own: `app.use(kms.middleware)`, before anything that reads
 * bodies. Throws ConfigError.
 */
export async function createKms(given: KmsOptions = {}): Promise<KmsHandler> {
  const { log, controlToken } = given
  const { config, options } = await readOptions(given.config, {})
  const { auth } = options
  return KmsHandler.create({
    ...serverOptionsOf(config),
    ...{ auth, controlToken, ...(log && { log }) },
  })
}

/** A KMS that listens, from the moment that the promise is fulfilled. Throws ConfigError. */
export async function startServer(given: ServerOptions = {}): Promise<RunningServer> {
  const { config: source, log, controlToken, port, ...flags } = given
  const asked = { ...flags, ...(port !== undefined && { port: String(port) }) }
  const { config, options } = await readOptions(source, asked)
  const { host, auth, tls } = options
  return listen({
    ...serverOptionsOf(config),
    ...{ port: options.port, host, auth, tls, controlToken, ...(log && { log }) },
  })
}

/** The config, and the options that it and the caller set; refuses what is not built yet. */
async function readOptions(
  source: KmsOptions['config'],
  asked: Flags,
): Promise<{ config: Config; options: ServeOptions }> {
  const config = await readConfig(source)
  const { options, notBuilt } = resolveOptions(asked, {}, config.options)
  const [missing] = notBuilt
  if (missing !== undefined) throw new ConfigError(missing, 'not built yet')
  return { config, options }
}

async function readConfig(config: string | object | undefined): Promise<Config> {
  if (config === undefined) return defaultConfig()
  if (typeof config === 'object') {
    return parseConfig(config, { baseDir: '.', readFile: readFromDisk })
  }
  const { loadConfig } = await import('./config/load.ts')
  return loadConfig(config, readFromDisk)
}

export interface VerifyOptions {
  /** AWS's root unless said. */
  readonly roots?: readonly RootSpec[]
  /** Milliseconds since the epoch; now unless said. */
  readonly nowMs?: number
  /** 300,000 unless said. */
  readonly maxAgeMs?: number
  /** 60,000 unless said. */
  readonly futureSkewMs?: number
}

/**
 * The attestation document, if it may be believed. Throws DecodeError or TrustError with the code of
 * the first check that failed (docs/attestation-codes.md).
 */
export function verifyAttestationDocument(
  bytes: Uint8Array,
  options: VerifyOptions = {},
): Promise<VerifiedDocument> {
  const { roots = ['aws'], nowMs = Date.now(), ...freshness } = options
  const verifier = new Verifier({
    anchors: trustAnchors(roots),
    ...defaults.attestation,
    ...freshness,
  })
  return verifier.verify(bytes, nowMs)
}
