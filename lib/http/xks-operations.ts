/**
 * The four operations of our own external key store proxy, from a request's JSON to its answer's.
 * Refuses, with the specification's errors, what it does not say that a request may be.
 * https://github.com/aws/aws-kms-xksproxy-api-spec/blob/main/xks_proxy_api_spec.md#api-operations
 */
import { decodeBase64, encodeBase64 } from '../codec/bytes.ts'
import { integrityValue, isVectorLength, type XksCiphertext } from '../kms/key-stores/xks-api.ts'
import { version } from './version.ts'
import { maxAdditionalBytes, maxPlaintextBytes, type ExternalKey } from './xks-key-manager.ts'

/** HTTP's status of each error. */
const statuses = {
  ValidationException: 400,
  InvalidStateException: 400,
  InvalidCiphertextException: 400,
  InvalidKeyUsageException: 400,
  AuthenticationFailedException: 401,
  KeyNotFoundException: 404,
  InvalidUriPathException: 404,
  UnsupportedOperationException: 501,
  InternalException: 500,
} as const satisfies Record<string, number>

/** A refusal; its text is for whoever runs KMS, and at most 512 printable characters. */
export class XksError extends Error {
  override readonly name: keyof typeof statuses
  readonly status: number

  constructor(name: keyof typeof statuses, message: string) {
    super(message)
    this.name = name
    this.status = statuses[name]
  }
}

type Body = Readonly<Record<string, unknown>>

/** GetHealthStatus: proves that encryption works, and says of what there is one. */
export function health(body: Body, probe: ExternalKey): object {
  checkMetadata(body, ['kmsRequestId', 'kmsOperation'])
  sealAndOpen(probe, Buffer.from('probe'), Buffer.alloc(0))
  return {
    xksProxyFleetSize: 1,
    xksProxyVendor: 'enclave-kms',
    xksProxyModel: `enclave-kms xks-proxy ${version}`,
    ekmVendor: 'enclave-kms',
    ekmFleetDetails: [{ id: 'local', model: `enclave-kms ${version}`, healthStatus: 'ACTIVE' }],
  }
}

export type KeyOperation = (body: Body, key: ExternalKey) => object

/** By the last piece of the path. */
export const keyOperations: ReadonlyMap<string, KeyOperation> = new Map([
  ['metadata', metadata],
  ['encrypt', encrypt],
  ['decrypt', decrypt],
])

const ofCaller = ['awsPrincipalArn', 'kmsOperation', 'kmsRequestId'] as const

/** GetKeyMetadata, of a key that is disabled too. */
function metadata(body: Body, key: ExternalKey): object {
  checkMetadata(body, ofCaller)
  return { keySpec: 'AES_256', keyUsage: key.usages, keyStatus: key.status }
}

function encrypt(body: Body, key: ExternalKey): object {
  checkMetadata(body, [...ofCaller, 'kmsKeyArn'])
  checkUse(body, key, 'ENCRYPT')
  const plaintext = bytesOf(body, 'plaintext')
  if (plaintext.length > maxPlaintextBytes) {
    throw new XksError('UnsupportedOperationException', 'plaintext is too long')
  }
  const integrity = body.ciphertextDataIntegrityValueAlgorithm
  if (integrity !== undefined && integrity !== 'SHA_256') {
    throw new XksError('ValidationException', 'ciphertextDataIntegrityValueAlgorithm: want SHA_256')
  }
  const additional = additionalOf(body)
  const { sealed, value } = sealAndOpen(key, plaintext, additional)
  return {
    ciphertext: encodeBase64(sealed.ciphertext),
    ciphertextMetadata: encodeBase64(sealed.metadata),
    initializationVector: encodeBase64(sealed.initializationVector),
    authenticationTag: encodeBase64(sealed.authenticationTag),
    ...(integrity && { ciphertextDataIntegrityValue: encodeBase64(value) }),
  }
}

function decrypt(body: Body, key: ExternalKey): object {
  checkMetadata(body, [...ofCaller, 'kmsKeyArn'])
  checkUse(body, key, 'DECRYPT')
  const sealed = {
    ciphertext: bytesOf(body, 'ciphertext'),
    metadata: optionalBytesOf(body, 'ciphertextMetadata'),
    initializationVector: bytesOf(body, 'initializationVector'),
    authenticationTag: bytesOf(body, 'authenticationTag'),
  }
  if (!isVectorLength(sealed.initializationVector.length) || sealed.metadata.length > 20) {
    throw new XksError('ValidationException', 'initializationVector or ciphertextMetadata: length')
  }
  const plaintext = key.decrypt(sealed, additionalOf(body))
  if (!plaintext) {
    throw new XksError('InvalidCiphertextException', 'not encrypted so with this external key')
  }
  return { plaintext: encodeBase64(plaintext) }
}

/** Appendix C: the value first, and then the proof that what it vouches for can be decrypted. */
function sealAndOpen(key: ExternalKey, plaintext: Buffer, additional: Buffer) {
  const sealed: XksCiphertext = key.encrypt(plaintext, additional)
  const value = integrityValue(additional, sealed)
  if (key.decrypt(sealed, additional)?.equals(plaintext)) return { sealed, value }
  throw new XksError('InternalException', 'the encryption could not be undone')
}

function checkUse(body: Body, key: ExternalKey, use: 'ENCRYPT' | 'DECRYPT'): void {
  if (body.encryptionAlgorithm !== 'AES_GCM') {
    throw new XksError('ValidationException', 'encryptionAlgorithm: want AES_GCM')
  }
  if (key.status !== 'ENABLED') throw new XksError('InvalidStateException', 'the key is disabled')
  if (!key.usages.includes(use)) {
    throw new XksError('InvalidKeyUsageException', `the key is not for ${use}`)
  }
}

/** What AWS says is there always; what more there is, or what stands in it, does not matter. */
function checkMetadata({ requestMetadata }: Body, required: readonly string[]): void {
  const members = (requestMetadata ?? {}) as Record<string, unknown>
  const missing = required.find((name) => typeof members[name] !== 'string')
  if (missing === undefined) return
  throw new XksError('ValidationException', `requestMetadata.${missing}: want a string`)
}

function additionalOf(body: Body): Buffer {
  const additional = optionalBytesOf(body, 'additionalAuthenticatedData')
  if (additional.length <= maxAdditionalBytes) return additional
  throw new XksError('UnsupportedOperationException', 'additionalAuthenticatedData is too long')
}

function optionalBytesOf(body: Body, name: string): Buffer {
  return body[name] === undefined ? Buffer.alloc(0) : bytesOf(body, name)
}

function bytesOf(body: Body, name: string): Buffer {
  const text = body[name]
  try {
    if (typeof text === 'string') return decodeBase64(text)
  } catch {
    // Refused below, like what is no text at all.
  }
  throw new XksError('ValidationException', `${name}: want base64`)
}
