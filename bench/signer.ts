/**
 * Signs KMS calls beforehand, with the headers that the AWS SDK for JavaScript sends, so that while
 * a server is measured nothing is left to do but to write bytes. The signature is good for five
 * minutes. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, randomUUID } from 'node:crypto'
import type { Endpoint } from './load.ts'

export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const region = 'us-east-1'

/** A whole request, header and body. Each one has an invocation id of its own. */
export function signedCall(
  { host, port }: Endpoint,
  { accessKeyId, secretAccessKey }: AccessKey,
  operation: string,
  input: object,
): Buffer {
  const body = JSON.stringify(input)
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/${region}/kms/aws4_request`
  const signed = {
    'amz-sdk-invocation-id': randomUUID(),
    'amz-sdk-request': 'attempt=1; max=3',
    'content-length': String(Buffer.byteLength(body)),
    'content-type': 'application/x-amz-json-1.1',
    host: `${host}:${port}`,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': time,
    'x-amz-target': `TrentService.${operation}`,
    'x-amz-user-agent': 'aws-sdk-js/3.1164.0',
  }
  const names = Object.keys(signed).join(';')
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`)
  const canonical = `POST\n/\n\n${lines.join('')}\n${names}\n${signed['x-amz-content-sha256']}`
  const key = scope.split('/').reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`)
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`
  const signature = hmac(key, text).toString('hex')
  const credential = `Credential=${accessKeyId}/${scope}`
  const headers = {
    ...signed,
    'user-agent': 'aws-sdk-js/3.1164.0 ua/2.1 lang/js md/nodejs api/kms#3.1164.0 m/N,E,e',
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`,
    connection: 'keep-alive',
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`POST / HTTP/1.1\r\n${head.join('')}\r\n${body}`)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
