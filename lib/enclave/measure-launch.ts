/**
 * The registers that an image gives to an enclave, for who has the image and no enclave. Refuses an
 * image that no enclave starts from: a wrong checksum, or a signature that does not hold.
 */
import { TrustError } from '../errors.ts'
import { measureEif } from './measure.ts'
import { checkEifSignature } from './measure-signature.ts'

/** PCR0, PCR1 and PCR2, and PCR8 of a signed image. DecodeError and TrustError: EIF_*. */
export function launchPcrs(file: Uint8Array): ReadonlyMap<number, Buffer> {
  const measured = measureEif(file)
  if (!measured.eif.crcMatches) {
    throw new TrustError('EIF_CRC', 'the checksum in the header is not that of the image')
  }
  if (checkEifSignature(measured) === false) {
    throw new TrustError('EIF_SIGNATURE_MISMATCH', 'the signature is of another image')
  }
  return measured.pcrs
}
