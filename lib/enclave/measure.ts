/**
 * What a Nitro enclave started from an EIF has in its registers: PCR0 the whole image, PCR1 kernel and
 * first ramdisk, PCR2 the other ramdisks, PCR8 the signing certificate. Header and metadata are not
 * measured. AWS Nitro Enclaves User Guide, "Where to get an enclave's measurements".
 */
import { createHash, type Hash } from 'node:crypto'
import { extendPcr, zeroPcr } from '../attest/pcr.ts'
import { decodeEif, sectionsOf, type Eif } from '../codec/eif.ts'
import { decodeEifSignature, type EifSignature } from '../codec/eif-signature.ts'

export interface MeasuredEif {
  readonly eif: Eif
  /** PCR0, PCR1 and PCR2, and PCR8 of a signed image. */
  readonly pcrs: ReadonlyMap<number, Buffer>
  /** Not verified. */
  readonly signature: EifSignature | null
}

/** Reads and measures an image. Codes: EIF_*. */
export function measureEif(file: Uint8Array): MeasuredEif {
  const eif = decodeEif(file)
  const [section] = sectionsOf(eif, 'signature')
  const signature = section ? decodeEifSignature(section) : null
  const pcrs = measureSections(eif)
  if (signature) pcrs.set(8, certificatePcr(signature.certificate.der))
  return { eif, pcrs, signature }
}

/** PCR8 of images that are signed with this certificate, which is given in DER. */
export function certificatePcr(certificate: Uint8Array): Buffer {
  return registerOf(newHash().update(certificate))
}

function measureSections({ sections }: Eif): Map<number, Buffer> {
  const [image, bootstrap, application] = [newHash(), newHash(), newHash()]
  let ramdisks = 0
  for (const { type, data } of sections) {
    if (type === 'signature' || type === 'metadata') continue
    image.update(data)
    const isApplication = type === 'ramdisk' && ramdisks++ > 0
    ;(isApplication ? application : bootstrap).update(data)
  }
  return new Map([image, bootstrap, application].map((hash, index) => [index, registerOf(hash)]))
}

function newHash(): Hash {
  return createHash('sha384')
}

/** Each register is extended once, with the digest of what it measures. */
function registerOf(measured: Hash): Buffer {
  return extendPcr(zeroPcr(), measured.digest())
}
