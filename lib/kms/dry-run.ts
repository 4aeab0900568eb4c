/**
 * Dry runs of operations on a ciphertext: IGNORE_CIPHERTEXT lets the caller leave the ciphertext
 * out, and then the key has to be named. Source: API reference, Decrypt and ReEncrypt, DryRun and
 * DryRunModifiers; the texts are ours.
 */
import { Fault } from './faults.ts'

interface DryRunInput {
  readonly DryRun?: boolean | undefined
  readonly DryRunModifiers?: readonly string[] | undefined
}

export function checkIgnoresCiphertext(
  { DryRun, DryRunModifiers }: DryRunInput,
  keyId: string | undefined,
): void {
  if (!DryRunModifiers?.includes('IGNORE_CIPHERTEXT')) return
  if (!DryRun) throw new Fault('ValidationException', 'DryRunModifiers requires DryRun')
  if (keyId === undefined) {
    throw new Fault('ValidationException', 'IGNORE_CIPHERTEXT requires the key to be named')
  }
}

export function requireCiphertext(ciphertext: Buffer | undefined): Buffer {
  if (ciphertext) return ciphertext
  throw new Fault('ValidationException', 'CiphertextBlob is required.')
}
