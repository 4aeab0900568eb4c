/**
 * Files that a config names, by paths relative to the config file. Refuses a file that cannot be
 * read, is over 8 MiB, or is not UTF-8 where text is wanted.
 */
import { resolve } from 'node:path'
import { ConfigError } from './config-error.ts'
import type { Place } from './read.ts'

/** Ours. */
export const maxFileBytes = 8 * 1024 * 1024

/** A file's text, a byte order mark included. Throws ConfigError under the member that names it. */
export function readTextFile(path: string, place: Place): string {
  return readText(() => place.readFile(resolve(place.baseDir, path)), place.path, path)
}

/** A file's bytes, at most so many. Throws ConfigError under the member that names it. */
export function readBytesFile(path: string, place: Place, maxBytes = maxFileBytes): Uint8Array {
  const read = () => place.readFile(resolve(place.baseDir, path), maxBytes)
  return readBytes(read, place.path, path, maxBytes)
}

/**
 * A file's text, refused under `blame`; `name` is what the refusal calls the file. A byte order mark
 * is kept: AWS refuses a policy that has one.
 */
export function readText(read: () => Uint8Array, blame: string, name: string): string {
  const bytes = readBytes(read, blame, name)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ConfigError(blame, `${name} is not UTF-8`)
  }
}

/** Of what may have a byte order mark, unlike a policy. */
export function withoutByteOrderMark(text: string): string {
  return text.replace(/^\ufeff/, '')
}

function readBytes(
  read: () => Uint8Array,
  blame: string,
  name: string,
  maxBytes = maxFileBytes,
): Uint8Array {
  let bytes: Uint8Array
  try {
    bytes = read()
  } catch (error) {
    throw new ConfigError(blame, `cannot read ${name}: ${messageOf(error)}`)
  }
  if (bytes.length > maxBytes) {
    throw new ConfigError(blame, `${name} has more than ${String(maxBytes)} bytes`)
  }
  return bytes
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error'
}
