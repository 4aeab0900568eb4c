/**
 * The load generator: raw sockets, requests that are bytes already, one outstanding request for each
 * connection, and no more reading of an answer than where it ends and whether it is a 200. It costs
 * a fraction of what an HTTP server costs, so one core of it keeps a server on another core busy.
 */
import { connect, type Socket } from 'node:net'

/** Where a server listens. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

export interface Answer {
  readonly status: number
  readonly body: Buffer
}

export interface Load {
  readonly endpoint: Endpoint
  /** Whole requests, header and body. */
  readonly requests: readonly Buffer[]
  /** Each request is sent once, and the load may end early; otherwise they take turns. */
  readonly once: boolean
  readonly connections: number
  readonly seconds: number
}

export interface Reading {
  readonly answers: number
  readonly elapsedMs: number
  /** The share of one core that the generator itself used, from 0 to 1. */
  readonly generatorBusy: number
  /** The body of the last answer, a copy. */
  readonly sample: Buffer
}

/** A server that is silent for so long has failed. */
const silenceMs = 15_000

/** Sends one request on a connection of its own. */
export function send(endpoint: Endpoint, request: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const connection = new Connection(endpoint, {
      next: () => request,
      answered: (answer) => {
        connection.close()
        resolve(answer)
      },
      failed: reject,
    })
  })
}

/** Keeps a server busy. Rejects with the first answer that is no 200, and when the server is gone. */
export function drive({ endpoint, requests, once, connections, seconds }: Load): Promise<Reading> {
  return new Promise((resolve, reject) => {
    const open: Connection[] = []
    let sent = 0
    let answers = 0
    let isOver = false
    const startedMs = performance.now()
    const usedBefore = process.cpuUsage()

    const end = () => {
      isOver = true
      for (const connection of open) connection.close()
    }
    const finish = (sample: Buffer, nowMs: number) => {
      const { user, system } = process.cpuUsage(usedBefore)
      const elapsedMs = nowMs - startedMs
      end()
      resolve({
        answers,
        elapsedMs,
        generatorBusy: (user + system) / 1000 / elapsedMs,
        sample: Buffer.from(sample),
      })
    }
    const next = (): Buffer | undefined => {
      if (once && sent >= requests.length) return undefined
      return requests[sent++ % requests.length]
    }
    const answered = ({ status, body }: Answer) => {
      if (isOver) return
      if (status !== 200) {
        failed(new Error(`answered ${status}: ${body.toString()}`))
        return
      }
      answers++
      const nowMs = performance.now()
      const isLast = once && answers === requests.length
      if (isLast || nowMs - startedMs >= seconds * 1000) finish(body, nowMs)
    }
    const failed = (error: Error) => {
      end()
      reject(error)
    }
    for (let index = 0; index < connections; index++) {
      open.push(new Connection(endpoint, { next, answered, failed }))
    }
  })
}

interface Conversation {
  /** The next request; undefined when there is none. */
  readonly next: () => Buffer | undefined
  readonly answered: (answer: Answer) => void
  readonly failed: (error: Error) => void
}

class Connection {
  readonly #endpoint: Endpoint
  readonly #conversation: Conversation
  readonly #buffer = Buffer.allocUnsafe(65_536)
  #socket: Socket
  /** The beginning of an answer that has not come whole. */
  #begun: Buffer | null = null
  #isWaiting = false
  #isClosed = false

  constructor(endpoint: Endpoint, conversation: Conversation) {
    this.#endpoint = endpoint
    this.#conversation = conversation
    this.#socket = this.#connect()
    this.#ask()
  }

  close(): void {
    this.#isClosed = true
    this.#socket.destroy()
  }

  #connect(): Socket {
    const socket = connect({
      ...this.#endpoint,
      noDelay: true,
      onread: {
        buffer: this.#buffer,
        callback: (bytes) => {
          this.#read(this.#buffer.subarray(0, bytes))
          return true
        },
      },
    })
    socket.setTimeout(silenceMs, () => {
      socket.destroy(new Error(`no answer for ${silenceMs} ms`))
    })
    socket.on('error', (error) => {
      if (!this.#isClosed) this.#conversation.failed(error)
    })
    // Some servers close after every answer.
    socket.on('close', (hadError) => {
      if (!this.#isClosed && !hadError) this.#reconnect()
    })
    return socket
  }

  #reconnect(): void {
    if (this.#isWaiting) {
      this.#conversation.failed(new Error('the server closed the connection before it answered'))
      return
    }
    this.#socket = this.#connect()
    this.#ask()
  }

  #ask(): void {
    const request = this.#conversation.next()
    if (request === undefined) return
    this.#isWaiting = true
    this.#socket.write(request)
  }

  #read(bytes: Buffer): void {
    const whole = this.#begun === null ? bytes : Buffer.concat([this.#begun, bytes])
    const frame = frameOf(whole)
    if (frame === 'without length') {
      this.close()
      this.#conversation.failed(new Error('want answers with a Content-Length'))
      return
    }
    if (frame === null) {
      // A copy: the next bytes are read into the same buffer.
      this.#begun = this.#begun === null ? Buffer.from(whole) : whole
      return
    }
    this.#begun = null
    this.#isWaiting = false
    const body = whole.subarray(frame.bodyAt, frame.bodyAt + frame.bodyBytes)
    this.#conversation.answered({ status: frame.status, body })
    if (this.#isClosed) return
    if (frame.closes) this.#socket.end()
    else this.#ask()
  }
}

interface Frame {
  readonly status: number
  readonly bodyAt: number
  readonly bodyBytes: number
  /** The server takes no other request on this connection. */
  readonly closes: boolean
}

/** The answer at the beginning of these bytes; null when it has not come whole. */
function frameOf(bytes: Buffer): Frame | 'without length' | null {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const head = bytes.toString('latin1', 0, headEnd)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) return 'without length'
  const frame: Frame = {
    status: Number(head.slice(9, 12)),
    bodyAt: headEnd + 4,
    bodyBytes: Number(length),
    closes: head.startsWith('HTTP/1.0') || /\r\nconnection: *close/i.test(head),
  }
  return bytes.length < frame.bodyAt + frame.bodyBytes ? null : frame
}
