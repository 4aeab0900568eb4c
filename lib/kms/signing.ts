/**
 * What Sign and Verify ask of their parameters: an algorithm of the key, and a message that is what
 * MessageType says. Source: API reference, Sign; recorded and observed answers.
 */
import { signingAlgorithms, type MessageType, type SigningAlgorithm } from '../crypto/algorithms.ts'
import type { Message } from '../crypto/signature.ts'
import type { Conditions } from './conditions.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'
import { requireAlgorithm } from './operation.ts'

/** How both name their key, and which key they take. */
export const signingRow = {
  aliases: true,
  states: 'cryptographic',
  usage: 'SIGN_VERIFY',
  conditions: signingConditions,
} as const

interface SigningInput {
  readonly Message: Buffer
  readonly MessageType?: string | undefined
  readonly SigningAlgorithm: string
}

export function readMessage(
  key: Key,
  { Message: bytes, MessageType: type = 'RAW', SigningAlgorithm: name }: SigningInput,
): { algorithm: SigningAlgorithm; message: Message } {
  requireAlgorithm(key, name)
  const algorithm = name as SigningAlgorithm
  const { messageTypes, digestBytes } = rowOf(algorithm)
  if (!takes(messageTypes, type)) {
    const isOfAnother = key.algorithms.some((one) => takes(rowOf(one).messageTypes, type))
    throw new Fault(
      'ValidationException',
      isOfAnother
        ? `Message type ${type} is incompatible with algorithm ${algorithm}.`
        : `Message type ${type} is incompatible with key spec ${key.spec}.`,
    )
  }
  if (type !== 'RAW' && bytes.length !== digestBytes) {
    throw new Fault(
      'ValidationException',
      type === 'EXTERNAL_MU'
        ? `External Mu is invalid length for algorithm ${algorithm}.`
        : `Digest is invalid length for algorithm ${algorithm}.`,
    )
  }
  return { algorithm, message: { type: type as MessageType, bytes } }
}

function rowOf(name: string): (typeof signingAlgorithms)[SigningAlgorithm] {
  return signingAlgorithms[name as SigningAlgorithm]
}

function takes(types: readonly MessageType[], type: string): boolean {
  return (types as readonly string[]).includes(type)
}

function signingConditions({ MessageType = 'RAW', SigningAlgorithm }: SigningInput): Conditions {
  return { 'kms:MessageType': MessageType, 'kms:SigningAlgorithm': SigningAlgorithm }
}
