/**
 * A server on a port of its own and clients for its principals, for tests that drive the real SDK
 * over HTTP. Every principal of a test is one access key: the admin role may do everything that key
 * policies leave to the account, the parent role nothing but what a key policy says.
 */
import type { KMSClient, KMSClientConfig } from '@aws-sdk/client-kms'
import { parseConfig } from '../../lib/config/config.ts'
import { serverOptionsOf } from '../../lib/config/server-options.ts'
import { startServer, type KmsServerOptions, type RunningServer } from '../../lib/http/server.ts'
import { MemoryStore } from '../../lib/store/memory.ts'
import { defaultAccount, kmsClient } from './sdk.ts'

export const account = defaultAccount
export const region = 'us-east-1'
export const adminArn = `arn:aws:iam::${account}:role/admin`
export const parentArn = `arn:aws:iam::${account}:role/enclave-parent`
export const parentSessionArn = `arn:aws:sts::${account}:assumed-role/enclave-parent/worker-1`

const allowEverything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
}

const principals = [
  {
    arn: adminArn,
    accessKeyId: 'AKIAADMIN000000000',
    secretAccessKey: 'admin-secret',
    sessionName: 'ops',
    policies: [allowEverything],
  },
  {
    arn: parentArn,
    accessKeyId: 'AKIAENCLAVEPARENT0',
    secretAccessKey: 'enclave-parent-secret',
    sessionName: 'worker-1',
  },
]

export interface TestKms {
  readonly server: RunningServer
  /** For states that no call brings a key into. */
  readonly store: MemoryStore
  readonly url: string
  /** A client whose calls come from the account's root user. */
  readonly root: KMSClient
  /** Of the role that may do what key policies leave to the account. */
  readonly admin: KMSClient
  /** Of the role that may do only what a key policy says. */
  readonly parent: KMSClient
  client(config?: KMSClientConfig): KMSClient
  /** A control call; throws unless it is answered 200. */
  control(method: string, path: string, body?: unknown): Promise<unknown>
  close(): Promise<void>
}

/**
 * `config` is what a config file would hold, beside the two principals above; `more` what none can.
 */
export async function startKms(
  config: Record<string, unknown> = {},
  more: Pick<KmsServerOptions, 'xks'> = {},
): Promise<TestKms> {
  const merged = {
    ...config,
    principals: [...principals, ...((config.principals as object[] | undefined) ?? [])],
  }
  const parsed = await parseConfig(merged, {
    baseDir: '.',
    readFile: (path) => {
      throw new Error(`no file in tests: ${path}`)
    },
  })
  const store = new MemoryStore()
  const server = await startServer({ ...serverOptionsOf(parsed), ...more, store, port: 0 })
  const clients: KMSClient[] = []
  const client = (more: KMSClientConfig = {}): KMSClient => {
    const made = kmsClient(server.url, more)
    clients.push(made)
    return made
  }
  const as = (index: number) => {
    const { accessKeyId, secretAccessKey } = principals[index]!
    return client({ credentials: { accessKeyId, secretAccessKey } })
  }
  return {
    server,
    store,
    url: server.url,
    root: client(),
    admin: as(0),
    parent: as(1),
    client,
    async control(method, path, body) {
      const response = await fetch(server.url + path, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`)
      return JSON.parse(text) as unknown
    },
    async close() {
      for (const one of clients) one.destroy()
      await server.close()
    },
  }
}
