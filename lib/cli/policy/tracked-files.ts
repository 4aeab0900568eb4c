/**
 * The files that a run of policy cases reads, each once, and whether one of them has changed since:
 * also one that could not be read, because it was not there.
 */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { readFromDisk } from '../../config/disk.ts'
import { maxFileBytes } from '../../config/files.ts'

interface Tracked {
  /** What it looked like before it was read. */
  readonly before: string
  readonly bytes: Uint8Array | undefined
}

export class TrackedFiles {
  readonly #files = new Map<string, Tracked>()

  /** A file's bytes, one more than so many of a longer; throws when it cannot be read. */
  readonly read = (path: string, maxBytes = maxFileBytes): Uint8Array => {
    const whole = resolve(path)
    const known = this.#files.get(whole)
    if (known?.bytes) return known.bytes
    const before = looksOf(whole)
    this.#files.set(whole, { before, bytes: undefined })
    const bytes = readFromDisk(path, maxBytes)
    // What is too long here may not be elsewhere.
    if (bytes.length <= maxBytes) this.#files.set(whole, { before, bytes })
    return bytes
  }

  /** The text of a file that was read; empty for another. */
  textOf(path: string): string {
    return Buffer.from(this.#files.get(resolve(path))?.bytes ?? []).toString('utf8')
  }

  /** Whether it was asked for. */
  has(path: string): boolean {
    return this.#files.has(resolve(path))
  }

  /** Whole paths. */
  get paths(): string[] {
    return [...this.#files.keys()]
  }

  /** Whole paths of those that are not as they were when they were read. */
  changed(): string[] {
    return this.paths.filter((path) => looksOf(path) !== this.#files.get(path)?.before)
  }
}

function looksOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true })
  return stats ? [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ') : 'not there'
}
