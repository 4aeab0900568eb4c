/**
 * Makes an AWS KMS client speak for an enclave: the five calls that take a Recipient carry a
 * document, and their answers come back opened. Refuses an answer in plaintext and one without an
 * envelope.
 */
import type { KMSClient } from '@aws-sdk/client-kms'
import { TrustError } from '../errors.ts'
import { Enclave, type Recipient } from './enclave.ts'

/** Whatever can ask for sealed answers and open them: an Enclave, or code inside a real one. */
export interface RecipientHolder {
  recipient(): Promise<Recipient>
  open(ciphertextForRecipient: Uint8Array): Promise<Uint8Array>
}

/** The operations that take a Recipient, and the member of the answer that is sealed instead. */
const sealedMembers = new Map([
  ['DecryptCommand', 'Plaintext'],
  ['DeriveSharedSecretCommand', 'SharedSecret'],
  ['GenerateDataKeyCommand', 'Plaintext'],
  ['GenerateDataKeyPairCommand', 'PrivateKeyPlaintext'],
  ['GenerateRandomCommand', 'Plaintext'],
])

/**
 * A client with the configuration, connections and middleware of the one given, which stays as it
 * is. A call that has a Recipient of its own passes untouched, as do all other operations.
 *
 * Its calls reject with TrustError `ANSWER_IN_PLAINTEXT`, `ANSWER_NOT_SEALED` or
 * `CALL_WITHOUT_NAME`, or with what `open` throws.
 *
 * @param holder an enclave of its own, whose registers are zero, unless given
 */
export function withRecipient<Client extends KMSClient>(
  client: Client,
  holder: RecipientHolder = ownEnclave(),
): Client {
  const attested = separate(client)
  attested.middlewareStack.add(
    (next, context) => async (call) => {
      const { commandName } = context as { commandName?: string }
      if (commandName === undefined) {
        // Then nothing tells the five operations from the rest, and one could answer in plaintext.
        throw new TrustError('CALL_WITHOUT_NAME', 'this version of the SDK does not name its calls')
      }
      const member = sealedMembers.get(commandName)
      const { Recipient } = call.input as { Recipient?: unknown }
      if (member === undefined || Recipient !== undefined) return next(call)
      const input = { ...call.input, Recipient: await holder.recipient() }
      const result = await next({ ...call, input })
      return { ...result, output: await openAnswer(result.output, member, holder) }
    },
    { step: 'initialize', name: 'enclaveRecipient', priority: 'low' },
  )
  return attested
}

/**
 * A client of its own with the same members, but for what it would share by mistake: the middleware,
 * and the cache of handlers, which would answer with the other client's.
 */
function separate<Client extends KMSClient>(client: Client): Client {
  const copy = Object.create(
    Object.getPrototypeOf(client) as object,
    Object.getOwnPropertyDescriptors(client),
  ) as Client
  return Object.assign(copy, {
    middlewareStack: client.middlewareStack.clone(),
    handlers: undefined,
  })
}

/** An enclave that starts with the first call. */
function ownEnclave(): RecipientHolder {
  let enclave: Promise<Enclave> | undefined
  const started = () => (enclave ??= Enclave.start())
  return {
    recipient: async () => (await started()).recipient(),
    open: async (ciphertextForRecipient) => (await started()).open(ciphertextForRecipient),
  }
}

async function openAnswer<Answer extends object>(
  answer: Answer,
  member: string,
  holder: RecipientHolder,
): Promise<Answer> {
  const { CiphertextForRecipient: sealed, ...rest } = answer as Record<string, unknown>
  const plaintext = rest[member]
  // AWS KMS leaves the member out, or empty: anything in it was sent in the clear.
  if (plaintext instanceof Uint8Array ? plaintext.length > 0 : plaintext != null) {
    throw new TrustError('ANSWER_IN_PLAINTEXT', `the answer carries ${member} in plaintext`)
  }
  if (!(sealed instanceof Uint8Array) || sealed.length === 0) {
    throw new TrustError('ANSWER_NOT_SEALED', 'the answer has no CiphertextForRecipient')
  }
  return { ...rest, [member]: await holder.open(sealed) } as Answer
}
