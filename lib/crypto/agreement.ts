/**
 * DeriveSharedSecret: ECDH, NIST SP 800-56A section 5.7.1.2, with nothing derived from the secret.
 * Refuses a peer's key that is not an uncompressed point on the same curve in SubjectPublicKeyInfo
 * DER, RFC 5480.
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { DecodeError } from '../errors.ts'
import type { Material } from './material.ts'
import { offload } from './offload.ts'
import { specs } from './specs.ts'

/**
 * The raw shared secret: the x coordinate, as long as the field.
 *
 * @param peerSpki the other side's public key, SubjectPublicKeyInfo DER
 * @throws DecodeError `PEER_KEY`
 */
export async function deriveSharedSecret(
  material: Material,
  peerSpki: Uint8Array,
): Promise<Buffer> {
  return Buffer.from(await offload('ecdh', material.key, readPeerKey(material, peerSpki)))
}

function readPeerKey({ spec, spki }: Material, peerSpki: Uint8Array): KeyObject {
  const { material: shape } = specs[spec]
  if (shape.kind !== 'ec') throw new Error(`no key agreement with ${spec}`)
  // Two keys of a curve differ in nothing but the coordinates at their end.
  const algorithmAndForm = spki.subarray(0, spki.length - 2 * shape.fieldBytes)
  const sameForm =
    peerSpki.length === spki.length &&
    algorithmAndForm.equals(peerSpki.subarray(0, algorithmAndForm.length))
  if (!sameForm) throw peerKeyError('want an uncompressed point on the same curve, in SPKI DER')
  try {
    return createPublicKey({ key: Buffer.from(peerSpki), format: 'der', type: 'spki' })
  } catch {
    throw peerKeyError('the point is not on the curve')
  }
}

function peerKeyError(reason: string): DecodeError {
  return new DecodeError('PEER_KEY', `peer public key: ${reason}`)
}
