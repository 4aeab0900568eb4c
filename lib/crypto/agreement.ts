/**
 * DeriveSharedSecret: ECDH, NIST SP 800-56A section 5.7.1.2, with nothing derived from the secret.
 * Refuses a peer's key that is not an uncompressed point on the same curve in SubjectPublicKeyInfo
 * DER, RFC 5480.
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { DecodeError } from '../errors.ts'
import type { Material } from './material.ts'
import { offload } from './offload.ts'
import { agreeSm2 } from './sm2.ts'
import { sm2Bytes } from './sm2-pair.ts'
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
  const { material: shape } = specs[material.spec]
  const ownSpki = await material.publicKeyInfo()
  if (shape.kind === 'sm2') {
    const point = pointOf(peerSpki, ownSpki, sm2Bytes)
    return (await agreeSm2(material.sm2Pair, point)) ?? offCurve()
  }
  if (shape.kind !== 'ec') throw new Error(`no key agreement with ${material.spec}`)
  pointOf(peerSpki, ownSpki, shape.fieldBytes)
  return Buffer.from(await offload('ecdh', material.key, readPublicKey(peerSpki)))
}

/** x and y of a peer's key, whose form must be that of our own. */
function pointOf(peerSpki: Uint8Array, ownSpki: Buffer, fieldBytes: number): Uint8Array {
  // Two keys of a curve differ in nothing but the coordinates at their end.
  const algorithmAndForm = ownSpki.subarray(0, ownSpki.length - 2 * fieldBytes)
  const sameForm =
    peerSpki.length === ownSpki.length &&
    algorithmAndForm.equals(peerSpki.subarray(0, algorithmAndForm.length))
  if (sameForm) return peerSpki.subarray(algorithmAndForm.length)
  throw peerKeyError('want an uncompressed point on the same curve, in SPKI DER')
}

function readPublicKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch {
    return offCurve()
  }
}

function offCurve(): never {
  throw peerKeyError('the point is not on the curve')
}

function peerKeyError(reason: string): DecodeError {
  return new DecodeError('PEER_KEY', `peer public key: ${reason}`)
}
