/**
 * Import tokens: each carries the private half of its wrapping key, sealed under a secret of the KMS
 * key. So nothing is kept of a GetParametersForImport call, and every process that has the key's
 * record can read its tokens. Refuses what was not sealed for this key in this Region. AWS's tokens
 * are opaque, and the form of these is ours.
 */
import { createSecretKey } from 'node:crypto'
import type { WrappingAlgorithm, WrappingKeySpec } from '../crypto/key-wrapping.ts'
import { materialFromBytes, type Material } from '../crypto/material.ts'
import { systemRandom } from '../crypto/random.ts'
import { nonceBytes, openSymmetric, sealSymmetric } from '../crypto/symmetric.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'

/** What a token stands for. */
export interface ImportParameters {
  readonly algorithm: WrappingAlgorithm
  readonly wrappingKey: Material
  readonly validToMs: number
}

/** The key's side of a token: what its record keeps, 32 bytes, and its ARN. */
export interface TokenKey {
  readonly secret: Uint8Array
  readonly arn: string
}

/** What is sealed, as JSON; `key` is the wrapping key in base64. */
interface Content {
  readonly algorithm: WrappingAlgorithm
  readonly spec: WrappingKeySpec
  readonly key: string
  readonly validToMs: number
}

export function newImportSecret(): Buffer {
  return systemRandom(32)
}

/** The nonce, and behind it what is sealed: some 3,300 bytes, where AWS's limit is 6,144. */
export function sealImportToken(
  { secret, arn }: TokenKey,
  { algorithm, wrappingKey, validToMs }: ImportParameters,
): Buffer {
  const content: Content = {
    algorithm,
    spec: wrappingKey.spec as WrappingKeySpec,
    key: wrappingKey.bytes.toString('base64'),
    validToMs,
  }
  const nonce = systemRandom(nonceBytes)
  const plaintext = Buffer.from(JSON.stringify(content))
  const sealed = sealSymmetric(createSecretKey(secret), nonce, header(arn), plaintext)
  return Buffer.concat([nonce, ...sealed])
}

/** The token of a request on the key; refuses one of another key, and one that has expired. */
export function readImportToken(token: Buffer, key: Key, nowMs: number): ImportParameters {
  const { importSecret: secret } = key.record
  const parameters = secret && openImportToken({ secret, arn: key.arn }, token)
  if (!parameters) throw new Fault('InvalidImportTokenException')
  if (parameters.validToMs <= nowMs) throw new Fault('ExpiredImportTokenException')
  return parameters
}

/** Reads a token; null for one of another key, and for every damage. */
export function openImportToken({ secret, arn }: TokenKey, token: Buffer): ImportParameters | null {
  const nonce = token.subarray(0, nonceBytes)
  if (nonce.length < nonceBytes) return null
  const sealed = token.subarray(nonceBytes)
  const plaintext = openSymmetric(createSecretKey(secret), nonce, header(arn), sealed)
  if (!plaintext) return null
  const { algorithm, spec, key, validToMs } = JSON.parse(plaintext.toString()) as Content
  const wrappingKey = materialFromBytes(spec, Buffer.from(key, 'base64'))
  return { algorithm, wrappingKey, validToMs }
}

function header(arn: string): Buffer {
  return Buffer.from(`enclave-kms import token\0${arn}`)
}
