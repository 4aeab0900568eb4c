/**
 * Signing keys of Signature Version 4, and the signature they give. A derived key is good for one
 * day, Region and service, so it is kept; the number kept is bounded.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** SHA-256's block, RFC 2104. */
const blockBytes = 64
const signatureDigits = 64

export const algorithm = 'AWS4-HMAC-SHA256'
export const scopeEnding = 'aws4_request'

/** What a signing key is good for. */
export interface Scope {
  /** YYYYMMDD */
  readonly day: string
  readonly region: string
  readonly service: string
}

/**
 * HMAC-SHA-256 over the string to sign, as two one-shot hashes over prepared blocks: in Node that
 * costs about two thirds of createHmac. Only the time and the hash of the request change from call
 * to call, so everything else of the string to sign stands ready as well.
 */
export class SigningKey {
  readonly scope: Scope
  readonly #inner: Buffer
  readonly #outer: Buffer
  readonly #timeAt: number
  readonly #hashAt: number

  constructor(secretAccessKey: string, scope: Scope) {
    this.scope = scope
    const { day, region, service } = scope
    let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`)
    for (const part of [day, region, service, scopeEnding]) {
      key = createHmac('sha256', key).update(part).digest()
    }
    const before = `${algorithm}\n`
    const after = `\n${day}/${region}/${service}/${scopeEnding}\n`
    this.#timeAt = blockBytes + before.length
    this.#hashAt = this.#timeAt + 'YYYYMMDDTHHMMSSZ'.length + after.length
    this.#inner = Buffer.alloc(this.#hashAt + signatureDigits)
    this.#outer = Buffer.alloc(blockBytes + 32)
    for (let index = 0; index < blockBytes; index++) {
      const byte = key[index] ?? 0
      this.#inner[index] = byte ^ 0x36
      this.#outer[index] = byte ^ 0x5c
    }
    this.#inner.write(before, blockBytes, 'latin1')
    this.#inner.write(after, this.#hashAt - after.length, 'latin1')
  }

  /** The signature, 64 hex digits, of a request made at `time` (YYYYMMDDTHHMMSSZ). */
  sign(time: string, canonicalRequest: string): string {
    this.#inner.write(time, this.#timeAt, 'latin1')
    this.#inner.write(hashLatin1(canonicalRequest), this.#hashAt, 'latin1')
    this.#outer.write(hash('sha256', this.#inner, 'hex'), blockBytes, 'hex')
    return hash('sha256', this.#outer, 'hex')
  }
}

const scratch = Buffer.alloc(16_384)

/** Hashes a string of one byte per character. */
function hashLatin1(text: string): string {
  if (text.length > scratch.length) return hash('sha256', Buffer.from(text, 'latin1'), 'hex')
  return hash('sha256', scratch.subarray(0, scratch.write(text, 'latin1')), 'hex')
}

const presentedDigits = Buffer.alloc(signatureDigits)
const expectedDigits = Buffer.alloc(signatureDigits)

/** Whether the two are the same signature; the time it takes says nothing about where they differ. */
export function sameSignature(presented: string, expected: string): boolean {
  if (presented.length !== signatureDigits || expected.length !== signatureDigits) return false
  presentedDigits.write(presented, 'latin1')
  expectedDigits.write(expected, 'latin1')
  return timingSafeEqual(presentedDigits, expectedDigits)
}

const maxKept = 1_000

/** Signing keys by the Credential text (`keyid/day/region/service/ending`) that asked for them. */
export class SigningKeys {
  readonly #kept = new Map<string, { readonly secret: string; readonly key: SigningKey }>()

  /** The key kept for a Credential text, if it was derived from this secret. */
  find(credential: string, secretAccessKey: string): SigningKey | undefined {
    const kept = this.#kept.get(credential)
    return kept?.secret === secretAccessKey ? kept.key : undefined
  }

  derive(credential: string, secretAccessKey: string, scope: Scope): SigningKey {
    const key = new SigningKey(secretAccessKey, scope)
    if (this.#kept.size >= maxKept) {
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest)
        break
      }
    }
    this.#kept.set(credential, { secret: secretAccessKey, key })
    return key
  }
}
