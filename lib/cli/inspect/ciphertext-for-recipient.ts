/**
 * A CiphertextForRecipient, in both of the forms that AWS has been seen to send: its layout, which
 * anybody can make who has the public key.
 */
import { decodeEnvelopedData } from '../../codec/cms.ts'
import { DecodeError } from '../../errors.ts'
import type { Describer } from './settings.ts'

/** The object identifier of CMS's enveloped-data, which stands behind the outer header. */
const envelopedData = Buffer.from('06092a864886f70d010703', 'hex')

export const ciphertextForRecipient: Describer = {
  recognizes: (bytes) => bytes[0] === 0x30 && bytes.subarray(0, 20).includes(envelopedData),

  async describe(bytes) {
    try {
      const { subjectKeyIdentifier, ciphertext } = await decodeEnvelopedData(bytes)
      const identifier = Buffer.from(subjectKeyIdentifier).toString('hex')
      const report = {
        kind: 'ciphertext-for-recipient',
        valid: true,
        recipient: { subjectKeyIdentifier: identifier, keyEncryption: 'RSAES_OAEP_SHA_256' },
        contentEncryption: 'aes-256-cbc',
        bytes: ciphertext.length,
      }
      const text = [
        `CiphertextForRecipient, ${bytes.length} bytes`,
        `  for the key whose SubjectPublicKeyInfo has SHA-256 ${identifier}`,
        `  key encryption RSAES_OAEP_SHA_256, content aes-256-cbc, ${ciphertext.length} bytes`,
      ].join('\n')
      return { report, text }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      const { code, message } = error
      return {
        report: { kind: 'ciphertext-for-recipient', valid: false, code, detail: message },
        text: `CiphertextForRecipient, not valid: ${code}: ${message}`,
      }
    }
  },
}
