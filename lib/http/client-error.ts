/**
 * Requests that node:http gives up on before anybody sees them: the same short answers that it would
 * give, with the request id that every answer here has.
 */
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { newRequestId } from '../kms/service.ts'

/** Node's own statuses; whatever else cannot be parsed is 400. */
const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

export function answerClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const status = statuses[error.code ?? ''] ?? '400 Bad Request'
    const head = [
      `HTTP/1.1 ${status}`,
      `x-amzn-RequestId: ${newRequestId()}`,
      'Connection: close',
      'Content-Length: 0',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n`)
  })
  server.on('checkExpectation', (_request, response) => {
    response.writeHead(417, { 'x-amzn-RequestId': newRequestId(), 'Content-Length': '0' }).end()
  })
}
