/**
 * The registers of the enclave image that a case names. Refuses a file that is no image, and an image
 * that no enclave starts from.
 */
import { enclavePcrs } from '../attest/pcr.ts'
import { equalBytes } from '../codec/bytes.ts'
import { readBytesFile } from '../config/files.ts'
import { text, wrong, type Place } from '../config/read.ts'
import { launchPcrs } from '../enclave/measure-launch.ts'
import { DecodeError, TrustError } from '../errors.ts'

/** Node reads files below 2 GiB at once. */
const maxImageBytes = 2 ** 31 - 1

const readPath = text('a text: a path', /\S/)

/**
 * Measuring an image takes time, and the cases of a file mostly name the same: the last one measured
 * is kept, and comparing with it takes little.
 */
let last: { readonly image: Uint8Array; readonly pcrs: ReadonlyMap<number, Uint8Array> } | undefined

/** PCR0, PCR1 and PCR2 of an image, and PCR8 of a signed one. Throws ConfigError. */
export function readImage(value: unknown, place: Place): ReadonlyMap<number, Uint8Array> {
  const path = readPath(value, place)
  const image = readBytesFile(path, place, maxImageBytes)
  if (!last || !equalBytes(last.image, image)) last = { image, pcrs: measure(image, path, place) }
  return last.pcrs
}

function measure(image: Uint8Array, path: string, place: Place): ReadonlyMap<number, Uint8Array> {
  try {
    return launchPcrs(image)
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof TrustError)) throw error
    throw wrong(place, `${path}: ${error.code}: ${error.message}`)
  }
}

/** The registers 0 to 15 of an enclave of this image; those that are not given are zero. */
export function registersOfImage(
  image: ReadonlyMap<number, Uint8Array>,
  named: ReadonlyMap<number, Uint8Array> = new Map(),
): Map<number, Uint8Array> {
  return new Map([...enclavePcrs(), ...image, ...named])
}
