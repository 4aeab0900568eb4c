/**
 * Requests for the tests of signatures: what the real AWS SDK signs, caught before it is sent, and a
 * plain signer after AWS's documentation for what no SDK would send.
 */
import { spawnSync } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { SignedRequest } from '../../lib/http/sigv4.ts'

/** Whether python3 is here with a module: what needs it skips by name without it. */
export function hasPythonModule(name: string): boolean {
  const find = `import importlib.util, sys; sys.exit(importlib.util.find_spec('${name}') is None)`
  return spawnSync('python3', ['-c', find]).status === 0
}

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

interface Wire {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: Uint8Array | string
}

/** A GenerateDataKey request as the AWS SDK for JavaScript signs it, now. */
export async function signedBySdk(credentials: Keys, region = 'us-east-1'): Promise<SignedRequest> {
  let caught: Wire | undefined
  const client = new KMSClient({
    region,
    credentials,
    endpoint: 'http://127.0.0.1:4599',
    maxAttempts: 1,
    requestHandler: {
      handle(wire: unknown): Promise<never> {
        caught = wire as Wire
        return Promise.reject(new Error('caught'))
      },
    },
  })
  const input = {
    KeyId: 'alias/app',
    KeySpec: 'AES_256',
    EncryptionContext: { tenant: 'a' },
  } as const
  await client.send(new GenerateDataKeyCommand(input)).catch(() => undefined)
  return onTheWire(caught)
}

/** A GetCallerIdentity request as the AWS SDK for JavaScript signs it, now. */
export async function stsSignedBySdk(credentials: Keys): Promise<SignedRequest> {
  let caught: Wire | undefined
  const client = new STSClient({
    region: 'us-east-1',
    credentials,
    endpoint: 'http://127.0.0.1:4599',
    maxAttempts: 1,
    requestHandler: {
      handle(wire: unknown): Promise<never> {
        caught = wire as Wire
        return Promise.reject(new Error('caught'))
      },
    },
  })
  await client.send(new GetCallerIdentityCommand({})).catch(() => undefined)
  return onTheWire(caught)
}

function onTheWire(wire: Wire | undefined): SignedRequest {
  if (!wire) throw new Error('the SDK sent nothing')
  const rawHeaders = Object.entries(wire.headers).flat()
  return { method: wire.method, url: wire.path, rawHeaders, body: Buffer.from(wire.body) }
}

export function headerOf({ rawHeaders }: SignedRequest, name: string): string {
  const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name)
  const value = at < 0 ? undefined : rawHeaders[at + 1]
  if (value === undefined) throw new Error(`no header ${name}`)
  return value
}

/** The request with a header's value replaced, or without the header. */
export function withHeader(
  request: SignedRequest,
  name: string,
  value: string | undefined,
): SignedRequest {
  const rawHeaders: string[] = []
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [given = '', had = ''] = request.rawHeaders.slice(index, index + 2)
    if (given.toLowerCase() !== name) rawHeaders.push(given, had)
    else if (value !== undefined) rawHeaders.push(given, value)
  }
  return { ...request, rawHeaders }
}

export function addHeader(request: SignedRequest, name: string, value: string): SignedRequest {
  return { ...request, rawHeaders: [...request.rawHeaders, name, value] }
}

export interface ToSign {
  readonly time: string
  readonly scope: string
  readonly canonicalRequest: string
  readonly secretAccessKey: string
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function signatureOf({ time, scope, canonicalRequest, secretAccessKey }: ToSign): string {
  const digest = createHash('sha256').update(canonicalRequest, 'latin1').digest('hex')
  let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`)
  for (const part of [...scope.split('/'), `AWS4-HMAC-SHA256\n${time}\n${scope}\n${digest}`]) {
    key = createHmac('sha256', key).update(part).digest()
  }
  return key.toString('hex')
}

export interface Handmade {
  readonly keys: Keys
  readonly time: string
  readonly body?: string
  readonly scope?: string
  /** Headers in the order in which they are signed; `host` first unless the order is the test. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** What the canonical request has for a header, where that is not the value itself. */
  readonly canonicalHeaders?: string
  readonly signedHeaders?: string
  readonly url?: string
  readonly canonicalPath?: string
  readonly canonicalQuery?: string
  readonly method?: string
}

/** Signs a request by hand and gives it its Authorization header. */
export function signedByHand(made: Handmade): SignedRequest {
  const { keys, time, headers, url = '/', method = 'POST', body = '{}' } = made
  const scope = made.scope ?? `${time.slice(0, 8)}/us-east-1/kms/aws4_request`
  const signedHeaders = made.signedHeaders ?? headers.map(([name]) => name.toLowerCase()).join(';')
  const canonicalHeaders =
    made.canonicalHeaders ??
    headers.map(([name, value]) => `${name.toLowerCase()}:${value}\n`).join('')
  const bodyHash = createHash('sha256').update(body).digest('hex')
  const { canonicalPath = '/', canonicalQuery = '' } = made
  const canonicalRequest = [
    method,
    canonicalPath,
    canonicalQuery,
    canonicalHeaders,
    signedHeaders,
    bodyHash,
  ].join('\n')
  const signature = signatureOf({
    time,
    scope,
    canonicalRequest,
    secretAccessKey: keys.secretAccessKey,
  })
  const authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`
  const rawHeaders = [...headers.flat(), 'Authorization', authorization]
  return { method, url, rawHeaders, body: Buffer.from(body) }
}
