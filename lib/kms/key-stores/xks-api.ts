/**
 * The four calls of AWS's external key store proxy API, version 1: what KMS sends, and what it takes
 * for an answer. Refuses an answer that is not what the specification says.
 * https://github.com/aws/aws-kms-xksproxy-api-spec/blob/main/xks_proxy_api_spec.md#api-operations
 */
import { hash } from 'node:crypto'
import { decodeBase64, encodeBase64, equalBytes } from '../../codec/bytes.ts'
import type { XksBacking } from '../../store/store.ts'
import { parseJsonBody } from '../model/json.ts'
import { failureNamed, XksFailure } from './xks-failures.ts'

/** One request to a proxy: a POST of JSON, to be signed with the key store's credential. */
export interface XksRequest {
  readonly proxy: Pick<XksBacking, 'uriEndpoint' | 'credential'>
  readonly path: string
  /** Of the signature's scope. */
  readonly region: string
  readonly body: string
}

export interface XksReply {
  /** The HTTP status. */
  readonly status: number
  readonly body: Buffer
}

/** What carries requests to proxies. A request that gets no answer throws XksFailure. */
export interface XksTransport {
  send(request: XksRequest): Promise<XksReply>
}

/** Which proxy is called, and on whose behalf. */
export interface XksCaller {
  readonly transport: XksTransport
  readonly proxy: XksBacking
  readonly region: string
  readonly requestMetadata: Readonly<Record<string, string>>
}

/** What a proxy's encrypt gives, all of which its decrypt needs. */
export interface XksCiphertext {
  readonly ciphertext: Buffer
  /** At most 20 bytes of the proxy's own; empty where it gives none. */
  readonly metadata: Buffer
  /** 12 or 16 bytes. */
  readonly initializationVector: Buffer
  /** 16 bytes. */
  readonly authenticationTag: Buffer
}

export const maxCiphertextMetadataBytes = 20
export const authenticationTagBytes = 16

/** Whether an initialization vector may be of so many bytes. */
export function isVectorLength(bytes: number): boolean {
  return bytes === 12 || bytes === 16
}

const healthStatuses: readonly unknown[] = ['ACTIVE', 'DEGRADED', 'UNAVAILABLE']

/** GetHealthStatus: throws unless the proxy and a key manager behind it can work. */
export async function checkHealth(caller: XksCaller): Promise<void> {
  const health = await send(caller, 'health', {})
  const { xksProxyFleetSize: size, ekmFleetDetails: managers } = health
  for (const name of ['xksProxyVendor', 'xksProxyModel', 'ekmVendor']) textOf(health, name)
  must(Number.isSafeInteger(size) && Number(size) > 0)
  must(Array.isArray(managers) && managers.length > 0 && managers.length <= 10)
  const statuses = (managers as unknown[]).map((manager) => {
    must(typeof manager === 'object' && manager !== null)
    const details = manager as Answer
    for (const name of ['id', 'model']) textOf(details, name)
    must(healthStatuses.includes(details.healthStatus))
    return details.healthStatus
  })
  if (statuses.every((status) => status === 'UNAVAILABLE')) throw new XksFailure('noKeyManager')
}

/** GetKeyMetadata: throws unless the external key is there, and of use to KMS. */
export async function checkKey(caller: XksCaller, xksKeyId: string): Promise<void> {
  const { keySpec, keyUsage, keyStatus } = await send(caller, `keys/${xksKeyId}/metadata`, {})
  must(typeof keySpec === 'string' && Array.isArray(keyUsage) && keyUsage.length <= 10)
  must(keyStatus === 'ENABLED' || keyStatus === 'DISABLED')
  const usages = keyUsage as unknown[]
  if (keySpec !== 'AES_256') throw new XksFailure('wrongKeySpec')
  if (!usages.includes('ENCRYPT') || !usages.includes('DECRYPT')) {
    throw new XksFailure('InvalidKeyUsageException')
  }
  if (keyStatus !== 'ENABLED') throw new XksFailure('InvalidStateException')
}

/** Encrypt, with the value by which KMS knows that the answer came whole. */
export async function encrypt(
  caller: XksCaller,
  xksKeyId: string,
  plaintext: Buffer,
  additionalAuthenticatedData: Buffer,
): Promise<XksCiphertext> {
  const answer = await send(caller, `keys/${xksKeyId}/encrypt`, {
    plaintext: encodeBase64(plaintext),
    encryptionAlgorithm: 'AES_GCM',
    additionalAuthenticatedData: encodeBase64(additionalAuthenticatedData),
    ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
  })
  const sealed = {
    ciphertext: bytesOf(answer, 'ciphertext'),
    metadata:
      answer.ciphertextMetadata === undefined
        ? Buffer.alloc(0)
        : bytesOf(answer, 'ciphertextMetadata'),
    initializationVector: bytesOf(answer, 'initializationVector'),
    authenticationTag: bytesOf(answer, 'authenticationTag'),
  }
  must(sealed.ciphertext.length === plaintext.length)
  must(sealed.metadata.length <= maxCiphertextMetadataBytes)
  must(isVectorLength(sealed.initializationVector.length))
  must(sealed.authenticationTag.length === authenticationTagBytes)
  const value = bytesOf(answer, 'ciphertextDataIntegrityValue')
  must(equalBytes(value, integrityValue(additionalAuthenticatedData, sealed)))
  return sealed
}

/** Decrypt: as many bytes as the ciphertext has. */
export async function decrypt(
  caller: XksCaller,
  xksKeyId: string,
  sealed: XksCiphertext,
  additionalAuthenticatedData: Buffer,
): Promise<Buffer> {
  const { ciphertext, metadata, initializationVector, authenticationTag } = sealed
  const answer = await send(caller, `keys/${xksKeyId}/decrypt`, {
    ciphertext: encodeBase64(ciphertext),
    ...(metadata.length > 0 && { ciphertextMetadata: encodeBase64(metadata) }),
    encryptionAlgorithm: 'AES_GCM',
    additionalAuthenticatedData: encodeBase64(additionalAuthenticatedData),
    initializationVector: encodeBase64(initializationVector),
    authenticationTag: encodeBase64(authenticationTag),
  })
  const plaintext = bytesOf(answer, 'plaintext')
  must(plaintext.length === ciphertext.length)
  return plaintext
}

/** The ciphertextDataIntegrityValue, 32 bytes: appendix C of the specification. */
export function integrityValue(additionalAuthenticatedData: Buffer, sealed: XksCiphertext): Buffer {
  const { metadata, initializationVector, ciphertext, authenticationTag } = sealed
  const parts = [additionalAuthenticatedData, metadata, initializationVector, ciphertext]
  return hash('sha256', Buffer.concat([...parts, authenticationTag]), 'buffer')
}

type Answer = Readonly<Record<string, unknown>>

async function send(
  { transport, proxy, region, requestMetadata }: XksCaller,
  operation: string,
  input: object,
): Promise<Answer> {
  const path = `${proxy.uriPath}/${operation}`
  const request = { proxy, path, region, body: JSON.stringify({ requestMetadata, ...input }) }
  const { status, body } = await transport.send(request)
  const answer = readObject(body)
  if (status !== 200) throw new XksFailure(failureNamed(answer.errorName))
  return answer
}

function readObject(body: Buffer): Answer {
  try {
    return parseJsonBody(body)
  } catch (error) {
    throw Object.assign(new XksFailure('malformed'), { cause: error })
  }
}

function textOf(answer: Answer, name: string): string {
  const text = answer[name]
  must(typeof text === 'string')
  return text as string
}

function bytesOf(answer: Answer, name: string): Buffer {
  const text = textOf(answer, name)
  try {
    return decodeBase64(text)
  } catch (error) {
    throw Object.assign(new XksFailure('malformed'), { cause: error })
  }
}

function must(holds: boolean): void {
  if (!holds) throw new XksFailure('malformed')
}
