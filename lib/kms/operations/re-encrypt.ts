/**
 * ReEncrypt: a ciphertext from one key to another, and nobody sees the plaintext. It is two
 * authorizations: kms:ReEncryptFrom on the source key, kms:ReEncryptTo on the destination key.
 */
import type { Call } from '../call.ts'
import {
  blobOf,
  checkMode,
  checkPlaintext,
  checkSameKey,
  decryptUnder,
  encryptUnder,
  modeOf,
  type Mode,
} from '../ciphertext.ts'
import { checkIgnoresCiphertext, requireCiphertext } from '../dry-run.ts'
import { locateByCiphertext, type Found } from '../locate.ts'
import { operation, requireUsage } from '../operation.ts'
import { requireState } from '../state.ts'

const from = 'kms:ReEncryptFrom'
const to = 'kms:ReEncryptTo'

export const ReEncrypt = operation('ReEncrypt', {
  async run(call) {
    const { input } = call
    checkIgnoresCiphertext(input, input.SourceKeyId)
    const sourceMode = modeOf(input.SourceEncryptionAlgorithm, input.SourceEncryptionContext)
    const destinationMode = modeOf(
      input.DestinationEncryptionAlgorithm,
      input.DestinationEncryptionContext,
    )
    const source = await locateSource(call)
    const destination = await call.locate(input.DestinationKeyId, { action: to, aliases: true })
    const onSameKey = String(source.key.arn === destination.key.arn)
    await call.authorize({
      action: from,
      ...source,
      throughCiphertext: input.SourceKeyId === undefined,
      conditions: conditionsOf(sourceMode, onSameKey),
    })
    await call.authorize({
      action: to,
      ...destination,
      conditions: conditionsOf(destinationMode, onSameKey),
    })
    if (input.CiphertextBlob) checkSameKey(source.key, sourceMode, input.CiphertextBlob)
    for (const [{ key }, mode] of [
      [source, sourceMode],
      [destination, destinationMode],
    ] as const) {
      requireState(key, 'cryptographic')
      requireUsage(key, 'ENCRYPT_DECRYPT', 'ReEncrypt')
      checkMode(key, mode)
    }
    if (input.DryRunModifiers?.includes('IGNORE_CIPHERTEXT')) call.endDryRun()
    const ciphertext = requireCiphertext(input.CiphertextBlob)
    const { plaintext, materialId } = await decryptUnder(call, source.key, sourceMode, ciphertext)
    checkPlaintext(destination.key, destinationMode, plaintext)
    call.endDryRun()
    const { currentMaterialId } = destination.key
    const sealed = await encryptUnder(call, destination.key, destinationMode, plaintext)
    for (const { key } of [source, destination]) call.noteUse(key, 'ReEncrypt')
    return {
      CiphertextBlob: sealed,
      SourceKeyId: source.key.arn,
      KeyId: destination.key.arn,
      SourceEncryptionAlgorithm: sourceMode.algorithm,
      DestinationEncryptionAlgorithm: destinationMode.algorithm,
      ...(materialId !== undefined && { SourceKeyMaterialId: materialId }),
      ...(destinationMode.algorithm === 'SYMMETRIC_DEFAULT' &&
        currentMaterialId !== undefined && { DestinationKeyMaterialId: currentMaterialId }),
    }
  },
})

function locateSource(call: Call<'ReEncrypt'>): Promise<Found> {
  const { SourceKeyId, CiphertextBlob } = call.input
  if (SourceKeyId !== undefined) return call.locate(SourceKeyId, { action: from, aliases: true })
  return locateByCiphertext(call, blobOf(requireCiphertext(CiphertextBlob)), from)
}

function conditionsOf({ algorithm, context }: Mode, onSameKey: string) {
  return {
    encryptionContext: context,
    'kms:EncryptionAlgorithm': algorithm,
    'kms:ReEncryptOnSameKey': onSameKey,
  }
}
