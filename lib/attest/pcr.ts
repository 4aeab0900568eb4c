/**
 * How platform configuration registers come about: a register of 48 zero bytes is extended with
 * what is measured, SHA-384 over both. Source: AWS Nitro Enclaves User Guide, "Where to get an
 * enclave's measurements" and "Set up attestation"; NitroTPM's values are from its documents.
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
  return new Map(Array.from({ length: 16 }, (_, index) => [index, zeroPcr()]))
}

/** The registers that debug mode leaves zero: image, kernel, application, signing certificate. */
export const debugPcrs: readonly number[] = [0, 1, 2, 8]

/** PCR7 of an instance without Secure Boot, as every captured NitroTPM document has it. */
const secureBootOff = Buffer.from(
  '98441c7f7625d10058c47683aec486ce311c633235eb555593a7ee791121e3578ae72d04ecef661f272d59058b77af35',
  'hex',
)

/** The registers of a NitroTPM document, 0 to 23: those that are the same on every instance. */
export function nitroTpmPcrs(): Map<number, Uint8Array> {
  const registers = new Map<number, Uint8Array>()
  for (let index = 0; index < 24; index++) registers.set(index, zeroPcr())
  // Nothing but the separator event, four zero bytes, is measured into these.
  const separator = createHash('sha384').update(Buffer.alloc(4)).digest()
  for (const index of [2, 3, 6]) registers.set(index, extendPcr(zeroPcr(), separator))
  registers.set(7, secureBootOff)
  // Registers of the dynamic root of trust, which was not launched.
  for (let index = 17; index <= 22; index++) registers.set(index, Buffer.alloc(pcrBytes, 0xff))
  return registers
}
