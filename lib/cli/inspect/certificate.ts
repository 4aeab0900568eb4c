/** A certificate, PEM or DER: who it is for, who issued it, and whether its time is now. */
import { decodeCertificate, decodeCertificatePem, type Certificate } from '../../codec/x509.ts'
import { DecodeError } from '../../errors.ts'
import type { Describer } from './settings.ts'

export const certificate: Describer = {
  recognizes: (bytes) => isPem(bytes) || isCertificate(bytes),

  describe(bytes, { atMs }) {
    const decoded = isPem(bytes)
      ? decodeCertificatePem(bytes.toString('latin1'))
      : decodeCertificate(bytes)
    const at = atMs ?? Date.now()
    const valid = decoded.notBeforeMs <= at && at <= decoded.notAfterMs
    const report = {
      kind: 'certificate',
      valid,
      subject: decoded.subjectText,
      issuer: decoded.issuerText,
      serial: decoded.serial,
      notBefore: new Date(decoded.notBeforeMs).toISOString(),
      notAfter: new Date(decoded.notAfterMs).toISOString(),
    }
    const text = [
      `certificate of ${report.subject}`,
      `  issued by ${report.issuer}, serial ${report.serial}`,
      `  ${valid ? 'valid' : 'not valid at that time'}: ${report.notBefore} to ${report.notAfter}`,
    ].join('\n')
    return { report, text }
  },
}

function isPem(bytes: Buffer): boolean {
  return bytes.subarray(0, 64).includes('-----BEGIN CERTIFICATE-----')
}

function isCertificate(bytes: Buffer): boolean {
  return readCertificate(bytes) !== null
}

function readCertificate(bytes: Buffer): Certificate | null {
  if (bytes[0] !== 0x30) return null
  try {
    return decodeCertificate(bytes)
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}
