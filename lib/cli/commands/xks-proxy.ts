/**
 * `xks-proxy`: an external key store proxy for tests and demonstrations. Its keys live in memory; it
 * says in one line on stdout that it listens, and ends at SIGTERM and SIGINT.
 */
import { randomBytes } from 'node:crypto'
import { decodeBase64 } from '../../codec/bytes.ts'
import { DecodeError } from '../../errors.ts'
import type { RunningXksProxy, XksProxyOptions } from '../../http/xks-proxy.ts'
import { startXksProxy } from '../../http/xks-proxy.ts'
import { Exit } from '../exit.ts'
import { processLog } from '../log.ts'

export interface XksProxyFlags {
  readonly port: string
  readonly host: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly uriPath: string
  /** `ID=base64` or `ID=generated` */
  readonly key: readonly string[]
  readonly logLevel: string
}

export async function xksProxy(flags: XksProxyFlags): Promise<void> {
  const proxy = await listen({
    port: portOf(flags.port),
    host: flags.host,
    uriPath: checked('--uri-path', flags.uriPath, uriPathForm, 'a path that ends in /kms/xks/v1'),
    credentials: new Map([[accessKeyIdOf(flags), secretOf(flags)]]),
    keys: new Map(flags.key.map(keyOf)),
    log: processLog(flags.logLevel),
  })
  const stop = () => {
    void proxy.close().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.stdout.write(`enclave-kms xks-proxy listening on ${proxy.url}\n`)
}

/** AWS's forms: XksProxyUriPathType, and the credential's in XksProxyAuthenticationCredentialType. */
const uriPathForm = /^(?:\/[\w/-]+)?\/kms\/xks\/v1$/
const accessKeyIdForm = /^[A-Z2-7]{20,30}$/
const secretForm = /^[A-Za-z0-9/+=]{43,64}$/
/** XksKeyIdType */
const keyIdForm = /^[\w.-]{1,128}$/

function accessKeyIdOf({ accessKeyId }: XksProxyFlags): string {
  return checked('--access-key-id', accessKeyId, accessKeyIdForm, '20 to 30 of A to Z and 2 to 7')
}

function secretOf({ secretAccessKey }: XksProxyFlags): string {
  const wanted = '43 to 64 of A to Z, a to z, 0 to 9, /, + and ='
  return checked('--secret-access-key', secretAccessKey, secretForm, wanted)
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (port <= 65_535) return port
  throw new Exit(2, '--port: expected 0 to 65535')
}

function keyOf(text: string): [string, { secret: Buffer }] {
  const equals = text.indexOf('=')
  const id = checked('--key', text.slice(0, Math.max(equals, 0)), keyIdForm, 'ID=KEY')
  const given = text.slice(equals + 1)
  const secret = given === 'generated' ? randomBytes(32) : decoded(given)
  if (secret?.length === 32) return [id, { secret }]
  throw new Exit(2, `--key ${id}: expected 32 bytes in base64, or generated`)
}

function decoded(base64: string): Buffer | null {
  try {
    return decodeBase64(base64)
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

/** What was given is not repeated: it may be a secret. */
function checked(flag: string, text: string, form: RegExp, wanted: string): string {
  if (form.test(text)) return text
  throw new Exit(2, `${flag}: expected ${wanted}`)
}

async function listen(options: XksProxyOptions & { host: string }): Promise<RunningXksProxy> {
  try {
    return await startXksProxy(options)
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new Exit(1, `port ${options.port} is in use`)
    if (syscall === 'listen' || syscall === 'getaddrinfo') {
      throw new Exit(1, `cannot listen on ${options.host}:${options.port}: ${String(code)}`)
    }
    throw error
  }
}
