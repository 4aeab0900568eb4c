/**
 * What the four data key operations share: how long a data key is, which pairs there are, and that
 * only a symmetric encryption key encrypts them.
 */
import { dataKeyBytes, generateDataKeyPair } from '../crypto/datakey.ts'
import { systemRandom } from '../crypto/random.ts'
import type { EncryptionContext } from '../crypto/symmetric.ts'
import type { MaybePromise } from '../store/store.ts'
import type { Call } from './call.ts'
import { checkMode, modeOf, sealUnder, type Mode } from './ciphertext.ts'
import type { Conditions } from './conditions.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'
import { requireOffered } from './key-specs.ts'

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
  const { context } = dataKeyMode(key, call.input)
  const length = dataKeyLength(call.input)
  call.endDryRun()
  const plaintext = systemRandom(length)
  const made = (blob: Buffer) => ({
    plaintext,
    answer: { CiphertextBlob: blob, KeyId: key.arn, KeyMaterialId: key.currentMaterialId },
  })
  // Nearly always there is nothing to wait for, and this is the hottest operation of all.
  return whenThere(sealUnder(call, key, context, plaintext), made)
}

/** What becomes of a value, at once where it is there. */
export function whenThere<T, U>(value: MaybePromise<T>, become: (value: T) => U): MaybePromise<U> {
  return value instanceof Promise ? value.then(become) : become(value)
}

/** A new data key pair, and the answer that has its private key encrypted only. */
export async function makeDataKeyPair(
  call: Call<'GenerateDataKeyPair'> | Call<'GenerateDataKeyPairWithoutPlaintext'>,
  key: Key,
) {
  const { KeyPairSpec } = call.input
  if (key.type === 'asymmetric') {
    throw new Fault(
      'InvalidKeyUsageException',
      'You cannot generate a data key pair with an asymmetric CMK',
    )
  }
  const { context } = dataKeyMode(key, call.input)
  requireOffered(KeyPairSpec, call.scope.region)
  call.endDryRun()
  const { privateKey, publicKey } = await generateDataKeyPair(KeyPairSpec)
  return {
    privateKey,
    answer: {
      PrivateKeyCiphertextBlob: await sealUnder(call, key, context, privateKey),
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

/** How a data key is encrypted; refuses a key that is not a symmetric encryption key. */
function dataKeyMode(key: Key, { EncryptionContext }: ContextInput): Mode {
  const mode = modeOf(undefined, EncryptionContext)
  checkMode(key, mode)
  return mode
}
