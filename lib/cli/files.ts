/**
 * Files that commands take: read within a bound, from a path or from standard input, raw or in
 * base64, with one line that names the file when it cannot be read.
 */
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { Exit } from './exit.ts'

/** An EIF is the largest file that a command looks into; documents and envelopes are far smaller. */
const maxFileBytes = 4 * 1024 ** 3 - 1
const maxInputBytes = 64 * 1024 ** 2

/** Reads a file, or standard input for `-`; exits with `code` when that cannot be done. */
export async function readInput(path: string, code: number): Promise<Buffer> {
  try {
    if (path === '-') return await readStream(createReadStream('', { fd: 0, autoClose: false }))
    const stats = statSync(path)
    // A pipe or a device does not say how much there is.
    if (!stats.isFile() && !stats.isDirectory()) return await readStream(createReadStream(path))
    if (stats.size > maxFileBytes) throw new Error('too large')
    return readFileSync(path)
  } catch (error) {
    throw new Exit(code, `${path}: cannot be read: ${reason(error)}`)
  }
}

async function readStream(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > maxInputBytes) throw new Error('too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Bytes as they are, or what they are the base64 of. */
export function fromBase64(bytes: Buffer): Buffer {
  // Nothing that comes in base64 is that long, and a text of 512 MiB cannot be.
  if (bytes.length > maxInputBytes) return bytes
  const text = bytes.toString('latin1').replaceAll(/\s/g, '')
  if (text === '' || text.length % 4 !== 0) return bytes
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : bytes
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}
