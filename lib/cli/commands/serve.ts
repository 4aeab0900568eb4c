/**
 * `serve`: reads the options and the config, listens, and says so in one line on stdout once
 * requests are answered. SIGTERM and SIGINT finish what is under way.
 */
import { ConfigError } from '../../config/config-error.ts'
import { defaultConfig, type Config } from '../../config/config.ts'
import {
  configFileOf,
  resolveOptions,
  type ConfigFile,
  type Flags,
  type ServeOptions,
} from '../../config/options.ts'
import { serverOptionsOf } from '../../config/server-options.ts'
import { startServer, type RunningServer } from '../../http/server.ts'
import { Exit } from '../exit.ts'
import { processLog } from '../log.ts'

export async function serve(flags: Flags): Promise<void> {
  const { config, options } = await readSettings(flags)
  const log = processLog(options.logLevel)
  const starting = listen(config, options, log)
  stopOnSignal(starting)
  const server = await starting
  process.stdout.write(`enclave-kms listening on ${server.url}\n`)
}

interface Settings {
  readonly config: Config
  readonly options: ServeOptions
}

async function readSettings(flags: Flags): Promise<Settings> {
  try {
    const file = configFileOf(flags, process.env)
    const config = file === undefined ? await defaultConfig() : await readConfig(file)
    const { options, notBuilt } = resolveOptions(flags, process.env, config.options)
    const [missing] = notBuilt
    if (missing !== undefined) throw new Exit(2, `${missing} is not built yet`)
    return { config, options }
  } catch (error) {
    if (error instanceof ConfigError) throw new Exit(2, error.message)
    throw error
  }
}

async function readConfig({ path, source }: ConfigFile): Promise<Config> {
  const [{ loadConfig }, { readFromDisk }] = await Promise.all([
    import('../../config/load.ts'),
    import('../../config/disk.ts'),
  ])
  try {
    return await loadConfig(path, readFromDisk)
  } catch (error) {
    // A member says where it stands; what is wrong with the file itself, whoever named it.
    if (error instanceof ConfigError && error.path === path) {
      throw new ConfigError(source, error.message)
    }
    throw error
  }
}

async function listen(
  config: Config,
  options: ServeOptions,
  log: ReturnType<typeof processLog>,
): Promise<RunningServer> {
  const { port, host, auth, tls } = options
  const controlToken = process.env.ENCLAVE_KMS_CONTROL_TOKEN
  try {
    return await startServer({
      ...serverOptionsOf(config),
      ...{ port, host, auth, tls, log, controlToken },
    })
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new Exit(1, `port ${options.port} is in use`)
    if (syscall === 'listen' || syscall === 'getaddrinfo') {
      throw new Exit(1, `cannot listen on ${options.host}:${options.port}: ${String(code)}`)
    }
    throw error
  }
}

/** A start takes a while where it makes keys, and ends in the same way: nothing is under way yet. */
function stopOnSignal(starting: Promise<RunningServer>): void {
  let close = () => Promise.resolve()
  starting.then(
    (server) => (close = () => server.close()),
    () => undefined,
  )
  let stopping: Promise<void> | undefined
  // A terminal and npm send the same signal each: the second must not end what the first waits for.
  const stop = () => {
    stopping ??= close().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
