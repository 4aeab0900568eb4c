/**
 * The external keys of our own external key store proxy: AES-256-GCM with a random vector, and with
 * the additional data and the proxy's metadata authenticated as AWS's specification recommends.
 * https://github.com/aws/aws-kms-xksproxy-api-spec/blob/main/xks_proxy_api_spec.md#encrypt
 */
import { createSecretKey, type KeyObject } from 'node:crypto'
import { systemRandom } from '../crypto/random.ts'
import { openSymmetric, sealSymmetric, tagBytes } from '../crypto/symmetric.ts'
import type { XksCiphertext } from '../kms/key-stores/xks-api.ts'

const vectorBytes = 12
export const externalKeyBytes = 32
/** What a proxy has to take at least: the plaintext, and the additional authenticated data. */
export const maxPlaintextBytes = 4_300
export const maxAdditionalBytes = 8_192

/** Of every ciphertext: the form of what is authenticated, should there ever be another. */
const formOne = Buffer.from('form=1')

export interface ExternalKeyOptions {
  /** 32 bytes. */
  readonly secret: Buffer
  readonly status?: 'ENABLED' | 'DISABLED'
  /** What the key is for: ENCRYPT and DECRYPT unless said. */
  readonly usages?: readonly string[]
}

export class ExternalKey {
  readonly status: 'ENABLED' | 'DISABLED'
  readonly usages: readonly string[]
  readonly #key: KeyObject

  constructor({ secret, status = 'ENABLED', usages = ['ENCRYPT', 'DECRYPT'] }: ExternalKeyOptions) {
    if (secret.length !== externalKeyBytes) throw new Error('an external key has 32 bytes')
    this.#key = createSecretKey(secret)
    this.status = status
    this.usages = usages
  }

  encrypt(plaintext: Buffer, additional: Buffer): XksCiphertext {
    const initializationVector = systemRandom(vectorBytes)
    const bound = boundData(additional, formOne)
    const [ciphertext, tag] = sealSymmetric(this.#key, initializationVector, bound, plaintext)
    return { ciphertext, metadata: formOne, initializationVector, authenticationTag: tag }
  }

  /** Null for whatever was not made with this key and the same additional data. */
  decrypt(sealed: XksCiphertext, additional: Buffer): Buffer | null {
    const { ciphertext, metadata, initializationVector, authenticationTag } = sealed
    if (authenticationTag.length !== tagBytes) return null
    return openSymmetric(
      this.#key,
      initializationVector,
      boundData(additional, metadata),
      Buffer.concat([ciphertext, authenticationTag]),
    )
  }
}

/** Both with their lengths before them, so that neither passes for the other. */
export function boundData(additional: Buffer, metadata: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(additional.length)
  return Buffer.concat([length, additional, Buffer.of(metadata.length), metadata])
}
