/**
 * What the four data key operations share: how long a data key is, which pairs there are, and that
 * only a symmetric encryption key encrypts them.
 */
import { dataKeyBytes, generateDataKeyPair } from '../crypto/datakey.ts'
import { systemRandom } from '../crypto/random.ts'
import { specs, type KeySpec } from '../crypto/specs.ts'
import type { EncryptionContext } from '../crypto/symmetric.ts'
import type { Call } from './call.ts'
import { checkMode, encryptUnder, modeOf, type Mode } from './ciphertext.ts'
import type { Conditions } from './conditions.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'

/** How all four name their key, and which key they take. */
export const dataKeyRow = {
  aliases: true,
  states: 'cryptographic',
  usage: 'ENCRYPT_DECRYPT',
} as const

interface ContextInput {
  readonly EncryptionContext?: EncryptionContext | undefined
}

export function dataKeyConditions(
  input: ContextInput & { readonly KeyPairSpec?: string },
): Conditions {
  return {
    encryptionContext: input.EncryptionContext,
    'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
    'kms:DataKeyPairSpec': input.KeyPairSpec,
  }
}

/** A new data key, and the answer that has it encrypted only. */
export function makeDataKey(
  call: Call<'GenerateDataKey'> | Call<'GenerateDataKeyWithoutPlaintext'>,
  key: Key,
) {
  const mode = dataKeyMode(key, call.input)
  const length = dataKeyLength(call.input)
  call.endDryRun()
  const plaintext = systemRandom(length)
  return {
    plaintext,
    answer: {
      CiphertextBlob: encryptUnder(key, mode, plaintext),
      KeyId: key.arn,
      KeyMaterialId: key.currentMaterialId,
    },
  }
}

/** A new data key pair, and the answer that has its private key encrypted only. */
export async function makeDataKeyPair(
  call: Call<'GenerateDataKeyPair'> | Call<'GenerateDataKeyPairWithoutPlaintext'>,
  key: Key,
) {
  const { KeyPairSpec } = call.input
  const mode = dataKeyMode(key, call.input)
  const spec = pairSpec(KeyPairSpec)
  call.endDryRun()
  const { privateKey, publicKey } = await generateDataKeyPair(spec)
  return {
    privateKey,
    answer: {
      PrivateKeyCiphertextBlob: encryptUnder(key, mode, privateKey),
      PublicKey: publicKey,
      KeyId: key.arn,
      KeyPairSpec,
      KeyMaterialId: key.currentMaterialId,
    },
  }
}

interface DataKeyInput {
  readonly KeySpec?: keyof typeof dataKeyBytes | undefined
  readonly NumberOfBytes?: number | undefined
}

/** The length of the data key: by KeySpec or NumberOfBytes, exactly one of them. */
function dataKeyLength({ KeySpec, NumberOfBytes }: DataKeyInput): number {
  if (KeySpec !== undefined && NumberOfBytes === undefined) return dataKeyBytes[KeySpec]
  if (KeySpec === undefined && NumberOfBytes !== undefined) return NumberOfBytes
  throw new Fault('ValidationException', 'Please specify either number of bytes or key spec.')
}

/** The spec of a data key pair; refuses those that are not built. */
function pairSpec(name: string): KeySpec {
  if (Object.hasOwn(specs, name) && specs[name as KeySpec].dataKeyPair) return name as KeySpec
  throw new Fault('UnsupportedOperationException', `enclave-kms does not have ${name} pairs yet`)
}

/** How a data key is encrypted; refuses a key that is not a symmetric encryption key. */
function dataKeyMode(key: Key, { EncryptionContext }: ContextInput): Mode {
  const mode = modeOf(undefined, EncryptionContext)
  checkMode(key, mode)
  return mode
}
