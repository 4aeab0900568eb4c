/**
 * Custom key stores for tests: simulated clusters, our own external key store proxy, and a proxy that
 * answers whatever a test says.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { ExternalKeyOptions } from '../../lib/http/xks-key-manager.ts'
import { startXksProxy, type RunningXksProxy } from '../../lib/http/xks-proxy.ts'
import { call } from './call.ts'
import type { TestKms } from './scene.ts'

/** Some certificate in PEM. */
export const certificate = readFileSync(
  new URL('../../certs/simulated-root.pem', import.meta.url),
  'utf8',
)

export const credential = {
  AccessKeyId: 'AKIAI2SFODNN7EXAMPLE',
  RawSecretAccessKey: 'FYtE5EFA5FT0mCc3DrGUe2sti527BitkQ0Zr9MO9fvE',
}
export const uriPath = '/kms/xks/v1'

/** What machines that are busy need. */
export const patient = { xks: { timeoutMs: 10_000 } }

let made = 0

/** A name that no key store has. */
export function newName(): string {
  made += 1
  return `store-${String(made)}`
}

/** The id of a cluster that no other is related to; `word` is how it fails. */
export function newClusterId(word = ''): string {
  made += 1
  const count = Array.from(made.toString(6), (digit) => String(Number(digit) + 2)).join('')
  return `cluster-${word}${count.padStart(11 - word.length, 'A')}`
}

export function clusterInput(more: object = {}) {
  return {
    CustomKeyStoreName: newName(),
    CloudHsmClusterId: newClusterId(),
    TrustAnchorCertificate: certificate,
    KeyStorePassword: 'kmsPswd',
    ...more,
  }
}

export function proxyInput(endpoint: string, more: object = {}) {
  return {
    CustomKeyStoreName: newName(),
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyUriEndpoint: endpoint,
    XksProxyUriPath: uriPath,
    XksProxyAuthenticationCredential: credential,
    ...more,
  }
}

/** The ids of the external keys that `startProxy` has. */
export const externalIds = ['key-1', 'key-2', 'key-3', 'key-4', 'key-5'] as const
export const disabledId = 'disabled'
export const encryptOnlyId = 'encrypt-only'

/** Our own proxy, on a port of its own. */
export function startProxy(path = uriPath): Promise<RunningXksProxy> {
  const secret = Buffer.alloc(32, 7)
  return startXksProxy({
    port: 0,
    uriPath: path,
    credentials: new Map([[credential.AccessKeyId, credential.RawSecretAccessKey]]),
    keys: new Map<string, ExternalKeyOptions>([
      ...externalIds.map((id) => [id, { secret }] as const),
      [disabledId, { secret, status: 'DISABLED' }],
      [encryptOnlyId, { secret, usages: ['ENCRYPT'] }],
    ]),
  })
}

export async function create(kms: TestKms, input: object): Promise<string> {
  return (await call(kms.root, 'CreateCustomKeyStore', input)).CustomKeyStoreId!
}

export async function describeOne(kms: TestKms, CustomKeyStoreId: string) {
  const { CustomKeyStores } = await call(kms.root, 'DescribeCustomKeyStores', { CustomKeyStoreId })
  assert.equal(CustomKeyStores?.length, 1)
  return CustomKeyStores[0]!
}

/** The entry of a key store as soon as its connection is in that state. */
export async function whenItIs(kms: TestKms, id: string, state: string) {
  for (;;) {
    const entry = await describeOne(kms, id)
    if (entry.ConnectionState === state) return entry
    assert.match(String(entry.ConnectionState), /ING$/)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export async function connect(kms: TestKms, id: string, becomes = 'CONNECTED') {
  await call(kms.root, 'ConnectCustomKeyStore', { CustomKeyStoreId: id })
  return whenItIs(kms, id, becomes)
}

export async function disconnect(kms: TestKms, id: string) {
  await call(kms.root, 'DisconnectCustomKeyStore', { CustomKeyStoreId: id })
  return whenItIs(kms, id, 'DISCONNECTED')
}

/** A key store of a cluster that works, connected. */
export async function connectedCluster(kms: TestKms, more: object = {}): Promise<string> {
  const id = await create(kms, clusterInput(more))
  await connect(kms, id)
  return id
}

/** A key in a key store; in an external one where it is named. */
export async function createKey(kms: TestKms, id: string, XksKeyId?: string): Promise<string> {
  const { KeyMetadata } = await call(kms.root, 'CreateKey', {
    CustomKeyStoreId: id,
    Origin: XksKeyId === undefined ? 'AWS_CLOUDHSM' : 'EXTERNAL_KEY_STORE',
    ...(XksKeyId !== undefined && { XksKeyId }),
  })
  return KeyMetadata!.KeyId!
}

/** What a proxy answers; of an object the JSON. */
export interface Scripted {
  readonly status?: number
  readonly body: object | string
}

export interface ScriptedProxy {
  readonly url: string
  /** What it was asked, the newest last. */
  readonly asked: { path: string; headers: IncomingMessage['headers']; body: string }[]
  /** Answers by the last piece of the path; what is not there is a healthy proxy's. */
  answers: Readonly<Record<string, Scripted>>
  close: () => Promise<void>
}

/** GetHealthStatus's answer, the example of the specification. */
export const healthy = {
  xksProxyFleetSize: 2,
  xksProxyVendor: 'Acme Corp',
  xksProxyModel: 'Acme XKS Proxy 1.0',
  ekmVendor: 'Thales Group',
  ekmFleetDetails: [
    { id: 'hsm-id-1', model: 'Luna 5.0', healthStatus: 'DEGRADED' },
    { id: 'hsm-id-2', model: 'Luna 5.1', healthStatus: 'ACTIVE' },
  ],
}

/** GetKeyMetadata's answer, the example of the specification. */
export const usable = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' }

export async function startScripted(): Promise<ScriptedProxy> {
  const usual: Readonly<Record<string, Scripted>> = {
    health: { body: healthy },
    metadata: { body: usable },
  }
  const proxy: ScriptedProxy = { url: '', asked: [], answers: {}, close: () => Promise.resolve() }
  const { url, close } = await serve((request, response) => {
    void buffer(request).then((body) => {
      const path = request.url ?? ''
      proxy.asked.push({ path, headers: request.headers, body: body.toString() })
      const name = path.split('/').at(-1) ?? ''
      const { status = 200, body: answer } = proxy.answers[name] ?? usual[name] ?? { body: {} }
      response.writeHead(status)
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
    })
  })
  return Object.assign(proxy, { url, close })
}

/** A bare HTTP server on a port of its own. */
export async function serve(
  listener: RequestListener,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
