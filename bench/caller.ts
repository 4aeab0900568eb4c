/** Calls of one caller to one KMS: single ones, and whole requests made beforehand. */
import { send } from './load.ts'
import type { Server } from './servers.ts'
import { signedCall, type AccessKey } from './signer.ts'

/** An answer's members: texts, numbers, and blobs in base64. */
export type Output = Readonly<Record<string, unknown>>

export class Caller {
  readonly server: Server
  readonly #accessKey: AccessKey

  constructor(server: Server, accessKey: AccessKey) {
    this.server = server
    this.#accessKey = accessKey
  }

  request(operation: string, input: object): Buffer {
    return signedCall(this.server.endpoint, this.#accessKey, operation, input)
  }

  /** Throws what is not a 200. */
  async call(operation: string, input: object): Promise<Output> {
    const { status, body } = await send(this.server.endpoint, this.request(operation, input))
    if (status !== 200) throw new Error(`${operation} was answered ${status}: ${body.toString()}`)
    return outputOf(body)
  }
}

export function outputOf(body: Buffer): Output {
  return JSON.parse(body.toString()) as Output
}

export function blob(output: Output, member: string): Buffer {
  const value = output[member]
  if (typeof value !== 'string') throw new Error(`an answer has no ${member}`)
  return Buffer.from(value, 'base64')
}
