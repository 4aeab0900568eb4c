/**
 * Decrypt: opens a ciphertext that Encrypt, ReEncrypt or a data key operation made.
 *
 * A symmetric ciphertext names its own key, so a caller may leave KeyId out. A wrong encryption
 * context and a damaged ciphertext are one answer, InvalidCiphertextException: telling them apart
 * would be an oracle.
 */
import { parseKeyName } from '../arn.ts'
import { blobOf, checkForm, checkMode, checkSameKey, decryptUnder, modeOf } from '../ciphertext.ts'
import { checkIgnoresCiphertext, requireCiphertext } from '../dry-run.ts'
import { Fault } from '../faults.ts'
import { keyOperation } from '../operation.ts'

export const Decrypt = keyOperation('Decrypt', {
  aliases: true,
  states: 'cryptographic',
  usage: 'ENCRYPT_DECRYPT',
  recipient: { secret: 'Plaintext', omits: ['KeyMaterialId'] },

  target({ KeyId, CiphertextBlob, ...input }, { region }) {
    checkIgnoresCiphertext(input, KeyId)
    if (KeyId !== undefined) {
      checkRegion(KeyId, region)
      return { keyId: KeyId }
    }
    if (modeOf(input.EncryptionAlgorithm, undefined).algorithm !== 'SYMMETRIC_DEFAULT') {
      throw new Fault('ValidationException', 'KeyId must not be null')
    }
    return { blob: blobOf(requireCiphertext(CiphertextBlob)) }
  },

  conditions: ({ EncryptionAlgorithm = 'SYMMETRIC_DEFAULT', EncryptionContext }) => ({
    encryptionContext: EncryptionContext,
    'kms:EncryptionAlgorithm': EncryptionAlgorithm,
  }),

  match({ CiphertextBlob, EncryptionAlgorithm, EncryptionContext }, key) {
    const mode = modeOf(EncryptionAlgorithm, EncryptionContext)
    if (CiphertextBlob) checkSameKey(key, mode, CiphertextBlob)
  },

  async run(call, key) {
    const { CiphertextBlob, EncryptionAlgorithm, EncryptionContext } = call.input
    const mode = modeOf(EncryptionAlgorithm, EncryptionContext)
    const ignores = call.input.DryRunModifiers?.includes('IGNORE_CIPHERTEXT') ?? false
    if (CiphertextBlob && !ignores) checkForm(mode, CiphertextBlob)
    checkMode(key, mode)
    // A dry run that ignores the ciphertext ends before there is anything to decrypt.
    if (ignores) call.endDryRun()
    const opened = await decryptUnder(call, key, mode, requireCiphertext(CiphertextBlob))
    call.endDryRun()
    return {
      KeyId: key.arn,
      Plaintext: opened.plaintext,
      EncryptionAlgorithm: mode.algorithm,
      ...(opened.materialId !== undefined && { KeyMaterialId: opened.materialId }),
    }
  },
})

/** A related key in another Region is another key to AWS, and not one that is not there. */
function checkRegion(keyId: string, region: string): void {
  const scope = parseKeyName(keyId)?.scope
  if (scope && scope.region !== region) throw new Fault('IncorrectKeyException')
}
