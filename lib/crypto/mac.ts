/**
 * GenerateMac and VerifyMac: HMAC, RFC 2104, with the hash of the algorithm. Refuses a tag that is
 * not whole; comparing takes as long for every tag.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { macAlgorithms, type MacAlgorithm } from './algorithms.ts'
import type { Material } from './material.ts'

/** The tag, as long as the hash. */
export function generateMac(
  { key }: Material,
  algorithm: MacAlgorithm,
  message: Uint8Array,
): Buffer {
  return createHmac(macAlgorithms[algorithm].hash, key).update(message).digest()
}

export function verifyMac(
  material: Material,
  algorithm: MacAlgorithm,
  message: Uint8Array,
  mac: Uint8Array,
): boolean {
  const own = generateMac(material, algorithm, message)
  return own.length === mac.length && timingSafeEqual(own, mac)
}
