/**
 * What everything is compared with: a node:http server that reads the body of a request and answers
 * a JSON text, with as many bytes (the first argument) and as many headers as KMS's answer has.
 */
import { createServer } from 'node:http'

const bytes = Number(process.argv[2] ?? 512)
const answer = JSON.stringify({
  CiphertextBlob: ''.padEnd(bytes - '{"CiphertextBlob":""}'.length, 'A'),
})

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    Buffer.concat(chunks)
    response.writeHead(200, {
      'x-amzn-RequestId': '0f8fad5b-d9cb-469f-a165-70867728950e',
      'Cache-Control': 'no-cache, no-store, must-revalidate, private',
      Expires: '0',
      Pragma: 'no-cache',
      'Content-Type': 'application/x-amz-json-1.1',
      'Content-Length': String(Buffer.byteLength(answer)),
    })
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => {
  console.log(`bare listening on http://127.0.0.1:${String(server.address().port)}`)
})
