/**
 * How platform configuration registers come about: a register of 48 zero bytes is extended with
 * what is measured, SHA-384 over both. Source: AWS Nitro Enclaves User Guide, "Where to get an
 * enclave's measurements" and "Set up attestation".
 */
import { createHash } from 'node:crypto'

/** Length of a register: SHA-384's. */
export const pcrBytes = 48

/** A register nothing was measured into. */
export function zeroPcr(): Buffer {
  return Buffer.alloc(pcrBytes)
}

/** The register after an extension: SHA-384 of its value and the data, which is not hashed first. */
export function extendPcr(register: Uint8Array, data: string | Uint8Array): Buffer {
  return createHash('sha384').update(register).update(data).digest()
}

/** PCR3 of an enclave: the ARN of its parent instance's role, `arn:aws:iam::…:role/…`. */
export function roleArnPcr(roleArn: string): Buffer {
  return extendPcr(zeroPcr(), roleArn)
}

/** PCR4 of an enclave: the id of its parent instance, `i-…`. */
export function instanceIdPcr(instanceId: string): Buffer {
  return extendPcr(zeroPcr(), instanceId)
}

/** The registers of an enclave's document: 0 to 15, all zero. */
export function enclavePcrs(): Map<number, Uint8Array> {
  return zeroPcrs(16)
}

/** The registers that debug mode leaves zero: image, kernel, application, signing certificate. */
export const debugPcrs: readonly number[] = [0, 1, 2, 8]

/** The registers of a NitroTPM document: 0 to 23, all zero. */
export function nitroTpmPcrs(): Map<number, Uint8Array> {
  return zeroPcrs(24)
}

function zeroPcrs(count: number): Map<number, Uint8Array> {
  return new Map(Array.from({ length: count }, (_, index) => [index, zeroPcr()]))
}
