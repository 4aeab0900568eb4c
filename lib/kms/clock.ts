/**
 * The server's clock, which everything that depends on time asks: deletion windows, freshness of
 * attestation documents, signatures. It can be set for a test, and goes on running from there.
 */
export const dayMs = 86_400_000

/** A time as AWS keeps some of them: without its milliseconds. */
export function wholeSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000
}

export class Clock {
  #offsetMs = 0

  /** Milliseconds since the epoch. */
  nowMs(): number {
    return Date.now() + this.#offsetMs
  }

  /** Whether it shows another time than this machine's. */
  get isSet(): boolean {
    return this.#offsetMs !== 0
  }

  set(nowMs: number): void {
    this.#offsetMs = Math.round(nowMs) - Date.now()
  }

  advance(ms: number): void {
    this.#offsetMs += Math.round(ms)
  }

  reset(): void {
    this.#offsetMs = 0
  }
}
