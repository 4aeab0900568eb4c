/**
 * Calls of the real AWS SDK by the name of their operation, with the answer both as the SDK shows it
 * and as it came over the wire.
 */
import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import type { KMSClient } from '@aws-sdk/client-kms'
import type { OperationName, Output } from '../../lib/kms/model/types.ts'
import { commandOf, defaultAccount } from './sdk.ts'

export interface Exchange {
  readonly status: number
  readonly requestId: string
  /** The body as it came. */
  readonly text: string
  /** The body's JSON; `{}` for an empty one. */
  readonly body: Readonly<Record<string, unknown>>
}

/** What the SDK hands to its deserializer. */
interface WireResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  body: unknown
}

/** An answer that was no error, with its members as the SDK reads them. */
export interface Answer<N extends OperationName> extends Exchange {
  readonly output: Output<N>
}

/** Sends a call and keeps the body; the output is null when the answer is an error. */
async function exchange<N extends OperationName>(
  client: KMSClient,
  operation: N,
  input: object,
): Promise<{ readonly seen: Exchange; readonly output: Output<N> | null }> {
  const command = commandOf(operation, input)
  let seen: Exchange | undefined
  command.middlewareStack.add(
    (next) => async (request) => {
      const result = await next(request)
      const response = result.response as WireResponse
      const bytes = await buffer(response.body as AsyncIterable<Uint8Array>)
      response.body = bytes
      const text = bytes.toString()
      seen = {
        status: response.statusCode,
        requestId: response.headers['x-amzn-requestid'] ?? '',
        text,
        body: (text === '' ? {} : JSON.parse(text)) as Exchange['body'],
      }
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'keepBody' },
  )
  let output: Output<N> | null = null
  try {
    output = (await client.send(command)) as unknown as Output<N>
  } catch (error) {
    if (!seen || seen.status < 400) throw error
  }
  if (!seen) throw new Error('the SDK showed no answer')
  return { seen, output }
}

/** The whole answer of a call that must succeed. */
export async function answer<N extends OperationName>(
  client: KMSClient,
  operation: N,
  input: object = {},
): Promise<Answer<N>> {
  const { output, seen } = await exchange(client, operation, input)
  if (!output) throw new Error(`${operation} was answered ${String(seen.status)} ${seen.text}`)
  assert.equal(seen.status, 200)
  return { ...seen, output }
}

/** What a call that must succeed answers. */
export async function call<N extends OperationName>(
  client: KMSClient,
  operation: N,
  input: object = {},
): Promise<Output<N>> {
  return (await answer(client, operation, input)).output
}

/**
 * Sends a call that must be refused: HTTP 400, and a body of exactly the code and the message, null
 * where AWS sends none.
 */
export async function refused(
  client: KMSClient,
  operation: OperationName,
  input: object,
  [code, message]: Refusal,
): Promise<Exchange> {
  const { output, seen } = await exchange(client, operation, input)
  if (output) throw new Error(`${operation} was answered ${seen.text}`)
  const member = code === 'AccessDeniedException' ? 'Message' : 'message'
  const want = message === null ? { __type: code } : { __type: code, [member]: message }
  assert.deepEqual(seen.body, want)
  assert.equal(seen.status, 400)
  return seen
}

export type Refusal = readonly [code: string, message: string | null]

/** What a call is answered, whichever it is: for tests that only ask whether it was refused, or why. */
export async function outcome(
  client: KMSClient,
  operation: OperationName,
  input: object,
): Promise<Exchange> {
  return (await exchange(client, operation, input)).seen
}

/**
 * Sends a body that no SDK would, as the root user of an account: the access key of twelve digits,
 * whose signature nobody looks at.
 */
export async function post(
  url: string,
  operation: string,
  body: object | string,
  caller = defaultAccount,
): Promise<Exchange> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${caller}/20260101/us-east-1/kms/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  return {
    status: response.status,
    requestId: response.headers.get('x-amzn-requestid') ?? '',
    text,
    body: (text === '' ? {} : JSON.parse(text)) as Exchange['body'],
  }
}

/** The names of an answer's members, sorted. */
export function membersOf({ body }: Exchange): string[] {
  return Object.keys(body).sort()
}

/** One constraint that an input breaks, in AWS's words. */
export function constraint(text: string): Refusal {
  return ['ValidationException', `1 validation error detected: ${text}`]
}

/** AWS's words for a member that must be there. */
export function missing(member: string): Refusal {
  return constraint(
    `Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  )
}
