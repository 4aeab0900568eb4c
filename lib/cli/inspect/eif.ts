/**
 * An enclave image: what `eif describe` prints of it, and whether an enclave could be started from it
 * at that time. For that the checksum, the signature and the dates of its certificate have to hold.
 */
import { describeEif, type EifDescription } from '../../enclave/describe-eif.ts'
import { prettyJson } from '../../enclave/pretty-json.ts'
import { eifMagic } from '../../codec/eif.ts'
import type { Describer } from './settings.ts'

export const eif: Describer = {
  recognizes: (bytes) => bytes.subarray(0, eifMagic.length).equals(eifMagic),

  describe(bytes, { atMs }) {
    const description = describeEif(bytes)
    const remarks = reasonsAgainst(description, atMs ?? undefined)
    const json = prettyJson(description.members)
    return { report: { kind: 'eif', valid: remarks.length === 0 }, text: json, json, remarks }
  },
}

/** An image has no time of its own, so that `--at document` leaves the dates out. */
function reasonsAgainst(description: EifDescription, atMs: number | undefined): string[] {
  const { checkCrc, signatureCheck, certificate } = description
  const reasons: string[] = []
  if (!checkCrc) reasons.push('the checksum in the header is not that of the image')
  if (signatureCheck === false) reasons.push('the signature is of another image')
  if (certificate && atMs !== undefined) {
    const { notBefore, notAfter } = certificate
    if (atMs < Date.parse(notBefore) || atMs > Date.parse(notAfter)) {
      reasons.push(`the signing certificate is valid from ${notBefore} to ${notAfter}`)
    }
  }
  return reasons
}
