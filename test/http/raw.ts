/** Requests byte for byte, for what an SDK would never send. */
import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Sends the chunks as they are and reads until the server is done or `waitMs` have passed. */
export async function rawRequest(
  url: string,
  chunks: readonly (string | Buffer)[],
  { waitMs = 5_000 } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const received: Buffer[] = []
  socket.on('data', (chunk) => received.push(chunk))
  // A server that has heard enough closes: what it said before that counts.
  socket.on('error', () => undefined)
  for (const chunk of chunks) {
    if (socket.destroyed) break
    if (!socket.write(chunk)) {
      await new Promise((resolve) => {
        socket.once('drain', resolve)
        socket.once('close', resolve)
      })
    }
  }
  const deadline = Date.now() + waitMs
  for (;;) {
    const answer = parse(Buffer.concat(received).toString('latin1'))
    if (answer || socket.destroyed || Date.now() > deadline) {
      socket.destroy()
      return answer ?? { status: 0, headers: new Map(), body: '' }
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** An answer that is whole by its Content-Length; null while it is not. */
function parse(text: string): RawAnswer | null {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const length = Number(headers.get('content-length') ?? '0')
  const body = text.slice(end + 4)
  if (body.length < length) return null
  return { status: Number(first.split(' ')[1]), headers, body: body.slice(0, length) }
}

/** A `POST /` with the headers that matter; unsigned unless `headers` sign it. */
export function post(
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): (string | Buffer)[] {
  const all = {
    Host: 'localhost',
    'Content-Type': 'application/x-amz-json-1.1',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return [`POST / HTTP/1.1\r\n${lines.join('')}\r\n`, body]
}

/** An Authorization header whose signature is not looked at: twelve digits are a root user's key. */
export function unverified(account: string, region = 'us-east-1'): Record<string, string> {
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  const signature = '0'.repeat(64)
  return {
    Authorization:
      `AWS4-HMAC-SHA256 Credential=${account}/${date}/${region}/kms/aws4_request, ` +
      `SignedHeaders=host;x-amz-date, Signature=${signature}`,
  }
}

/** A request whose rest is sent later; the answer is the text until the server closes. */
export function beginRequest(url: string, beginning: string) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let received = ''
  socket.on('data', (chunk) => (received += chunk.toString('latin1')))
  const text = new Promise<string>((resolve) => {
    socket.on('close', () => {
      resolve(received)
    })
  })
  const begun = new Promise<void>((resolve) => {
    socket.write(beginning, () => {
      // Written is not yet read: the server gets a few turns of its event loop.
      setTimeout(resolve, 50)
    })
  })
  return { answer: { begun, text }, finish: (rest: string) => socket.write(rest) }
}
