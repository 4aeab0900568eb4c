/**
 * Temporary credentials that STS issued, in memory and bounded: when there is no room, those that
 * have expired go first, then the oldest. Their access key ids can be told from all others for good,
 * so that none that was forgotten is ever taken for somebody else's.
 */
import { createHash } from 'node:crypto'

/** Ours: so many sessions are known at a time. */
export const maxIssued = 4096

interface Issued {
  readonly accessKeyId: string
  /** Milliseconds since the epoch. */
  readonly expiresAtMs?: number
}

export class IssuedCredentials<T extends Issued> {
  /** In the order in which they were issued. */
  readonly #kept = new Map<string, T>()
  readonly #capacity: number

  constructor(capacity = maxIssued) {
    this.#capacity = capacity
  }

  /** What has expired is found as long as there is room: its answer is another than nobody's. */
  find(accessKeyId: string): T | undefined {
    return this.#kept.get(accessKeyId)
  }

  keep(credential: T, nowMs: number): void {
    if (this.#kept.size >= this.#capacity) this.#makeRoom(nowMs)
    this.#kept.set(credential.accessKeyId, credential)
  }

  clear(): void {
    this.#kept.clear()
  }

  #makeRoom(nowMs: number): void {
    for (const [id, { expiresAtMs }] of this.#kept) {
      if (expiresAtMs !== undefined && expiresAtMs <= nowMs) this.#kept.delete(id)
    }
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size >= this.#capacity) this.#kept.delete(oldest)
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const prefix = 'ASIA'
const randomCharacters = 11
const markCharacters = 5

/** How many random bytes an access key id is made of. */
export const idBytes = randomCharacters

/** `ASIA` and 16 characters like AWS's, the last five of which say that it was issued here. */
export function issuedId(random: Uint8Array): string {
  const start = prefix + base32(random.subarray(0, idBytes))
  return start + markOf(start)
}

/** Whether an access key id was issued by this program, here or elsewhere, now or before. */
export function isIssuedId(accessKeyId: string): boolean {
  const length = prefix.length + randomCharacters
  if (accessKeyId.length !== length + markCharacters || !accessKeyId.startsWith(prefix))
    return false
  return accessKeyId.slice(length) === markOf(accessKeyId.slice(0, length))
}

function markOf(start: string): string {
  const hash = createHash('sha256').update(`enclave-kms issued ${start}`).digest()
  return base32(hash.subarray(0, markCharacters))
}

/** One character of each byte. */
function base32(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => alphabet.charAt(byte & 31)).join('')
}
