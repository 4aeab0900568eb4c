/**
 * Reads a request's body within AWS's limit. A longer one is read on and dropped for a while, so
 * that a client that writes before it reads gets its answer.
 */
import type { IncomingMessage } from 'node:http'

export const maxBodyBytes = 1024 * 1024
const maxDroppedBytes = 8 * maxBodyBytes

/** The body; null when it is too long; an error when the client went away. */
export function readBody(request: IncomingMessage): Promise<Buffer | null> {
  if (request.readableDidRead) {
    // Mounted behind something that reads bodies: the bytes that were signed are gone.
    return Promise.reject(new Error('the body was read before KMS could read it'))
  }
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBodyBytes) {
        chunks.push(chunk)
        return
      }
      chunks = []
      if (bytes > maxDroppedBytes) {
        request.pause()
        resolve(null)
      }
    })
    request.on('end', () => {
      if (bytes > maxBodyBytes) resolve(null)
      else resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks))
    })
    request.on('error', reject)
    request.on('close', () => {
      if (!request.complete) reject(new Error('the client went away'))
    })
  })
}
