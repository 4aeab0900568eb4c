/**
 * What the four data key operations share: how long a data key is, which pairs there are, and that
 * only a symmetric encryption key encrypts them.
 */
import { dataKeyBytes } from '../crypto/datakey.ts'
import { specs, type KeySpec } from '../crypto/specs.ts'
import type { EncryptionContext } from '../crypto/symmetric.ts'
import { checkMode, modeOf, type Mode } from './ciphertext.ts'
import type { Conditions } from './conditions.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'

interface DataKeyInput {
  readonly KeySpec?: keyof typeof dataKeyBytes | undefined
  readonly NumberOfBytes?: number | undefined
}

/** The length of the data key: by KeySpec or NumberOfBytes, exactly one of them. */
export function dataKeyLength({ KeySpec, NumberOfBytes }: DataKeyInput): number {
  if (KeySpec !== undefined && NumberOfBytes === undefined) return dataKeyBytes[KeySpec]
  if (KeySpec === undefined && NumberOfBytes !== undefined) return NumberOfBytes
  throw new Fault('ValidationException', 'Please specify either number of bytes or key spec.')
}

/** The spec of a data key pair; refuses those that are not built. */
export function pairSpec(name: string): KeySpec {
  if (Object.hasOwn(specs, name) && specs[name as KeySpec].dataKeyPair) return name as KeySpec
  throw new Fault('UnsupportedOperationException', `enclave-kms does not have ${name} pairs yet`)
}

/** How a data key is encrypted; refuses a key that is not a symmetric encryption key. */
export function dataKeyMode(key: Key, context: EncryptionContext | undefined): Mode {
  const mode = modeOf(undefined, context)
  checkMode(key, mode)
  return mode
}

export function dataKeyConditions(
  context: EncryptionContext | undefined,
  keyPairSpec?: string,
): Conditions {
  return {
    encryptionContext: context,
    'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
    'kms:DataKeyPairSpec': keyPairSpec,
  }
}
