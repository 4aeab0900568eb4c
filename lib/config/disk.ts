/**
 * Reads files from disk for a start, which waits for them: regular files, and pipes such as a
 * shell's `<(…)`. Reads no more than the file may have, and refuses a pipe that brings
 * nothing to its end in time.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { maxFileBytes } from './files.ts'

/** How long a pipe may take to its end. Ours. */
const pipeMs = 5_000
const pauseMs = 10
const chunkBytes = 64 * 1024

/** At most one byte more than a file may have: enough to see that it has too many. */
export function readFromDisk(path: string, maxBytes = maxFileBytes, waitMs = pipeMs): Uint8Array {
  // A pipe that nobody writes to must not keep the start in open(2).
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    return readToEnd(file, maxBytes, waitMs)
  } finally {
    closeSync(file)
  }
}

function readToEnd(file: number, maxBytes: number, waitMs: number): Buffer {
  const deadline = performance.now() + waitMs
  const chunks: Buffer[] = []
  let room = maxBytes + 1
  // A pipe reads as one that has ended, too, before somebody has opened it for writing.
  let hasBegun = !fstatSync(file).isFIFO()
  while (room > 0) {
    const chunk = readChunk(file, room)
    if (hasBegun && chunk?.length === 0) break
    if (chunk === null || chunk.length > 0) hasBegun = true
    if (chunk && chunk.length > 0) {
      chunks.push(chunk)
      room -= chunk.length
    } else if (performance.now() < deadline) pause()
    else throw new Error(`its end did not come within ${waitMs / 1000} seconds`)
  }
  return Buffer.concat(chunks)
}

/** Null where there is nothing yet; empty at the end. */
function readChunk(file: number, most: number): Buffer | null {
  const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, most))
  try {
    return chunk.subarray(0, readSync(file, chunk))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null
    throw error
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
}
